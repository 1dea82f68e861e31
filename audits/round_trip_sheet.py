"""A work list as a workbook: what may be filled is open and text, with lists to choose from."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter
from django.utils.translation import gettext as _

from audits.choices import Applicant, Will
from audits.round_trip import CODES, COLUMNS, FILLED, NONE_WRITTEN, REASON, header
from workplace.choices import SourceChannel
from workplace.exports import Lines, write_about

WIDTHS: dict[str, int] = {
    "list": 20,
    "line": 7,
    "rectification": 18,
    "policy": 18,
    "customer": 16,
    "name": 12,
    "problem": 40,
    "field": 16,
    "present": 28,
    "new_value": 28,
    "source": 18,
    "will": 20,
    "applicant": 16,
    "applied_on": 14,
    "note": 30,
}


@dataclass(frozen=True)
class SheetRow:
    """`choices`: the words that a choice may be filled with; `reason`: why the row came back."""

    cells: Mapping[str, str]
    choices: tuple[str, ...] = ()
    reason: str = ""


def work_list(rows: Iterable[SheetRow], about: Lines, *, refused: bool = False) -> bytes:
    """`refused` adds the column of reasons; a list that is uploaded again ignores it."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(_("Work list"))
        formats = {
            "head": book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "text_wrap": True}),
            "fill": book.add_format({"bold": True, "bg_color": "#FFF4CC", "border": 1, "text_wrap": True}),
            "shut": book.add_format({"num_format": "@", "font_color": "#444444"}),
            "open": book.add_format({"num_format": "@", "locked": False, "bg_color": "#FFFBEB"}),
        }
        titles = [*header(), *([REASON] if refused else [])]
        for place, title in enumerate(titles):
            code = CODES[place] if place < len(CODES) else ""
            sheet.write_string(0, place, title, formats["fill" if code in FILLED else "head"])
            sheet.set_column(place, place, WIDTHS.get(code, 60))
        count = _write(sheet, rows, formats, refused)
        _validate(sheet, count)
        sheet.freeze_panes(1, 3)
        sheet.autofilter(0, 0, max(count, 1), len(titles) - 1)
        sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})
        write_about(book, sheet, [*about, *how_to_fill()])
    return target.getvalue()


def _write(
    sheet: xlsxwriter.worksheet.Worksheet,
    rows: Iterable[SheetRow],
    formats: Mapping[str, xlsxwriter.format.Format],
    refused: bool,
) -> int:
    count = 0
    for count, row in enumerate(rows, start=1):
        for place, code in enumerate(CODES):
            text, form = row.cells.get(code, ""), formats["open" if code in FILLED else "shut"]
            if text:
                sheet.write_string(count, place, text, form)
            else:
                sheet.write_blank(count, place, None, form)
        if row.choices and sum(len(one) + 1 for one in row.choices) < 255:
            place = CODES.index("new_value")
            sheet.data_validation(count, place, count, place, _one_of(row.choices))
        if refused:
            sheet.write_string(count, len(CODES), row.reason, formats["shut"])
    return count


def _validate(sheet: xlsxwriter.worksheet.Worksheet, count: int) -> None:
    for code, choices in (
        ("source", SourceChannel.choices),
        ("will", Will.choices),
        ("applicant", Applicant.choices),
    ):
        place = CODES.index(code)
        words = [str(label) for _code, label in choices]
        sheet.data_validation(1, place, max(count, 1), place, _one_of(words))


def _one_of(words: Sequence[str]) -> dict[str, object]:
    return {
        "validate": "list",
        "source": list(words),
        "error_title": _("Not in the list"),
        "error_message": _("Choose one of the list."),
    }


def how_to_fill() -> list[tuple[str, str]]:
    return [
        (
            COLUMNS["new_value"],
            _(
                "The right value, as text. Leave the row as it is when you do not know it yet. "
                "“%(none)s” says that there is none, where there may be none."
            )
            % {"none": NONE_WRITTEN[0]},
        ),
        (COLUMNS["source"], _("Where the new value comes from.")),
        (COLUMNS["will"], _("How it is known that the customer wants the change; one for a rectification.")),
        (COLUMNS["applicant"], _("Who applied for the change.")),
        (COLUMNS["applied_on"], _("On which day, like 2026-11-22.")),
        (COLUMNS["note"], _("For a value that was only said: who confirmed it and when.")),
        (_("Rows"), _("May be sorted, filtered and left out. Their first three columns stay together.")),
    ]
