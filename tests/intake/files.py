"""Files as people send them: rows of customers and the bytes of workbooks and CSV."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import xlsxwriter

from agents.models import Branch
from tests.factories import AT, resident_id, unique
from workplace.intake.kinds import WriteResult
from workplace.intake.write import write_rows
from workplace.jobs import execute
from workplace.models import ImportBatch, Staff
from workplace.operations.imports import confirm_import, start_import

LATER = AT + timedelta(hours=1)
COLUMNS = {
    "number": "客户号",
    "home_branch": "归属机构号",
    "name": "姓名",
    "sex": "性别",
    "birth_date": "出生日期",
    "id_type": "证件类型",
    "id_no": "证件号码",
    "id_valid_to": "证件有效期止",
    "mobile": "手机号码",
    "address": "联系地址",
}


def customer_row(branch: Branch, **values: str) -> dict[str, str]:
    number = values.get("number") or unique("C")
    return {
        "number": number,
        "home_branch": branch.number,
        "name": "段思远",
        "sex": "男",
        "birth_date": "1985-06-15",
        "id_type": "居民身份证",
        "id_no": resident_id(),
        "id_valid_to": "9999/99/99",
        "mobile": "13920461857",
        "address": "北京市东城区东华门街道锡拉胡同5号院2号楼3单元401室",
        **values,
    }


def table(rows: Sequence[Mapping[str, Any]], codes: Iterable[str] = COLUMNS) -> list[list[Any]]:
    codes = list(codes)
    header = [f"{code} {COLUMNS.get(code, '')}".strip() for code in codes]
    return [header, *([row.get(code, "") for code in codes] for row in rows)]


def xlsx(cells: Sequence[Sequence[Any]]) -> bytes:
    """Texts as text cells, numbers as number cells."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    for line, row in enumerate(cells):
        for place, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(line, place, value)
            else:
                sheet.write_number(line, place, value)
    book.close()
    return buffer.getvalue()


def rewritten(workbook: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """The same workbook with one part of its XML replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(buffer, "w") as target:
        for entry in source.namelist():
            content = source.read(entry)
            if entry == name:
                assert old in content
                content = content.replace(old, new)
            target.writestr(entry, content)
    return buffer.getvalue()


def csv_text(cells: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(cells)
    return text.getvalue()


def written(
    *rows: Mapping[str, str],
    kind: str = "customers",
    actor: Staff | None = None,
    extracted_at: datetime = AT,
    at: datetime = LATER,
) -> WriteResult:
    return write_rows(kind=kind, rows=rows, actor=actor, at=at, extracted_at=extracted_at)


def uploaded(
    content: bytes,
    *,
    actor: Staff,
    kind: str = "customers",
    name: str = "客户.xlsx",
    extracted_at: datetime = AT,
) -> ImportBatch:
    """Read to its preview, as the worker does it."""
    batch = start_import(
        kind=kind, content=content, name=name, extracted_at=extracted_at, actor=actor, at=LATER
    )
    return run_job_of(batch)


def confirmed(batch: ImportBatch) -> ImportBatch:
    return run_job_of(confirm_import(batch=batch, actor=batch.created_by, at=LATER))


def run_job_of(batch: ImportBatch) -> ImportBatch:
    assert batch.job_id is not None
    execute(batch.job_id)
    fresh = ImportBatch.objects.select_related("job", "error_file", "file", "created_by").get(pk=batch.pk)
    assert fresh.job is not None
    assert fresh.job.error == ""
    return fresh
