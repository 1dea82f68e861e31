"""A list as a workbook: masked by whoever makes the rows, every cell text, so no formula can run."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _

from workplace.choices import Purpose
from workplace.models import ExportedList

EXPORT_LIMIT = 5_000
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Lines = Sequence[tuple[str, str]]


def workbook(headers: Sequence[str], rows: Iterable[Sequence[str]], about: Lines = ()) -> bytes:
    """`about` stands on a second sheet, and its first lines at the foot of each printed page."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for column, header in enumerate(headers):
            sheet.write_string(0, column, header, bold)
            sheet.set_column(column, column, 20)
        for line, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                sheet.write_string(line, column, value)
        sheet.freeze_panes(1, 0)
        if about:
            write_about(book, sheet, about)
    return target.getvalue()


def write_about(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet, about: Lines) -> None:
    """A second sheet that says what the list is, and the foot of the pages of the first."""
    sheet.set_landscape()
    sheet.set_footer("&L" + footer_of(about).replace("&", "&&") + "&R&P / &N")
    second = book.add_worksheet(_("About this list"))
    second.set_column(0, 0, 24)
    second.set_column(1, 1, 80, book.add_format({"text_wrap": True}))
    for line, (label, value) in enumerate(about):
        second.write_string(line, 0, label, book.add_format({"bold": True}))
        second.write_string(line, 1, value)


def footer_of(about: Lines) -> str:
    return "  ".join(value for _label, value in about[:4])[:200]


def about_list(exported: ExportedList) -> list[tuple[str, str]]:
    """Number, who exported it, what for and until when: what each exported list says on its second sheet."""
    return [
        (_("List number"), exported.number),
        (_("Exported by"), exported.owner.name),
        (_("Purpose"), str(Purpose(exported.purpose).label)),
        (_("Good until"), exported.expires_on.isoformat()),
        (_("Rows"), str(exported.rows)),
        (
            _("Afterwards"),
            _("Destroy it, with every copy, by that day and confirm that on the page “Exported lists”."),
        ),
    ]


def as_download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
