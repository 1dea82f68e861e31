"""Chances of counting errors in a sample, exact to the last digits that a float has; standard library only.

Hypergeometric for drawing without replacement from a known frame, binomial for one without end.
"""

from __future__ import annotations

import math
from collections.abc import Callable


class NoSuchSample(ValueError):
    """The numbers do not describe a sample: more errors than items, or more items than the frame."""


def hypergeometric_at_most(found: int, *, sample: int, errors: int, frame: int) -> float:
    """P(X ≤ found): errors seen when `sample` of `frame` items are drawn, `errors` of which are wrong."""
    _check(sample=sample, errors=errors, frame=frame)
    least, most = max(0, sample - (frame - errors)), min(sample, errors)
    if found < least:
        return 0.0
    if found >= most:
        return 1.0
    if found - least > most - found - 1:  # the shorter tail is summed
        return max(0.0, 1.0 - _hypergeometric_sum(found + 1, most, sample, errors, frame))
    return min(1.0, _hypergeometric_sum(least, found, sample, errors, frame))


def hypergeometric_at_least(found: int, *, sample: int, errors: int, frame: int) -> float:
    """P(X ≥ found); summed itself, so that a small one keeps its digits."""
    _check(sample=sample, errors=errors, frame=frame)
    least, most = max(0, sample - (frame - errors)), min(sample, errors)
    if found <= least:
        return 1.0
    if found > most:
        return 0.0
    if most - found > found - least - 1:
        return max(0.0, 1.0 - _hypergeometric_sum(least, found - 1, sample, errors, frame))
    return min(1.0, _hypergeometric_sum(found, most, sample, errors, frame))


def binomial_at_most(found: int, *, sample: int, rate: float) -> float:
    """P(X ≤ found) when each of `sample` items is wrong with the chance `rate`."""
    return _binomial_at_most(found, sample, rate, 1.0 - rate)


def binomial_at_least(found: int, *, sample: int, rate: float) -> float:
    """P(X ≥ found): at most so many right ones."""
    return _binomial_at_most(sample - found, sample, 1.0 - rate, rate)


def _binomial_at_most(found: int, sample: int, rate: float, other: float) -> float:
    """`other` is 1 − rate, handed in so that a tiny one keeps its digits."""
    if not 0.0 <= rate <= 1.0 or sample < 0:
        raise NoSuchSample
    if found < 0:
        return 0.0
    if found >= sample or rate == 0.0:
        return 1.0
    if other == 0.0:
        return 0.0
    if found > sample * rate:  # beyond the middle: the upper tail is the short one
        return max(0.0, 1.0 - _binomial_sum(found + 1, sample, sample, rate, other))
    return min(1.0, _binomial_sum(0, found, sample, rate, other))


def _check(*, sample: int, errors: int, frame: int) -> None:
    if not (0 <= sample <= frame and 0 <= errors <= frame):
        raise NoSuchSample


def _log_choose(n: int, k: int) -> float:
    """From the whole number itself: `lgamma` would lose digits at a million."""
    return _log_of(math.comb(n, min(k, n - k)))


def _log_of(number: int) -> float:
    shift = max(0, number.bit_length() - 1000)
    return math.log(number >> shift) + shift * math.log(2)


def _hypergeometric_sum(first: int, last: int, sample: int, errors: int, frame: int) -> float:
    """Σ P(X = k) for first ≤ k ≤ last, from its largest term outwards by exact ratios."""
    middle = (sample + 1) * (errors + 1) // (frame + 2)
    top = min(max(first, middle), last)
    peak = _hypergeometric_term(top, sample, errors, frame)
    right = frame - errors

    def up(k: int) -> float:
        return (errors - k) * (sample - k) / ((k + 1) * (right - sample + k + 1))

    return _outwards(peak, top, first, last, up)


def _hypergeometric_term(k: int, sample: int, errors: int, frame: int) -> float:
    """P(X = k) as a product over the smaller of the two sides, summed in logarithms without loss.

    C(E,k)·C(F−E,n−k)/C(F,n) is symmetric in sample and errors.
    """
    few, many = min(sample, errors), max(sample, errors)
    parts = [_log_choose(few, k)]
    parts += [math.log((many - i) / (frame - i)) for i in range(k)]
    parts += [math.log1p(-(many - k) / (frame - k - i)) for i in range(few - k)]
    return math.exp(math.fsum(parts))


def _binomial_sum(first: int, last: int, sample: int, rate: float, other: float) -> float:
    middle = int((sample + 1) * rate)
    top = min(max(first, middle), last)
    parts = (_log_choose(sample, top), top * _log(rate, other), (sample - top) * _log(other, rate))
    odds = rate / other

    def up(k: int) -> float:
        return (sample - k) / (k + 1) * odds

    return _outwards(math.exp(math.fsum(parts)), top, first, last, up)


def _log(chance: float, other: float) -> float:
    """From whichever of the two is small."""
    return math.log(chance) if chance < 0.5 else math.log1p(-other)


def _outwards(peak: float, top: int, first: int, last: int, up: Callable[[int], float]) -> float:
    """Terms fall on both sides of the largest; those that no longer count are left out."""
    terms = [1.0]
    term = 1.0
    for k in range(top, last):
        term *= up(k)
        terms.append(term)
        if term < 1e-18:
            break
    term = 1.0
    for k in range(top - 1, first - 1, -1):
        term /= up(k)
        terms.append(term)
        if term < 1e-18:
            break
    return peak * math.fsum(terms)
