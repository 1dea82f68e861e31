"""Which rows a statement asks about: all, those from an id until before another, or chosen ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from audits.statements import AnyOf, Open

ALL, RANGE, CHOSEN = "all", "range", "chosen"
# Of a range, those on which any case may hold: found first, by little of each row.
FOUND = "found"


@dataclass(frozen=True)
class Rows:
    """Which rows are asked about: all, those from an id until before another, or chosen ones."""

    shape: str = ALL
    given: Mapping[str, Any] = field(default_factory=dict)

    def condition(self, column: str = "pk") -> Q:
        if self.shape in (CHOSEN, FOUND):
            return Q(AnyOf(column, "ids"))
        if self.shape == RANGE:
            return Q(GreaterThanOrEqual(F(column), Open("low")), LessThan(F(column), Open("high")))
        return Q()


EVERYTHING = Rows()


def rows_between(low: int, high: int) -> Rows:
    """From `low` until before `high`."""
    return Rows(RANGE, {"low": low, "high": high})


def chosen_rows(ids: Iterable[int]) -> Rows | None:
    found = sorted(set(ids))
    return Rows(CHOSEN, {"ids": found}) if found else None
