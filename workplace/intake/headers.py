"""Which column of a file is which: by code, by Chinese name, or by both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from authenticity.texts import fold
from workplace.intake.columns import KindResource
from workplace.intake.shapes import EXTRA
from workplace.intake.workbook_check import letters

# Of our own error workbook: told to people, never read back.
REASON_CODE = "reason"
REASON_ZH = "原因"
IGNORED = (REASON_CODE, REASON_ZH, f"{REASON_CODE} {REASON_ZH}")


@dataclass
class Header:
    """`codes` per place of the file, None where the column is not read; `problems` refuse the file."""

    codes: list[str | None] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)

    def values(self, cells: Sequence[str]) -> dict[str, str]:
        """A row by codes; a cell to the right of the header is kept under its own name."""
        values = {
            code: cells[place] if place < len(cells) else ""
            for place, code in enumerate(self.codes)
            if code is not None
        }
        if any(cell.strip() for cell in cells[len(self.codes) :]):
            values[EXTRA] = letters(len(self.codes))
        return values


def match(cells: Sequence[str], resource: type[KindResource]) -> Header:
    """All problems at once: unknown, doubled, unnamed and missing columns."""
    header = Header()
    known = _names(resource)
    for place, cell in enumerate(_without_empty_end(cells)):
        name = fold(cell)
        code = known.get(name.casefold())
        header.codes.append(code)
        if name in IGNORED:
            continue
        if not name:
            header.problems.append(_problem("unnamed_column", column=letters(place)))
        elif code is None:
            header.problems.append(_problem("unknown_column", column=name[:60], cell=f"{letters(place)}1"))
        elif header.codes.count(code) > 1:
            header.problems.append(_problem("double_column", column=f"{code} {resource.columns()[code].zh}"))
    for code, column in resource.columns().items():
        if column.expected and code not in header.codes:
            header.problems.append(_problem("missing_column", column=f"{code} {column.zh}"))
    return header


def _names(resource: type[KindResource]) -> dict[str, str]:
    names: dict[str, str] = {}
    for code, column in resource.columns().items():
        for name in (code, column.zh, f"{code} {column.zh}", f"{code}{column.zh}"):
            names[fold(name).casefold()] = code
    return names


def _without_empty_end(cells: Sequence[str]) -> list[str]:
    kept = list(cells)
    while kept and not fold(kept[-1]):
        kept.pop()
    return kept


def _problem(code: str, **params: Any) -> dict[str, Any]:
    return {"code": code, "params": params}
