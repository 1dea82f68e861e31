"""What a sample proves: exact bounds of an error rate, and the size that a claim needs.

Clopper and Pearson (1934) for a frame without end; the same inversion over the hypergeometric where every
item of the frame is known. Rates are fractions of one; `confidence` is that of the whole two-sided interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from audits.sampling.chances import (
    NoSuchSample,
    binomial_at_least,
    binomial_at_most,
    hypergeometric_at_least,
    hypergeometric_at_most,
)

MOST_ALLOWED = 2_000
"""Errors that a plan may allow before the claim is given up as not worth a sample."""


@dataclass(frozen=True)
class Bounds:
    """An estimate with both ends, as rates; `whole` when every item was looked at."""

    rate: float
    lower: float
    upper: float
    whole: bool = False


@dataclass(frozen=True)
class Size:
    """`sample` items prove the claim as long as no more than `allowed` of them are wrong."""

    sample: int
    allowed: int
    whole: bool = False


class NotProvable(ValueError):
    """No sample can show it: what is expected is not below what is tolerable."""


def bounds(*, found: int, sample: int, confidence: float, frame: int | None = None) -> Bounds:
    """Two-sided exact bounds of the rate of errors; over a known frame, of its rate as it stands."""
    if not (0 <= found <= sample and 0.0 <= confidence < 1.0) or (frame is not None and sample > frame):
        raise NoSuchSample
    if sample == 0:
        return Bounds(math.nan, 0.0, 1.0)
    tail = (1.0 - confidence) / 2.0
    rate = found / sample
    if frame is not None:
        if sample == frame:
            return Bounds(rate, rate, rate, whole=True)
        return Bounds(
            rate, _fewest(found, sample, frame, tail) / frame, _most(found, sample, frame, tail) / frame
        )
    lower = 0.0 if found == 0 else _root(lambda p: binomial_at_least(found, sample=sample, rate=p) - tail)
    upper = 1.0 if found == sample else _root(lambda p: tail - binomial_at_most(found, sample=sample, rate=p))
    return Bounds(rate, lower, upper)


def upper_bound(*, found: int, sample: int, confidence: float, frame: int | None = None) -> float:
    """The rate that this sample rules out from above, one-sided: what a verdict compares."""
    return bounds(found=found, sample=sample, confidence=2.0 * confidence - 1.0, frame=frame).upper


def needed(*, tolerable: float, confidence: float, expected: float = 0.0, frame: int | None = None) -> Size:
    """The smallest sample with which `expected` errors still prove a rate below `tolerable`, one-sided.

    Raises NotProvable. Of a small frame everything may be needed.
    """
    if not (0.0 < tolerable < 1.0 and 0.0 < confidence < 1.0 and expected >= 0.0):
        raise NoSuchSample
    if expected >= tolerable:
        raise NotProvable
    risk = 1.0 - confidence
    allowed = found = 0
    while allowed < MOST_ALLOWED:
        least = _smallest(allowed, tolerable, risk, frame, above=found)
        if least is None:
            break
        found = least
        if expected * found <= allowed:
            return Size(found, allowed, whole=found == frame)
        # More errors allowed take more items still, of which as many are expected as of these at least.
        allowed = max(allowed + 1, math.ceil(expected * found))
    if frame is None:
        raise NotProvable
    return Size(frame, math.ceil(tolerable * frame) - 1, whole=True)


def _smallest(allowed: int, tolerable: float, risk: float, frame: int | None, *, above: int) -> int | None:
    """The least n > `above` with P(X ≤ allowed) ≤ risk at the tolerable rate; None: too few in the frame."""
    least = max(allowed, above) + 1
    if frame is None:
        return _from(least, None, lambda n: binomial_at_most(allowed, sample=n, rate=tolerable) <= risk)
    errors = math.ceil(tolerable * frame - 1e-9)
    if errors <= allowed or least > frame:
        return None
    return _from(
        least,
        frame,
        lambda n: hypergeometric_at_most(allowed, sample=n, errors=errors, frame=frame) <= risk,
    )


def _from(least: int, most: int | None, holds: Callable[[int], bool]) -> int:
    """The first of least… for which it holds, when it holds from some number on, at `most` in any case."""
    low, high, step = least, least, 1
    while (most is None or high < most) and not holds(high):
        low, step = high + 1, 2 * step
        high = high + step if most is None else min(high + step, most)
    return _first(low, high, holds)


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The first of low…high for which it holds, when it holds from some number on."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _fewest(found: int, sample: int, frame: int, tail: float) -> int:
    """The fewest errors in the frame with which so many in the sample are not too unlikely."""
    return _first(
        found,
        frame - (sample - found),
        lambda errors: hypergeometric_at_least(found, sample=sample, errors=errors, frame=frame) > tail,
    )


def _most(found: int, sample: int, frame: int, tail: float) -> int:
    least, most = found, frame - (sample - found)
    too_many = _first(
        least,
        most + 1,
        lambda errors: (
            errors > most or hypergeometric_at_most(found, sample=sample, errors=errors, frame=frame) <= tail
        ),
    )
    return too_many - 1


def _root(rises: Callable[[float], float]) -> float:
    """Where a rising function of a rate crosses zero, to the last bit."""
    low, high = 0.0, 1.0
    for _round in range(200):
        middle = (low + high) / 2.0
        if middle in (low, high):
            break
        if rises(middle) < 0.0:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0
