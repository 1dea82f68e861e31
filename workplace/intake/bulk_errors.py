"""The rejected rows of a large file, written part by part as Excel or CSV: the same cells, and why."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter
from django.core.files.base import File

from workplace.choices import FilePurpose
from workplace.intake import bulk_odd
from workplace.intake.headers import REASON_CODE, REASON_ZH
from workplace.intake.kinds import kind_of
from workplace.intake.shapes import NumberText
from workplace.intake.workbooks import CSV_TYPE, XLSX_TYPE, harmless, reasons
from workplace.models import BulkLoad, ImportBatch
from workplace.operations.files import remove_file, store_file

SHEET_ROWS = 100_000
PART = 1_000


def store_errors(load: BulkLoad, batch: ImportBatch, at: datetime) -> None:
    """Only for who uploaded the file, and gone with it."""
    former, batch.error_file = batch.error_file, None
    if load.rejected:
        suffix = ".xlsx" if load.rejected <= SHEET_ROWS else ".csv"
        with tempfile.NamedTemporaryFile(prefix="zhenxin-rejected-", suffix=suffix) as made:
            write_errors(load, Path(made.name))
            with Path(made.name).open("rb") as content:
                batch.error_file = store_file(
                    content=File(content),
                    name=f"{load.kind}-{batch.pk}-rejected{suffix}",
                    purpose=FilePurpose.ERRORS,
                    owner=batch.created_by,
                    at=at,
                    expires_at=batch.file.expires_at,
                    media_type=XLSX_TYPE if suffix == ".xlsx" else CSV_TYPE,
                )
    batch.save(update_fields=["error_file"])
    if former is not None:
        remove_file(file=former, actor=None, at=at)


def write_errors(load: BulkLoad, path: Path) -> None:
    """By the ending of the path; a workbook of more rows than a sheet holds ends before the rest."""
    header = [str(column["header"]) for column in load.columns if column["code"]]
    header.append(f"{REASON_CODE} {REASON_ZH}")
    if path.suffix.lower() == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(header)
            writer.writerows([harmless(cell) for cell in row] for row in _rows(load))
        return
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(load.kind)
        sheet.write_row(0, 0, header, text)
        for line, row in enumerate(islice(_rows(load), 1_048_575), start=1):
            _write(sheet, line, row, text)


def _write(sheet: Any, line: int, row: list[str], text: Any) -> None:
    """What was a number stays one, so that the same reason comes back until somebody has mended it."""
    for place, cell in enumerate(row):
        number = _number(cell) if isinstance(cell, NumberText) else None
        if number is None:
            sheet.write_string(line, place, cell, text)
        else:
            sheet.write_number(line, place, number)


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _rows(load: BulkLoad) -> Iterator[list[str]]:
    kind = kind_of(load.kind)
    rejected = bulk_odd.rejected(load).iterator(chunk_size=PART)
    while part := list(islice(rejected, PART)):
        values = bulk_odd.raw_rows(load, [row.line for row in part])
        for row in part:
            yield [*_cells(load, values[row.line]), reasons(kind, row.errors)]


def _cells(load: BulkLoad, values: dict[str, str]) -> list[str]:
    return [values[column["code"]] for column in load.columns if column["code"]]
