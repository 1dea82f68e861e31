"""The columns of a work list: what stands in them, and what a filled one says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from audits.choices import Applicant, Will
from authenticity.texts import fold
from workplace.choices import SourceChannel
from workplace.correctable import CorrectableField
from workplace.intake.parsing import Sheet
from workplace.intake.refusal import Refused
from workplace.intake.shapes import Misshapen, NumberText, day
from workplace.intake.workbook_check import letters

KIND = "work_list"
MOST = 5_000
COLUMNS: dict[str, str] = {
    "list": "清单号",
    "line": "行号",
    "rectification": "整改编号",
    "policy": "保单号",
    "customer": "客户号",
    "name": "姓名",
    "problem": "问题",
    "field": "字段",
    "present": "现值",
    "new_value": "新值",
    "source": "来源渠道",
    "will": "客户意愿",
    "applicant": "申请人",
    "applied_on": "申请日期",
    "note": "备注",
}
CODES = tuple(COLUMNS)
FILLED = CODES[CODES.index("new_value") :]
# What a clearable field is filled with when there is none.
NONE_WRITTEN = ("（空）", "(none)")
REASON = "reason 原因"
LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True)
class Row:
    """One row of a file as it came: `number` counts the file's rows, `cells` are by code."""

    number: int
    cells: Mapping[str, str]
    places: Mapping[str, int]

    def text(self, code: str) -> str:
        return fold(self.cells.get(code, "")).strip()

    def written(self, code: str) -> str:
        """As somebody wrote it, where nothing is compared with it."""
        return str(self.cells.get(code, "")).strip()

    def is_number(self, code: str) -> bool:
        return isinstance(self.cells.get(code, ""), NumberText)

    def cell(self, code: str) -> str:
        return f"{letters(self.places[code])}{self.number}"

    @property
    def blank(self) -> bool:
        """Nobody gave a value; what stands beside it says nothing on its own."""
        return not self.text("new_value")

    @property
    def line(self) -> int:
        text = self.text("line")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0


def header() -> list[str]:
    return [f"{code} {chinese}" for code, chinese in COLUMNS.items()]


def rows_of(sheet: Sheet) -> list[Row]:
    """Raises Refused for a file that is no work list; columns that it does not have are passed over."""
    places: dict[str, int] = {}
    for place, name in enumerate(sheet.header):
        if code := _code(name):
            if code in places:
                raise Refused("double_column", column=name)
            places[code] = place
    for code in CODES:
        if code not in places:
            raise Refused("missing_column", column=f"{code} {COLUMNS[code]}")
    return [
        Row(
            number,
            {code: cells[place] if place < len(cells) else "" for code, place in places.items()},
            places,
        )
        for number, cells in sheet.rows
    ]


def _code(name: str) -> str:
    """By code, by Chinese name, or by both."""
    words = fold(name).split()
    for code, chinese in COLUMNS.items():
        if words in ([code], [chinese], [code, chinese]):
            return code
    return ""


class Words:
    """Choices as people write them: the code, or its words in either language."""

    def __init__(self, choices: Sequence[tuple[Any, Any]]) -> None:
        self._codes = {str(code): str(code) for code, _label in choices}
        for language in LANGUAGES:
            with override(language):
                self._codes |= {fold(str(label)).strip(): str(code) for code, label in choices}
        self._choices = choices

    def code(self, text: str) -> str:
        """Raises Misshapen for a word that is none of them; empty for nothing."""
        if not text:
            return ""
        if text not in self._codes:
            raise Misshapen("not_allowed", allowed=_(", ").join(str(label) for _code, label in self._choices))
        return self._codes[text]


class Said:
    """Reads what stands beside a new value, and the value itself."""

    def __init__(self) -> None:
        self.source = Words(SourceChannel.choices)
        self.will = Words(Will.choices)
        self.applicant = Words(Applicant.choices)
        self._fields: dict[str, Words] = {}

    def value(self, row: Row, field: CorrectableField) -> str:
        """As a correction takes it; raises Misshapen."""
        if row.is_number("new_value"):
            raise Misshapen("number_cell")
        text = row.text("new_value")
        if field.clearable and text in [fold(one) for one in NONE_WRITTEN]:
            return ""
        if field.shape != "choice":
            return row.written("new_value")[:400]
        if field.name not in self._fields:
            self._fields[field.name] = Words(field.choices)
        return self._fields[field.name].code(text)

    def applied_on(self, row: Row) -> date | None:
        """A date cell of the workbook says the same as its text."""
        return day(row.text("applied_on")) if row.text("applied_on") else None
