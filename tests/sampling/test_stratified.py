"""The bound of a stratified sample covers the truth as often as it says: counted out on small frames."""

from __future__ import annotations

from itertools import pairwise, product
from math import comb, isnan

import pytest
from scipy import stats

from audits.sampling.bounds import Bounds, upper_bound
from audits.sampling.stratified import Part, one_open, whole_bounds, whole_lower, whole_rate, whole_upper

Strata = list[tuple[int, int]]
"""(size, sample) of each."""
SMALL: list[Strata] = [
    [(9, 4)],
    [(4, 1), (4, 1)],
    [(6, 2), (6, 2)],
    [(8, 2), (4, 2)],
    [(10, 3), (5, 1), (3, 3)],
    [(12, 4), (6, 1)],
    [(5, 0), (9, 4)],
    [(7, 3), (7, 3), (4, 2)],
    [(1, 1), (6, 3), (5, 2)],
    [(3, 1), (3, 1), (3, 1), (3, 1)],
]


def chance(size: int, errors: int, sample: int, found: int) -> float:
    return comb(errors, found) * comb(size - errors, sample - found) / comb(size, sample)


def outcomes(strata: Strata, errors: tuple[int, ...]):
    """Every count of errors that a draw can bring, with its chance."""
    ranges = [range(max(0, n - (size - wrong)), min(n, wrong) + 1)
              for (size, n), wrong in zip(strata, errors, strict=True)]  # fmt: skip
    for found in product(*ranges):
        likely = 1.0
        for (size, n), wrong, count in zip(strata, errors, found, strict=True):
            likely *= chance(size, wrong, n, count)
        yield found, likely


@pytest.mark.parametrize("confidence", [0.8, 0.9, 0.95])
@pytest.mark.parametrize("strata", SMALL, ids=str)
def test_it_covers_the_truth_wherever_the_errors_lie(strata: Strata, confidence: float):
    frame = sum(size for size, _sample in strata)
    said: dict[tuple[int, ...], tuple[float, float]] = {}
    for errors in product(*(range(size + 1) for size, _sample in strata)):
        above = below = 0.0
        for found, likely in outcomes(strata, errors):
            if found not in said:
                parts = [Part(size, n, count) for (size, n), count in zip(strata, found, strict=True)]
                said[found] = (
                    whole_lower(parts, confidence=confidence),
                    whole_upper(parts, confidence=confidence),
                )
            lower, upper = said[found]
            above += likely * (upper * frame >= sum(errors) - 1e-9)
            below += likely * (lower * frame <= sum(errors) + 1e-9)
        assert min(above, below) >= confidence - 1e-12, errors


def test_to_judge_a_proportional_draw_as_one_would_promise_too_much():
    """One of four in each of two strata, two of each wrong: 1/4 see none; two of eight would see 6/28."""
    apart = chance(4, 2, 1, 0) ** 2
    together = chance(8, 4, 2, 0)
    assert (apart, together) == (1 / 4, 6 / 28)
    assert whole_upper([Part(4, 1), Part(4, 1)], confidence=0.77) >= 4 / 8
    assert upper_bound(found=0, sample=2, confidence=0.77, frame=8) < 4 / 8


def test_rounding_cannot_hide_strata_of_which_nothing_was_drawn():
    parts = [Part(10, quota) for quota in [1] * 50 + [0] * 50]
    assert whole_upper(parts, confidence=0.95) > 0.5
    assert upper_bound(found=0, sample=50, confidence=0.95, frame=1_000) < 0.06


def test_one_stratum_and_those_taken_whole_are_exact():
    alone = whole_upper([Part(200, 40, 1)], confidence=0.95)
    assert alone == upper_bound(found=1, sample=40, confidence=0.95, frame=200)
    beside = whole_upper([Part(200, 40, 1), Part(10, 10, 3)], confidence=0.95)
    assert beside * 210 == pytest.approx(alone * 200 + 3, abs=1e-9)
    assert one_open([Part(200, 40, 1), Part(10, 10, 3)])
    assert whole_bounds([Part(4, 4, 1), Part(6, 6, 2)], confidence=0.95) == Bounds(0.3, 0.3, 0.3, whole=True)


def test_a_stratum_of_one():
    assert whole_bounds([Part(1, 1, 1)], confidence=0.95) == Bounds(1.0, 1.0, 1.0, whole=True)
    unseen = whole_bounds([Part(1, 0)], confidence=0.95)
    assert (unseen.lower, unseen.upper) == (0.0, 1.0)


def test_all_wrong_and_nothing_wrong():
    wrong = [Part(50, 20, 20), Part(30, 12, 12)]
    assert whole_upper(wrong, confidence=0.95) == 1.0
    assert whole_lower([part.mirrored for part in wrong], confidence=0.95) == 0.0
    assert whole_lower(wrong, confidence=0.95) == pytest.approx(
        1 - whole_upper([part.mirrored for part in wrong], confidence=0.95), abs=1e-12
    )


def test_the_estimate_weighs_strata_by_their_size():
    """Cochran, Sampling Techniques (1977), 5.2: Σ N_h·p_h / N."""
    parts = [Part(6_000, 60, 6), Part(3_000, 60, 3), Part(1_000, 60, 0)]
    assert whole_rate(parts) == pytest.approx((0.6 * 0.1) + (0.3 * 0.05), abs=1e-9)
    assert whole_rate([]) is None
    assert isnan(whole_bounds([Part(10, 0)], confidence=0.95).rate)


def test_with_equal_shares_of_a_large_frame_it_is_near_clopper_and_pearson():
    parts = [Part(600_000, 60, 1), Part(400_000, 40, 0)]
    exact = stats.beta.ppf(0.95, 2, 99)
    assert whole_upper(parts, confidence=0.95) == pytest.approx(exact, abs=2e-6)


def test_more_looked_at_says_more():
    uppers = [whole_upper([Part(500, n), Part(300, n)], confidence=0.95) for n in (10, 30, 100, 250)]
    assert all(one > other for one, other in pairwise(uppers))
