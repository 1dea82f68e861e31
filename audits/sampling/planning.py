"""How many are drawn of each stratum, and what that proves: one answer for the plan's page and the draw."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, partial
from typing import Protocol

from audits.sampling.allocation import Stratum, equal, neyman, proportional
from audits.sampling.bounds import needed
from audits.sampling.choices import Allocation, SampleSize
from audits.sampling.stratified import Part, one_open, whole_upper

FEW = 4
"""So many numbers of errors, from none on, are told with what they prove."""


class Sizing(Protocol):
    """What of a plan's version decides its size; `whole_strata` are stratum keys."""

    allocation: str
    minimum: int
    whole_strata: list[str]
    size_by: str
    size_number: int | None
    size_rate: Decimal | None
    tolerable_rate: Decimal
    expected_rate: Decimal
    confidence: Decimal


@dataclass(frozen=True)
class PlannedStratum:
    key: str
    label: str
    size: int
    quota: int
    past_rate: float | None = None

    @property
    def whole(self) -> bool:
        return self.quota == self.size

    @property
    def share(self) -> float:
        return self.quota / self.size if self.size else 0.0


@dataclass(frozen=True)
class Claim:
    """So many errors among those drawn still prove a rate below `below`."""

    errors: int
    below: float


@dataclass(frozen=True)
class Planned:
    """`total` are drawn of `frame`; `allowed` errors still show the tolerable rate, None: not even none does.

    `asked` is what the size alone asks for, of a frame in one piece: minimums, strata taken whole and the
    rounding of shares may take more. `as_one` when no more than one stratum is left to chance.
    """

    frame: int
    asked: int
    total: int
    strata: tuple[PlannedStratum, ...]
    claims: tuple[Claim, ...]
    allowed: int | None
    as_one: bool

    @property
    def quotas(self) -> dict[str, int]:
        return {stratum.key: stratum.quota for stratum in self.strata}

    @property
    def proves(self) -> float:
        """The rate that a sample without an error rules out."""
        return self.claims[0].below if self.claims else 1.0

    @property
    def unseen(self) -> int:
        """Strata of which nothing is drawn."""
        return sum(not stratum.quota for stratum in self.strata if stratum.size)


def plan_size(
    version: Sizing, counts: Mapping[str, tuple[str, int]], past_rates: Mapping[str, float]
) -> Planned:
    """`counts` is label and size by stratum key; `past_rates` what concluded draws found, for Neyman."""
    strata = [
        Stratum(
            name=key,
            items=size,
            rate=past_rates.get(key),
            least=version.minimum,
            whole=key in version.whole_strata,
        )
        for key, (_label, size) in sorted(counts.items())
    ]
    frame = sum(stratum.items for stratum in strata)
    asked = _asked(version, frame)
    total = max(asked, sum(_least(stratum) for stratum in strata))
    if version.size_by == SampleSize.COMPUTED and frame:
        total = _enough(version, strata, total, frame)
    quotas = _quotas(version, strata, total)
    parts = [Part(stratum.items, quotas[stratum.name]) for stratum in strata]
    return Planned(
        frame=frame,
        asked=asked,
        total=sum(quotas.values()),
        strata=tuple(
            PlannedStratum(one.name, counts[one.name][0], one.items, quotas[one.name], one.rate)
            for one in strata
        ),
        claims=_claims(version, parts),
        allowed=_allowed(version, parts),
        as_one=one_open(parts),
    )


def _asked(version: Sizing, frame: int) -> int:
    if version.size_by == SampleSize.NUMBER:
        return min(version.size_number or 0, frame)
    if version.size_by == SampleSize.RATE:
        return min(math.ceil((version.size_rate or Decimal(0)) * frame), frame)
    if not frame:
        return 0
    return _needed(version.tolerable_rate, version.confidence, version.expected_rate, frame)


@lru_cache(maxsize=256)
def _needed(tolerable: Decimal, confidence: Decimal, expected: Decimal, frame: int) -> int:
    """Kept: where much is expected it takes seconds, and a page asks again at every other choice."""
    return needed(
        tolerable=float(tolerable), confidence=float(confidence), expected=float(expected), frame=frame
    ).sample


def _least(stratum: Stratum) -> int:
    return stratum.items if stratum.whole else min(stratum.least, stratum.items)


def _quotas(version: Sizing, strata: Sequence[Stratum], total: int) -> dict[str, int]:
    if version.allocation == Allocation.EQUAL:
        return equal(strata, total)
    if version.allocation == Allocation.NEYMAN:
        return neyman(strata, total, otherwise=max(float(version.expected_rate), 0.01))
    return proportional(strata, total)


def _enough(version: Sizing, strata: Sequence[Stratum], total: int, frame: int) -> int:
    """The size from `total` on at which the claim holds with the errors expected; more strata need more."""
    tolerable = float(version.tolerable_rate)

    def holds(size: int) -> bool:
        quotas = _quotas(version, strata, size)
        parts = [Part(stratum.items, quotas[stratum.name]) for stratum in strata]
        return _upper(version, parts, math.ceil(float(version.expected_rate) * size)) < tolerable

    low = high = total
    while high < frame and not holds(high):
        low, high = high + 1, min(2 * high, frame)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return high


def _upper(version: Sizing, parts: Sequence[Part], errors: int) -> float:
    """With the errors where they say most: not in a stratum taken whole, whose errors are known."""
    left = errors
    found = []
    for part in sorted(parts, key=lambda part: part.sample == part.size):
        here = min(left, part.sample)
        found.append(Part(part.size, part.sample, here))
        left -= here
    return whole_upper(found, confidence=float(version.confidence))


def _claims(version: Sizing, parts: Sequence[Part]) -> tuple[Claim, ...]:
    sample = sum(part.sample for part in parts)
    if not sample:
        return ()
    return tuple(Claim(errors, _upper(version, parts, errors)) for errors in range(min(FEW, sample + 1)))


def _allowed(version: Sizing, parts: Sequence[Part]) -> int | None:
    """The most errors with which the tolerable rate is still shown."""
    sample, tolerable = sum(part.sample for part in parts), float(version.tolerable_rate)
    upper = partial(_upper, version, parts)
    if not sample or upper(0) >= tolerable:
        return None
    low, high = 0, sample
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if upper(middle) < tolerable else (low, middle - 1)
    return low
