"""How many are drawn, of which stratum, and what that proves: the page and the draw give one answer."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from audits.sampling.bounds import needed, upper_bound
from audits.sampling.planning import Planned, plan_size
from audits.sampling.results import ACCEPT, Count, Counted, results_of
from audits.sampling.stratified import Part, whole_upper
from audits.sampling.terms import PlanTerms

TERMS = PlanTerms(tolerable_rate=Decimal("0.02"))
CITIES = {"a": ("甲", 600), "b": ("乙", 300), "c": ("丙", 100)}


def planned(
    terms: PlanTerms, counts: dict[str, tuple[str, int]], past: dict[str, float] | None = None
) -> Planned:
    return plan_size(terms, counts, past or {})  # type: ignore[arg-type]  # terms say what a version says


@pytest.mark.parametrize("frame", [1, 59, 1_000, 1_200_000])
@pytest.mark.parametrize(("tolerable", "expected"), [("0.01", "0"), ("0.05", "0"), ("0.05", "0.02")])
def test_a_computed_size_is_what_the_claim_needs(frame: int, tolerable: str, expected: str) -> None:
    terms = replace(TERMS, tolerable_rate=Decimal(tolerable), expected_rate=Decimal(expected))

    found = planned(terms, {"all": ("全部", frame)})

    size = needed(tolerable=float(tolerable), confidence=0.95, expected=float(expected), frame=frame)
    assert (found.total, found.asked) == (size.sample, size.sample)
    assert found.quotas == {"all": size.sample}


def test_what_a_sample_of_one_frame_proves_is_the_exact_hypergeometric_bound() -> None:
    found = planned(TERMS, {"all": ("全部", 1_000)})

    for claim in found.claims:
        exact = upper_bound(found=claim.errors, sample=found.total, confidence=0.95, frame=1_000)
        assert claim.below == pytest.approx(exact, abs=1e-9)
    assert found.proves < 0.02
    assert found.allowed == 0


def test_as_many_errors_as_allowed_show_the_tolerable_rate_and_one_more_does_not() -> None:
    found = planned(replace(TERMS, expected_rate=Decimal("0.005")), {"all": ("全部", 50_000)})

    assert found.allowed is not None
    assert found.allowed > 0
    assert exact(found, found.allowed) < 0.02 <= exact(found, found.allowed + 1)


def exact(found: Planned, errors: int) -> float:
    return upper_bound(found=errors, sample=found.total, confidence=0.95, frame=found.frame)


@pytest.mark.parametrize("tolerable", ["0.02", "0.03", "0.05", "0.06"])
@pytest.mark.parametrize("counts", [(100, 100), (120, 80), (130, 70, 40, 160)])
def test_without_an_error_a_computed_size_is_accepted_at_the_very_edge_too(
    tolerable: str, counts: tuple[int, ...]
) -> None:
    terms = replace(TERMS, tolerable_rate=Decimal(tolerable))

    found = planned(terms, {str(place): ("—", size) for place, size in enumerate(counts)})

    right = [Counted(one.key, "—", one.size, Count(right=one.quota)) for one in found.strata]
    said = results_of(right, confidence=0.95, tolerable=float(tolerable))
    assert (said.verdict, said.below < float(tolerable)) == (ACCEPT, True)


def test_the_least_confidence_that_a_plan_may_ask_for_is_computed() -> None:
    terms = replace(TERMS, confidence=Decimal("0.5"))

    assert not terms.faults("consistency")
    assert planned(terms, {"all": ("全部", 1_000)}).proves < 0.02


@pytest.mark.parametrize("allocation", ["proportional", "equal", "neyman"])
def test_several_strata_take_as_many_as_their_claim_needs_too(allocation: str) -> None:
    found = planned(replace(TERMS, allocation=allocation), CITIES)

    parts = [Part(stratum.size, stratum.quota) for stratum in found.strata]
    assert whole_upper(parts, confidence=0.95) == found.proves < 0.02
    assert sum(found.quotas.values()) == found.total >= found.asked


def test_minimums_and_whole_strata_raise_a_number_that_is_too_small_for_them() -> None:
    terms = replace(TERMS, size_by="number", size_number=20, minimum=10, whole_strata=["c"])

    found = planned(terms, CITIES)

    assert (found.asked, found.total, found.quotas) == (20, 120, {"a": 10, "b": 10, "c": 100})
    assert [stratum.whole for stratum in found.strata] == [False, False, True]


def test_a_share_is_rounded_up() -> None:
    found = planned(replace(TERMS, size_by="rate", size_rate=Decimal("0.005")), {"all": ("全部", 1_001)})

    assert found.total == 6


def test_too_small_a_number_proves_less_than_is_tolerable() -> None:
    found = planned(replace(TERMS, size_by="number", size_number=5), {"all": ("全部", 1_000)})

    assert found.allowed is None
    assert found.proves > 0.02


def test_where_errors_were_many_neyman_looks_more_closely() -> None:
    counts = {"a": ("甲", 500), "b": ("乙", 500)}
    terms = replace(TERMS, allocation="neyman", size_by="number", size_number=100)

    found = planned(terms, counts, {"a": 0.2, "b": 0.01})

    assert found.quotas["a"] > 3 * found.quotas["b"]
    assert [stratum.past_rate for stratum in found.strata] == [0.2, 0.01]


def test_an_empty_frame_draws_nothing_and_proves_nothing() -> None:
    found = planned(TERMS, {})

    assert (found.total, found.claims, found.allowed, found.proves) == (0, (), None, 1.0)


def test_a_stratum_of_which_nothing_is_drawn_counts_as_wrong_as_a_whole() -> None:
    terms = replace(TERMS, size_by="number", size_number=10)

    found = planned(terms, {"a": ("甲", 990), "b": ("乙", 10)})

    assert found.unseen == 1
    assert whole_upper([Part(990, 10), Part(10, 0)], confidence=0.95) == found.proves
