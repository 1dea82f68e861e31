"""How many of each stratum: exact quotas that always add up to the size wanted."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction


class NotPlannable(ValueError):
    """The minimums alone are more than the size, or nothing may be drawn."""


@dataclass(frozen=True)
class Stratum:
    """One part of the frame: how many items, and the error rate of earlier draws for Neyman's allocation.

    `least` is taken at least where there are so many; `whole` takes every item.
    """

    name: str
    items: int
    rate: float | None = None
    least: int = 0
    whole: bool = False


def proportional(strata: Sequence[Stratum], size: int) -> dict[str, int]:
    return _allocated(strata, size, {one.name: Fraction(one.items) for one in strata})


def equal(strata: Sequence[Stratum], size: int) -> dict[str, int]:
    return _allocated(strata, size, {one.name: Fraction(1 if one.items else 0) for one in strata})


def neyman(strata: Sequence[Stratum], size: int, *, otherwise: float = 0.05) -> dict[str, int]:
    """By N·√(p(1−p)): more where errors were many (Neyman 1934). `otherwise` is the rate of the unknown.

    A stratum that had none or nothing but errors is not left out: its rate counts as half an item off.
    """

    def spread(one: Stratum) -> Fraction:
        rate = otherwise if one.rate is None else one.rate
        edge = 0.5 / one.items if one.items else 0.5
        rate = min(max(rate, edge), 1.0 - edge)
        return Fraction(one.items) * Fraction(math.sqrt(rate * (1.0 - rate)))

    return _allocated(strata, size, {one.name: spread(one) for one in strata})


def _allocated(strata: Sequence[Stratum], size: int, weights: Mapping[str, Fraction]) -> dict[str, int]:
    """In proportion to the weights, but never below a minimum nor above what a stratum has.

    One multiplier of all weights does that; the quotas are its shares, rounded by largest remainders.
    """
    least = {one.name: one.items if one.whole else min(one.least, one.items) for one in strata}
    most = {one.name: one.items for one in strata}
    left = min(size, sum(most.values()))
    if left < sum(least.values()):
        raise NotPlannable
    weights = {name: weight or Fraction(1, 10**9) for name, weight in weights.items()}

    def shares(times: Fraction) -> dict[str, Fraction]:
        return {
            name: min(max(times * weight, Fraction(least[name])), Fraction(most[name]))
            for name, weight in weights.items()
        }

    turns = sorted(
        {Fraction(edge[name]) / weights[name] for edge in (least, most) for name in weights} | {Fraction(0)}
    )

    def taken(times: Fraction) -> Fraction:
        return sum(shares(times).values(), Fraction(0))

    place = bisect_right(turns, Fraction(left), key=taken) - 1
    under = sum(shares(turns[place]).values())
    if under == left:
        return _rounded(shares(turns[place]), left, most)
    over = sum(shares(turns[place + 1]).values())
    times = turns[place] + (turns[place + 1] - turns[place]) * (left - under) / (over - under)
    return _rounded(shares(times), left, most)


def _rounded(shares: Mapping[str, Fraction], left: int, most: Mapping[str, int]) -> dict[str, int]:
    """Whole numbers that add up: the largest remainders get one more."""
    counts = {name: math.floor(share) for name, share in shares.items()}
    missing = left - sum(counts.values())
    by_rest = sorted(shares, key=lambda name: (counts[name] - shares[name], name))
    for name in by_rest:
        if missing <= 0:
            break
        if counts[name] < most[name]:
            counts[name] += 1
            missing -= 1
    return counts
