"""Each rule finds its defect and exactly that; what nearly is one stays silent; without it the test fails."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from audits.catalogue import catalogue
from tests.rules.book import clean_book, codes_found, places_found
from tests.rules.plants import NEAR_MISSES, PLANTS, Plant

pytestmark = pytest.mark.django_db


def test_a_clean_book_finds_nothing():
    clean_book()
    assert places_found() == set()


@pytest.mark.parametrize("planted", PLANTS, ids=lambda one: f"{one.code} {one.name}")
def test_a_planted_defect_finds_exactly_its_codes(planted: Plant):
    book = clean_book()
    planted.act(book)
    assert places_found() == planted.found


@pytest.mark.parametrize(
    "code, name, act", NEAR_MISSES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_near_miss_stays_silent(code, name, act):
    book = clean_book()
    act(book)
    assert codes_found() == set()


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_without_the_rule_its_defect_goes_unfound(code: str):
    planted = next(one for one in PLANTS if one.code == code)
    book = clean_book()
    planted.act(book)
    fewer = {name: rule for name, rule in catalogue().items() if name != code}
    with patch("audits.evaluation.catalogue", return_value=fewer):
        assert places_found() != planted.found


def test_every_rule_has_a_plant_and_a_near_miss():
    assert {one.code for one in PLANTS} == set(catalogue())
    assert {code for code, _name, _act in NEAR_MISSES} == set(catalogue())
