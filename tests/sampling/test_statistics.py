"""Sizes, bounds and chances against scipy and against the tables that auditors use."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from scipy import stats

from audits.sampling.agreement import kappa
from audits.sampling.bounds import Bounds, NotProvable, bounds, needed, upper_bound
from audits.sampling.chances import (
    NoSuchSample,
    binomial_at_least,
    binomial_at_most,
    hypergeometric_at_least,
    hypergeometric_at_most,
)

CLOSE = 1e-9
FRAMES = (1, 2, 7, 100, 5_000, 200_000, 1_200_000)


def drawn(count: int = 250):
    """(found, sample, errors, frame): all over the place, and at the edges."""
    chance = random.Random(20140331)
    for _each in range(count):
        frame = chance.choice(FRAMES)
        errors = chance.choice([0, frame, chance.randint(0, frame), chance.randint(0, max(1, frame // 100))])
        sample = chance.choice([0, min(frame, 3_000), chance.randint(0, min(frame, 3_000))])
        middle = sample * errors // frame
        yield min(max(middle + chance.randint(-6, 6), 0), sample), sample, min(errors, frame), frame


def test_hypergeometric_tails_agree_with_scipy():
    for found, sample, errors, frame in drawn():
        said = {"sample": sample, "errors": errors, "frame": frame}
        below = stats.hypergeom.cdf(found, frame, errors, sample)
        above = stats.hypergeom.sf(found - 1, frame, errors, sample)
        assert hypergeometric_at_most(found, **said) == pytest.approx(below, abs=CLOSE), said
        assert hypergeometric_at_least(found, **said) == pytest.approx(above, abs=CLOSE), said


def test_binomial_tails_agree_with_scipy():
    for found, sample, errors, frame in drawn():
        rate = errors / frame
        below, above = stats.binom.cdf(found, sample, rate), stats.binom.sf(found - 1, sample, rate)
        assert binomial_at_most(found, sample=sample, rate=rate) == pytest.approx(below, abs=CLOSE)
        assert binomial_at_least(found, sample=sample, rate=rate) == pytest.approx(above, abs=CLOSE)


@pytest.mark.parametrize("confidence", [0.0, 0.9, 0.95, 0.99])
def test_bounds_without_end_are_those_of_clopper_and_pearson(confidence: float):
    tail = (1 - confidence) / 2
    for found, sample, _errors, _frame in drawn(120):
        if not sample:
            continue
        said = bounds(found=found, sample=sample, confidence=confidence)
        lower = stats.beta.ppf(tail, found, sample - found + 1) if found else 0.0
        upper = stats.beta.ppf(1 - tail, found + 1, sample - found) if found < sample else 1.0
        assert (said.lower, said.upper) == pytest.approx((lower, upper), abs=CLOSE)


def test_published_bounds():
    """Clopper and Pearson 1934, and the rule of three in its exact form."""
    none = bounds(found=0, sample=59, confidence=0.90)
    assert (none.lower, none.upper) == pytest.approx((0.0, 1 - 0.05 ** (1 / 59)), abs=CLOSE)
    assert bounds(found=10, sample=10, confidence=0.95).lower == pytest.approx(0.025**0.1, abs=CLOSE)
    some = bounds(found=5, sample=20, confidence=0.95)
    assert (round(some.lower, 4), round(some.upper, 4)) == (0.0866, 0.4910)


@pytest.mark.parametrize(
    ("found", "sample", "frame"), [(0, 20, 50), (3, 20, 50), (20, 20, 50), (1, 1, 2), (0, 1, 9)]
)
def test_bounds_of_a_small_frame_are_the_outermost_that_the_sample_allows(
    found: int, sample: int, frame: int
):
    said = bounds(found=found, sample=sample, confidence=0.95, frame=frame)
    allowed = [
        errors
        for errors in range(found, frame - (sample - found) + 1)
        if stats.hypergeom.cdf(found, frame, errors, sample) > 0.025
        and stats.hypergeom.sf(found - 1, frame, errors, sample) > 0.025
    ]
    assert (said.lower * frame, said.upper * frame) == pytest.approx((min(allowed), max(allowed)), abs=CLOSE)


def test_everything_looked_at_leaves_no_doubt():
    assert bounds(found=2, sample=8, confidence=0.95, frame=8) == Bounds(0.25, 0.25, 0.25, whole=True)


def test_a_smaller_frame_says_more():
    uppers = [
        bounds(found=1, sample=50, confidence=0.95, frame=size).upper for size in (60, 100, 1_000, 100_000)
    ]
    endless = bounds(found=1, sample=50, confidence=0.95).upper
    assert all(one < other for one, other in pairwise([*uppers, endless]))


# AICPA Audit Guide "Audit Sampling", table A-1 (5 % risk) and A-2 (10 % risk): size and errors allowed.
PUBLISHED = [
    (0.95, 0.05, 0.0, 59, 0),
    (0.95, 0.05, 0.01, 93, 1),
    (0.95, 0.05, 0.0125, 124, 2),
    (0.95, 0.05, 0.015, 124, 2),
    (0.95, 0.05, 0.0175, 153, 3),
    (0.95, 0.05, 0.02, 181, 4),
    (0.95, 0.10, 0.0, 29, 0),
    (0.95, 0.10, 0.01, 46, 1),
    (0.90, 0.05, 0.0, 45, 0),
    (0.90, 0.05, 0.01, 77, 1),
    (0.90, 0.10, 0.0, 22, 0),
]


@pytest.mark.parametrize(("confidence", "tolerable", "expected", "sample", "allowed"), PUBLISHED)
def test_sizes_are_those_of_the_published_tables(
    confidence: float, tolerable: float, expected: float, sample: int, allowed: int
):
    said = needed(tolerable=tolerable, confidence=confidence, expected=expected)
    assert (said.sample, said.allowed, said.whole) == (sample, allowed, False)


@pytest.mark.parametrize("frame", [30, 200, 1_000, 50_000, 1_200_000])
def test_a_size_is_the_smallest_that_proves_it(frame: int):
    said = needed(tolerable=0.04, confidence=0.95, expected=0.01, frame=frame)
    errors = -(-4 * frame // 100)
    if said.whole:
        assert said.sample == frame
        return
    assert stats.hypergeom.cdf(said.allowed, frame, errors, said.sample) <= 0.05
    assert stats.hypergeom.cdf(said.allowed, frame, errors, said.sample - 1) > 0.05
    assert upper_bound(found=said.allowed, sample=said.sample, confidence=0.95, frame=frame) < 0.04


def test_what_no_sample_proves_is_refused():
    with pytest.raises(NotProvable):
        needed(tolerable=0.02, confidence=0.95, expected=0.02)
    with pytest.raises(NoSuchSample):
        bounds(found=3, sample=2, confidence=0.95)
    with pytest.raises(NoSuchSample):
        hypergeometric_at_most(0, sample=5, errors=1, frame=4)


def test_agreement_beyond_chance():
    """Cohen's own example of 1960 in whole numbers: po = 0.7, pe = 0.41."""
    pairs = {("a", "a"): 44, ("a", "b"): 5, ("a", "c"): 1, ("b", "a"): 7, ("b", "b"): 20, ("b", "c"): 3,
             ("c", "a"): 9, ("c", "b"): 5, ("c", "c"): 6}  # fmt: skip
    first = [one for (one, _other), count in pairs.items() for _each in range(count)]
    second = [other for (_one, other), count in pairs.items() for _each in range(count)]
    assert kappa(first, second) == pytest.approx((0.70 - 0.41) / (1 - 0.41))
    assert kappa([1, 2], [2, 1]) == pytest.approx(-1.0)
    assert kappa([], []) is None
    assert kappa(["same"], ["same"]) is None
