"""What a sample drawn stratum by stratum proves about the whole frame, whatever the shares of its strata.

One stratum left open is judged exactly (hypergeometric). Of several, the errors seen are a sum of independent
yes-and-nos (a hypergeometric count is one: Vatutin and Mikhailov 1982), and of all such sums with the same
mean the binomial has the heaviest lower tail (Hoeffding 1956, theorem 4). With E errors in the frame the mean
is least when they lie where least was drawn; E errors are ruled out when even then so few would be too rare.
A draw in proportion is no exception: by rounding, and by drawing one of each, it sees less than one draw of
the whole would. Strata taken whole count as found, those of which nothing was drawn as wrong.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from audits.sampling.bounds import Bounds, upper_bound
from audits.sampling.chances import binomial_at_most


@dataclass(frozen=True)
class Part:
    """`found` errors among `sample` items drawn from the `size` items of one stratum."""

    size: int
    sample: int
    found: int = 0

    @property
    def right(self) -> int:
        return self.sample - self.found

    @property
    def mirrored(self) -> Part:
        """With right and wrong the other way round."""
        return Part(self.size, self.sample, self.right)


def one_open(parts: Sequence[Part]) -> bool:
    """Nothing but one stratum, or one beside those taken whole: then the count itself is exact."""
    return len(_open(parts)) <= 1


def whole_upper(parts: Sequence[Part], *, confidence: float) -> float:
    """The rate of errors of the whole frame that is ruled out from above, one-sided."""
    frame = sum(part.size for part in parts)
    return _most_errors(parts, confidence) / frame if frame else 1.0


def whole_lower(parts: Sequence[Part], *, confidence: float) -> float:
    """The rate that is ruled out from below, one-sided: by how many items are surely right."""
    frame = sum(part.size for part in parts)
    return 1.0 - _most_errors([part.mirrored for part in parts], confidence) / frame if frame else 0.0


def whole_rate(parts: Sequence[Part]) -> float | None:
    """The estimate: each stratum weighs as much as it has items; without those of which nothing is known."""
    known = [part for part in parts if part.sample]
    items = sum(part.size for part in known)
    return sum(part.size * part.found / part.sample for part in known) / items if items else None


def whole_bounds(parts: Sequence[Part], *, confidence: float) -> Bounds:
    """Two-sided, each end with half of the risk; the rate is no number where nothing was looked at."""
    rate = whole_rate(parts)
    if parts and not _open(parts) and rate is not None:
        return Bounds(rate, rate, rate, whole=True)
    each = (1.0 + confidence) / 2.0
    lower, upper = whole_lower(parts, confidence=each), whole_upper(parts, confidence=each)
    return Bounds(math.nan if rate is None else rate, lower, upper)


def _open(parts: Sequence[Part]) -> list[Part]:
    return [part for part in parts if part.sample < part.size]


def _most_errors(parts: Sequence[Part], confidence: float) -> int:
    surely = sum(part.found for part in parts if part.sample == part.size)
    open_ones = _open(parts)
    if len(open_ones) == 1:
        part = open_ones[0]
        upper = upper_bound(found=part.found, sample=part.sample, confidence=confidence, frame=part.size)
        return surely + round(upper * part.size)
    return surely + _most_left(open_ones, 1.0 - confidence)


def _most_left(parts: Sequence[Part], risk: float) -> int:
    """The most errors in these strata together that are not ruled out; more of them are ever rarer."""
    found, sample = sum(part.found for part in parts), sum(part.sample for part in parts)
    low, high = found, sum(part.size - part.right for part in parts)
    by_share = sorted(parts, key=lambda part: part.sample / part.size)
    while low < high:
        errors = (low + high + 1) // 2
        if _ruled_out(errors, by_share, found, sample, risk):
            high = errors - 1
        else:
            low = errors
    return low


def _ruled_out(errors: int, by_share: Sequence[Part], found: int, sample: int, risk: float) -> bool:
    """By Hoeffding's bound with the least mean that these errors can have; it holds from found + 1 on."""
    mean = _least_mean(errors, by_share)
    trials = min(errors, sample)
    if not trials or mean < found + 1:
        return False
    return binomial_at_most(found, sample=trials, rate=min(mean / trials, 1.0)) <= risk


def _least_mean(errors: int, by_share: Sequence[Part]) -> float:
    """Errors seen on average when they lie where least was drawn."""
    mean, left = 0.0, errors
    for part in by_share:
        here = min(left, part.size - part.right)
        mean += here * part.sample / part.size
        left -= here
    return mean
