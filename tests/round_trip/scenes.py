"""A work list taken out, filled as a person does, and brought back."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import xlsxwriter

from audits.operations.round_trip import apply_list, upload_list
from audits.operations.take_out import take_out
from audits.round_trip import CODES, header
from tests.factories import AT
from tests.personas import Persona
from workplace.jobs import execute
from workplace.models import ExportedList, Job

LATER = AT + timedelta(hours=2)
TOLD = {"source": "document", "will": "call", "applicant": "self", "applied_on": "2026-11-20"}
Cells = dict[str, Any]


def taken_out(by: Persona, at: datetime = AT) -> tuple[ExportedList, list[Cells]]:
    exported, content = take_out(actor=by.fresh(), at=at, days=14)
    return exported, read(content)


def read(content: bytes) -> list[Cells]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    codes = [str(name).split()[0] for name in rows[0]]
    return [{code: "" if v is None else v for code, v in zip(codes, row, strict=True)} for row in rows[1:]]


def fill(row: Cells, value: Any, **said: Any) -> Cells:
    return {**row, **TOLD, "new_value": value, **said}


def file_of(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """As Excel would save it: text as text, numbers as numbers."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, header())
        for line, row in enumerate(rows, start=1):
            for place, code in enumerate(CODES):
                value = row.get(code, "")
                if isinstance(value, int | float):
                    sheet.write_number(line, place, value)
                else:
                    sheet.write_string(line, place, str(value))
    return target.getvalue()


def uploaded(by: Persona, rows: Sequence[Mapping[str, Any]], at: datetime = LATER) -> Job:
    return tried(by, file_of(rows), at)


def tried(by: Persona, content: bytes, at: datetime = LATER, name: str = "清单.xlsx") -> Job:
    return run(upload_list(content=content, name=name, actor=by.fresh(), at=at))


def brought_back(by: Persona, rows: Sequence[Mapping[str, Any]], at: datetime = LATER) -> dict[str, Any]:
    trial = uploaded(by, rows, at)
    assert trial.state == "done", trial.error
    done = run(apply_list(tried=trial, actor=by.fresh(), at=at))
    assert done.state == "done", done.error
    return dict(done.result)


def run(job: Job) -> Job:
    execute(job.pk)
    return Job.objects.get(pk=job.pk)


def reasons(result: Mapping[str, Any]) -> list[str]:
    return [reason for _row, _line, _cell, _number, reason in result["refused"]]
