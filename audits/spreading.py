"""Who of several people gets the next one: by what they have, by weight, or in turn."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audits.choices import Spread


@dataclass
class Share:
    """One of those who take part: what they have in hand, and what they were given so far."""

    staff: int
    has: int = 0
    weight: int = 1
    given: int = 0


class Spreading:
    """Gives one by one, always the same way from the same beginning; `state` is how far it got."""

    def __init__(self, shares: Iterable[Share], way: str = Spread.LOAD) -> None:
        self.shares = list(shares)
        self.way = way
        self._measure = _MEASURES[Spread(way)]

    @classmethod
    def of(cls, said: Mapping[str, Any], state: Mapping[str, Any]) -> Spreading:
        """From what `as_json` said and the `state` that a former run kept."""
        shares = [
            Share(one["staff"], one["has"], one["weight"], int(state.get(str(one["staff"]), 0)))
            for one in said["shares"]
        ]
        return cls(shares, said["way"])

    def as_json(self) -> dict[str, Any]:
        shares = [{"staff": one.staff, "has": one.has, "weight": one.weight} for one in self.shares]
        return {"way": str(self.way), "shares": shares}

    @property
    def state(self) -> dict[str, int]:
        return {str(one.staff): one.given for one in self.shares}

    def take(self, fits: Collection[int]) -> int | None:
        """The next taker among those it fits, ties in the given order; None where it fits nobody."""
        able = [one for one in self.shares if one.staff in fits]
        taker = min(able, key=self._measure, default=None)
        if taker is None:
            return None
        taker.given += 1
        return taker.staff

    def give_back(self, staff: int) -> None:
        """What was refused counts for nobody."""
        for one in self.shares:
            if one.staff == staff:
                one.given -= 1


_MEASURES: dict[Spread, Callable[[Share], float]] = {
    Spread.LOAD: lambda one: one.has + one.given,
    Spread.WEIGHT: lambda one: (one.given + 1) / one.weight,
    Spread.TURN: lambda one: one.given,
}

Row = tuple[int, int | None, int | None]
"""Branch, agency and owner of one rectification."""


@dataclass(frozen=True)
class Plan:
    """What would come of it: how many each gets, how many stay, how many nobody of the chosen reaches."""

    shares: Sequence[Share]
    stay: int
    nobody: int


def planned(rows: Iterable[Row], spreading: Spreading, reach: Callable[[int, int | None], set[int]]) -> Plan:
    """Does to counts what the bulk action then does to rows, in the same order."""
    chosen = {one.staff for one in spreading.shares}
    known: dict[tuple[int, int | None], set[int]] = {}
    stay = nobody = 0
    for branch, agency, owner in rows:
        if owner in chosen:
            stay += 1
            continue
        fits = known.get((branch, agency))
        if fits is None:
            fits = known[branch, agency] = reach(branch, agency) & chosen
        nobody += spreading.take(fits) is None
    return Plan(spreading.shares, stay, nobody)
