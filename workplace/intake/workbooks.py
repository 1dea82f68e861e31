"""Writes templates and error workbooks: text cells throughout, so that no number is ruined on the way."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from workplace.intake.columns import Column
from workplace.intake.errors import words_of
from workplace.intake.headers import REASON_CODE, REASON_ZH
from workplace.intake.kinds import Kind, kind_of
from workplace.intake.parsing import unpacked
from workplace.intake.shapes import NumberText
from workplace.models import ImportBatch, ImportRow

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"
TEMPLATE_ROWS = 1_000
SIGNED_NUMBER = re.compile(r"[+-][0-9 ().-]+")


class Book:
    """An in-memory workbook whose cells are all text."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self.book = xlsxwriter.Workbook(
            self._buffer,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        self.text = self.book.add_format({"num_format": "@", "valign": "top"})
        self.wrapped = self.book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        look = {"bold": True, "bg_color": "#E8EEF7", "border": 1, "border_color": "#B8C4D6"}
        self.head = self.book.add_format({**look, "num_format": "@", "valign": "vcenter", "text_wrap": True})
        self.needed = self.book.add_format(
            {**look, "num_format": "@", "valign": "vcenter", "text_wrap": True, "font_color": "#B42318"}
        )
        self.fault = self.book.add_format({"num_format": "@", "bg_color": "#FDE7E7", "valign": "top"})
        self.reason = self.book.add_format({"text_wrap": True, "font_color": "#B42318", "valign": "top"})

    def content(self) -> bytes:
        self.book.close()
        return self._buffer.getvalue()


def template_xlsx(kind: Kind) -> bytes:
    """The empty sheet first, so that it is the one that is read; the explanation behind it."""
    book = Book()
    sheet = book.book.add_worksheet(kind.code)
    columns = list(kind.resource.columns().values())
    for place, column in enumerate(columns):
        look = book.needed if column.required else book.head
        sheet.write_string(0, place, column.column_name, look)
        sheet.set_column(place, place, _width(column), book.text)
    sheet.set_row(0, 30)
    sheet.freeze_panes(1, 1)
    _explain(book, kind, columns)
    return book.content()


def _width(column: Column) -> int:
    return max(12, min(40, len(column.code) + 2 * len(column.zh) + 2))


def _explain(book: Book, kind: Kind, columns: Sequence[Column]) -> None:
    sheet = book.book.add_worksheet("说明 README")
    titles = (_("Column"), _("Meaning"), _("Required"), _("Format"), _("Allowed values"), _("Example"))
    for place, (title, width) in enumerate(zip(titles, (34, 44, 24, 40, 60, 30), strict=True)):
        sheet.write_string(0, place, title, book.head)
        sheet.set_column(place, place, width, book.wrapped)
    for line, column in enumerate(columns, start=1):
        cells = (
            column.column_name,
            meaning_of(kind, column),
            requirement_of(column),
            str(column.shape.description),
            allowed_of(column),
            column.example,
        )
        for place, text in enumerate(cells):
            sheet.write_string(line, place, text, book.wrapped)
    sheet.freeze_panes(1, 1)


def meaning_of(kind: Kind, column: Column) -> str:
    label = kind.resource.label_of(column.code)
    return f"{label} — {column.meaning}" if column.meaning else label


def requirement_of(column: Column) -> str:
    if column.required:
        return _("Every cell")
    return _("The column; cells may be empty") if column.expected else _("No")


def allowed_of(column: Column) -> str:
    return "\n".join(f"{code} {zh}" for code, zh in column.shape.allowed)


def template_csv(kind: Kind) -> bytes:
    """With a byte order mark, by which Excel recognises UTF-8."""
    return csv_of([[column.column_name for column in kind.resource.columns().values()]])


def csv_of(rows: Iterable[Sequence[str]]) -> bytes:
    """A cell that a spreadsheet would run as a formula gets an apostrophe; a signed number is none."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    runs = cell.startswith(("=", "@", "\t", "\r", "＝", "＠"))
    signed = cell.startswith(("+", "-", "＋", "－")) and not SIGNED_NUMBER.fullmatch(cell)
    return f"'{cell}" if runs or signed else cell


def table_xlsx(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A plain table of text cells."""
    book = Book()
    sheet = book.book.add_worksheet(title)
    for place, name in enumerate(header):
        sheet.write_string(0, place, name, book.head)
        sheet.set_column(place, place, 22, book.text)
    for line, row in enumerate(rows, start=1):
        for place, text in enumerate(row):
            sheet.write_string(line, place, text, book.text)
    sheet.freeze_panes(1, 0)
    return book.content()


def error_workbook(batch: ImportBatch, rows: Iterable[ImportRow]) -> bytes:
    """The rejected rows as they were in the file, and a last column that says why; may be uploaded again."""
    table = [(unpacked(row.values), row.errors) for row in rows]
    return rejected_xlsx(kind_of(batch.kind), batch.columns, table)


def rejected_xlsx(
    kind: Kind,
    columns: Sequence[dict[str, str | None]],
    rows: Iterable[tuple[dict[str, str], list[dict[str, Any]]]],
) -> bytes:
    kept = [column for column in columns if column["code"]]
    book = Book()
    sheet = book.book.add_worksheet(kind.code)
    known = kind.resource.columns()
    for place, column in enumerate(kept):
        sheet.write_string(0, place, column["header"] or "", book.head)
        sheet.set_column(place, place, _width(known[str(column["code"])]), book.text)
    sheet.write_string(0, len(kept), f"{REASON_CODE} {REASON_ZH}", book.head)
    sheet.set_column(len(kept), len(kept), 70, book.reason)
    for line, (values, errors) in enumerate(rows, start=1):
        faulty = {error["column"] for error in errors}
        for place, column in enumerate(kept):
            code = str(column["code"])
            _cell(book, sheet, line, place, values.get(code, ""), fault=code in faulty)
        sheet.write_string(line, len(kept), reasons(kind, errors), book.reason)
    sheet.freeze_panes(1, 1)
    return book.content()


def _cell(book: Book, sheet: Any, line: int, place: int, text: str, *, fault: bool) -> None:
    """What was a number stays one, so that the same reason comes back until somebody has mended it."""
    look = book.fault if fault else book.text
    if isinstance(text, NumberText) and _is_number(text):
        sheet.write_number(line, place, float(text), look)
    else:
        sheet.write_string(line, place, text, look)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def reasons(kind: Kind, errors: Iterable[dict[str, Any]]) -> str:
    """One sentence a line, each with the column that it is about."""
    told = []
    for error in errors:
        column = kind.resource.columns().get(error["column"])
        told.append(f"{column.column_name}: {words_of(error)}" if column else words_of(error))
    return "\n".join(told)
