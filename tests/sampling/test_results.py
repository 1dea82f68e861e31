"""From what reviewers found to rates, bounds and a verdict."""

from __future__ import annotations

import json

import pytest
from scipy import stats

from audits.sampling.bounds import needed
from audits.sampling.choices import RunVerdict
from audits.sampling.results import Count, Counted, Results, extension, results_of
from audits.sampling.stratified import Part

CLOSE = 1e-9


def stratum(size: int, *, key: str = "all", **counts: int) -> Counted:
    return Counted(key, key, size, Count(**counts))


def said_of(*strata: Counted, tolerable: float = 0.05, confidence: float = 0.95) -> Results:
    return results_of(strata, confidence=confidence, tolerable=tolerable)


def test_no_error_among_fifty_nine_shows_less_than_five_percent():
    """AICPA Audit Guide "Audit Sampling", table A-1: 59 items, none allowed, 5 % at 95 %."""
    results = said_of(stratum(1_200_000, right=59))
    assert results.verdict == RunVerdict.ACCEPT
    assert results.below == pytest.approx(1 - 0.05 ** (1 / 59), abs=1e-4)
    assert (results.whole.rate, results.whole.lower) == (0.0, 0.0)
    assert (results.method, results.extend_by) == ("exact", 0)


@pytest.mark.parametrize(
    ("sample", "errors", "upper"), [(100, 1, 4.7), (100, 2, 6.2), (100, 5, 10.3), (200, 3, 3.9), (50, 0, 5.9)]
)
def test_the_upper_limits_are_those_of_the_published_table(sample: int, errors: int, upper: float):
    """AICPA Audit Guide "Audit Sampling", table A-3 (5 % risk); it rounds up to a tenth of a percent."""
    results = said_of(stratum(10_000_000, right=sample - errors, false=errors))
    assert results.below * 100 == pytest.approx(upper, abs=0.1)
    assert results.below == pytest.approx(stats.beta.ppf(0.95, errors + 1, sample - errors), abs=1e-6)


@pytest.mark.parametrize(("sample", "errors", "frame"), [(20, 0, 50), (20, 3, 50), (20, 20, 50), (1, 1, 2)])
def test_a_small_frame_is_bounded_by_the_hypergeometric(sample: int, errors: int, frame: int):
    whole = said_of(stratum(frame, right=sample - errors, missing=errors)).whole
    allowed = [
        wrong
        for wrong in range(errors, frame - (sample - errors) + 1)
        if stats.hypergeom.cdf(errors, frame, wrong, sample) > 0.025
        and stats.hypergeom.sf(errors - 1, frame, wrong, sample) > 0.025
    ]
    assert (whole.lower * frame, whole.upper * frame) == pytest.approx(
        (min(allowed), max(allowed)), abs=CLOSE
    )


def test_nothing_but_errors_is_rejected():
    results = said_of(stratum(1_000, false=30))
    assert (results.verdict, results.whole.rate, results.whole.upper) == (RunVerdict.REJECT, 1.0, 1.0)
    assert results.above > 0.9


def test_a_stratum_of_one_is_what_it_is():
    results = said_of(stratum(1, missing=1))
    assert (results.whole.lower, results.whole.upper, results.method) == (1.0, 1.0, "counted")
    assert results.verdict == RunVerdict.REJECT


def test_everything_looked_at_is_decided_by_the_rate():
    assert said_of(stratum(100, right=96, false=4)).verdict == RunVerdict.ACCEPT
    assert said_of(stratum(100, right=95, false=5)).verdict == RunVerdict.REJECT


def test_the_weighted_estimate_of_strata():
    """Cochran, Sampling Techniques (1977), 5.2: each stratum's share times its rate."""
    results = said_of(
        stratum(6_000, key="bank", right=93, missing=5, false=2),
        stratum(3_000, key="individual", right=99, false=1),
        stratum(1_000, key="other", right=50),
    )
    assert results.whole.rate == pytest.approx(0.6 * 0.07 + 0.3 * 0.01, abs=CLOSE)
    assert [one.rate for one in results.strata] == pytest.approx([0.07, 0.01, 0.0], abs=CLOSE)
    assert results.method == "combined"
    assert results.whole.lower < results.whole.rate < results.whole.upper
    assert (results.whole.count.missing, results.whole.count.false, results.whole.count.changed) == (5, 3, 0)


def test_what_is_left_open_names_how_many_more():
    results = said_of(stratum(1_000_000, right=58, false=1))
    assert results.verdict == RunVerdict.EXTEND
    enough = needed(tolerable=0.05, confidence=0.95, expected=1 / 59, frame=1_000_000).sample
    assert 0 < results.extend_by <= enough - 59 + 60


def test_an_extension_shows_it_if_errors_go_on_as_they_came():
    more = extension([Part(10_000, 59, 1)], confidence=0.95, tolerable=0.05)
    wrong = -(-(59 + more) // 59)
    assert said_of(stratum(10_000, right=59 + more - wrong, false=wrong)).verdict == RunVerdict.ACCEPT


def test_who_was_not_reached_is_no_rate_but_hinders_acceptance():
    reached = said_of(stratum(100_000, right=60))
    some_not = said_of(stratum(100_000, right=60, unknown=4))
    assert reached.verdict == RunVerdict.ACCEPT
    assert some_not.whole.rate == 0.0
    assert some_not.whole.count.unknown == 4
    assert some_not.verdict == RunVerdict.EXTEND
    assert some_not.below > reached.below


def test_nobody_reached_decides_nothing():
    results = said_of(stratum(1_000, unknown=10))
    assert (results.verdict, results.whole.rate) == (RunVerdict.EXTEND, None)
    assert (results.whole.lower, results.whole.upper) == (0.0, 1.0)


def test_a_field_counts_only_where_it_could_be_compared():
    fields = {"holder.mobile": Count(right=18, missing=1, unknown=1), "holder.name": Count(right=20)}
    one = Counted("all", "all", 400, Count(right=19, missing=1), fields)
    by_name = {rate.key: rate for rate in said_of(one).fields}
    assert by_name["holder.mobile"].rate == pytest.approx(1 / 19, abs=CLOSE)
    assert by_name["holder.mobile"].count.unknown == 1
    assert by_name["holder.name"].rate == 0.0


def test_results_come_back_from_json_as_they_were():
    fields = {"holder.mobile": Count(right=18, missing=1, unknown=1)}
    results = said_of(
        Counted("a", "甲", 400, Count(right=19, missing=1), fields), stratum(20, key="b", right=3)
    )
    assert Results.from_json(json.loads(json.dumps(results.to_json()))) == results
