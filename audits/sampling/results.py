"""What a sample says: rates by field, by stratum and as a whole with their bounds, and the verdict.

Standard library only and Python 3.8 on: the verifier of an evidence pack holds this text word for word.
An item counts once, in its stratum. Whoever was not reached is neither right nor wrong in the rate; for the
verdict it counts as wrong. A substituted item does not count: its substitute does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from audits.sampling.stratified import Part, one_open, whole_bounds, whole_lower, whole_upper

ERRORS = ("missing", "false", "changed")
ACCEPT, REJECT, EXTEND = "accept", "reject", "extend"
"""The values of `RunVerdict`."""


@dataclass(frozen=True)
class Count:
    """How many came out how. `unknown` were looked at and could not be decided."""

    right: int = 0
    missing: int = 0
    false: int = 0
    changed: int = 0
    unknown: int = 0
    pending: int = 0
    substituted: int = 0

    @property
    def wrong(self) -> int:
        return self.missing + self.false + self.changed

    @property
    def decided(self) -> int:
        return self.right + self.wrong

    def part(self, size: int) -> Part:
        return Part(size, min(self.decided, size), self.wrong)

    def part_at_worst(self, size: int) -> Part:
        """With those that could not be decided as wrong."""
        return Part(size, min(self.decided + self.unknown, size), self.wrong + self.unknown)


@dataclass(frozen=True)
class Counted:
    """One stratum as it was drawn: `size` in the frame, its items, and per field what was compared."""

    key: str
    label: str
    size: int
    items: Count
    fields: Mapping[str, Count] = field(default_factory=dict)


@dataclass(frozen=True)
class Rate:
    """Two-sided bounds at the run's confidence; no rate where nothing was decided.

    `whole`: every item of the frame was looked at, so there is nothing left to bound.
    """

    key: str
    label: str
    frame: int
    count: Count
    rate: float | None
    lower: float
    upper: float
    whole: bool = False

    @property
    def sample(self) -> int:
        return self.count.decided

    @property
    def found(self) -> int:
        return self.count.wrong


@dataclass(frozen=True)
class Results:
    """`below` and `above` are one-sided: each alone is claimed with the run's confidence.

    `below` counts the undecided as wrong. `method` tells how the bounds of the whole were made:
    `counted`, `exact` or `combined`.
    """

    confidence: float
    tolerable: float
    whole: Rate
    below: float
    above: float
    method: str
    verdict: str
    extend_by: int
    strata: tuple[Rate, ...] = ()
    fields: tuple[Rate, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Results:
        """As `to_json` wrote it, also after a later version added to it."""
        rest = {name: said[name] for name in cls.__dataclass_fields__ if name in said}
        lists = {name: tuple(_rate_from(one) for one in said.get(name, ())) for name in ("strata", "fields")}
        return cls(**{**rest, **lists, "whole": _rate_from(said["whole"])})


def results_of(strata: Sequence[Counted], *, confidence: float, tolerable: float) -> Results:
    """Nothing is decided as long as nothing was looked at; an empty frame is no sample."""
    parts = [one.items.part(one.size) for one in strata]
    at_worst = [one.items.part_at_worst(one.size) for one in strata]
    whole = _rate("", "", strata, [one.items for one in strata], confidence)
    below = whole_upper(at_worst, confidence=confidence)
    above = whole_lower(parts, confidence=confidence)
    verdict = _verdict(whole, below=below, above=above, tolerable=tolerable)
    extending = verdict == EXTEND
    return Results(
        confidence=confidence,
        tolerable=tolerable,
        whole=whole,
        below=below,
        above=above,
        method=_method(parts),
        verdict=verdict,
        extend_by=extension(at_worst, confidence=confidence, tolerable=tolerable) if extending else 0,
        strata=tuple(_rate(one.key, one.label, [one], [one.items], confidence) for one in strata),
        fields=_fields(strata, confidence),
    )


def extension(parts: Sequence[Part], *, confidence: float, tolerable: float) -> int:
    """How many more, in proportion to the strata, show the tolerable rate if errors go on as they came.

    Everything that is left where nothing less does.
    """
    frame, drawn = sum(part.size for part in parts), sum(part.sample for part in parts)
    found = sum(part.found for part in parts)

    def shown(total: int) -> bool:
        grown = [max(part.sample, _share(part.size, total, frame)) for part in parts]
        wrong = math.ceil(found * sum(grown) / drawn) if drawn else 0
        return whole_upper(_spread(parts, grown, wrong), confidence=confidence) < tolerable

    low, high = min(drawn + 1, frame), max(2 * drawn, 1)
    while high < frame and not shown(high):
        low, high = high + 1, 2 * high
    high = min(high, frame)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if shown(middle) else (middle + 1, high)
    return sum(max(part.sample, _share(part.size, high, frame)) for part in parts) - drawn


def _share(size: int, total: int, frame: int) -> int:
    return min(size, -(-size * total // frame)) if frame else 0


def _spread(parts: Sequence[Part], grown: Sequence[int], wrong: int) -> list[Part]:
    """The errors where they weigh most: first in strata that are not taken whole."""
    order = sorted(range(len(parts)), key=lambda place: grown[place] == parts[place].size)
    spread = {}
    for place in order:
        here = min(wrong, grown[place])
        spread[place] = Part(parts[place].size, grown[place], here)
        wrong -= here
    return [spread[place] for place in range(len(parts))]


def _verdict(whole: Rate, *, below: float, above: float, tolerable: float) -> str:
    """Accepted when shown to be below; rejected when the estimate itself is not; open in between."""
    if below < tolerable:
        return ACCEPT
    if above > tolerable or (whole.rate is not None and whole.rate >= tolerable):
        return REJECT
    return EXTEND


def _method(parts: Sequence[Part]) -> str:
    if all(part.sample == part.size for part in parts):
        return "counted"
    return "exact" if one_open(parts) else "combined"


def _fields(strata: Sequence[Counted], confidence: float) -> tuple[Rate, ...]:
    """Each over the whole frame: an item on which a field could not be compared tells nothing of it."""
    names = sorted({name for one in strata for name in one.fields})
    return tuple(
        _rate(name, name, strata, [one.fields.get(name, Count()) for one in strata], confidence)
        for name in names
    )


def _rate(
    key: str, label: str, strata: Sequence[Counted], counts: Sequence[Count], confidence: float
) -> Rate:
    parts = [count.part(strata[place].size) for place, count in enumerate(counts)]
    said = whole_bounds(parts, confidence=confidence)
    return Rate(
        key=key,
        label=label,
        frame=sum(part.size for part in parts),
        count=_sum(counts),
        rate=None if math.isnan(said.rate) else said.rate,
        lower=said.lower,
        upper=said.upper,
        whole=said.whole,
    )


def _sum(counts: Sequence[Count]) -> Count:
    return Count(**{name: sum(getattr(one, name) for one in counts) for name in Count.__dataclass_fields__})


def _rate_from(said: Mapping[str, Any]) -> Rate:
    return Rate(**{**said, "count": Count(**said["count"])})
