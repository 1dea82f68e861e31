"""Quotas that add up, keep to minimums and never ask for more than there is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.sampling.allocation import NotPlannable, Stratum, equal, neyman, proportional

THREE = [Stratum("bank", 6_000, 0.0643), Stratum("individual", 3_000, 0.007), Stratum("other", 1_000, 0.008)]


def test_in_proportion():
    assert proportional(THREE, 100) == {"bank": 60, "individual": 30, "other": 10}


def test_the_same_for_each():
    assert equal(THREE, 99) == {"bank": 33, "individual": 33, "other": 33}


def test_more_where_errors_were_many():
    """N·√(p(1−p)) of the rates of 2014: 1471.7, 250.1 and 89.1."""
    assert neyman(THREE, 1_000) == {"bank": 813, "individual": 138, "other": 49}


def test_a_minimum_and_a_whole_stratum_come_first():
    strata = [Stratum("bank", 900), Stratum("small", 50, least=30), Stratum("grey", 20, whole=True)]
    assert proportional(strata, 150) == {"bank": 100, "small": 30, "grey": 20}


def test_a_full_stratum_gives_its_rest_away():
    strata = [Stratum("tiny", 3), Stratum("bank", 1_000)]
    assert equal(strata, 100) == {"tiny": 3, "bank": 97}


def test_minimums_above_the_size_are_refused():
    with pytest.raises(NotPlannable):
        proportional([Stratum("one", 50, least=30), Stratum("other", 50, least=30)], 40)


STRATA = st.lists(
    st.builds(
        lambda items, rate, least: (items, rate, least),
        st.integers(0, 500),
        st.none() | st.floats(0, 1),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=8,
)


@given(rows=STRATA, size=st.integers(60, 3_000))
@pytest.mark.parametrize("way", [proportional, equal, neyman])
def test_quotas_add_up_within_what_there_is(way, rows, size: int):
    strata = [Stratum(str(place), *row) for place, row in enumerate(rows)]
    quotas = way(strata, size)
    assert sum(quotas.values()) == min(size, sum(one.items for one in strata))
    assert all(min(one.least, one.items) <= quotas[one.name] <= one.items for one in strata)
