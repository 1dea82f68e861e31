"""Each rule finds its defect and exactly that, wherever it is asked; what nearly is one stays silent."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from agents.models import Agency, SalesAgent
from audits.catalogue import catalogue
from audits.evaluation import Hit, check_values, evaluate
from authenticity.choices import Severity, Stage
from customers.models import Customer
from policies.models import Policy
from tests.factories import TODAY
from tests.rules.book import Book, clean_book, codes_found, places_found
from tests.rules.planted import NEAR_MISSES, PLANTS
from tests.rules.planting import Place, Plant, Written

pytestmark = pytest.mark.django_db
# What people find and no record says (tests/sampling/test_findings_of_samples.py, tests/call_backs).
ONLY_PEOPLE_FIND = {"IMG-001", "MS-003", "PO-002", "PO-003", "SV-001", "SV-002"}
JUDGED = sorted(set(catalogue()) - ONLY_PEOPLE_FIND)


def places(hits: list[Hit]) -> set[Place]:
    return {(hit.rule.code, hit.field) for hit in hits}


def found_at(stage: Stage) -> set[Place]:
    """Asked about every record by its number, as a preview and a gate ask."""
    customers = list(Customer.objects.values_list("pk", flat=True))
    policies = list(Policy.objects.values_list("pk", flat=True))
    sellers = list(SalesAgent.objects.values_list("pk", flat=True))
    agencies = list(Agency.objects.values_list("pk", flat=True))
    return places(
        evaluate(
            stage=stage,
            customer_ids=customers,
            policy_ids=policies,
            seller_ids=sellers,
            agency_ids=agencies,
            today=TODAY,
        )
    )


def expected_at(stage: Stage, planted: Plant) -> set[Place]:
    if stage in planted.otherwise:
        return set(planted.otherwise[stage])
    return {place for place in planted.found if stage in catalogue()[place[0]].stages}


def typed(book: Book, written: Written) -> set[Place]:
    return places(check_values(customer=getattr(book, written.who), values=written.values, today=TODAY))


def test_a_clean_book_finds_nothing():
    clean_book()
    for stage in Stage:
        assert found_at(stage) == set()
    assert places_found() == set()


@pytest.mark.parametrize("planted", PLANTS, ids=lambda one: f"{one.code} {one.name}")
def test_a_planted_defect_finds_exactly_its_codes_at_every_stage(planted: Plant):
    book = clean_book()
    if isinstance(planted.act, Written):
        of_customer = {place for place in expected_at(Stage.FORM, planted) if "." not in place[1]}
        assert typed(book, planted.act) == of_customer
    planted.act(book)
    for stage in Stage:
        assert found_at(stage) == expected_at(stage, planted), stage


@pytest.mark.parametrize(
    "code, name, act", NEAR_MISSES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_near_miss_stays_silent(code, name, act):
    """Hints of other rules may be there: that a number was written in another form is no defect."""
    book = clean_book()
    act(book)
    hints = {name for name, rule in catalogue().items() if rule.severity == Severity.INFO} - {code}
    stage = max(catalogue()[code].stages, key=lambda stage: stage == Stage.BOOK)
    assert {found for found, _field in found_at(stage)} - hints == set()


@pytest.mark.parametrize("code", JUDGED)
def test_without_the_rule_its_defect_goes_unfound(code: str):
    """Asked with the rules that speak of the defect, and with these but one."""
    planted = next(one for one in PLANTS if one.code == code)
    book = clean_book()
    planted.act(book)
    stage = next(stage for stage in Stage if stage in catalogue()[code].stages)
    expected = expected_at(stage, planted)
    speaking = {name: catalogue()[name] for name, _field in {*expected, (code, "")}}
    fewer = {name: rule for name, rule in speaking.items() if name != code}
    with patch("audits.evaluation.catalogue", return_value=speaking):
        assert found_at(stage) == expected
    with patch("audits.evaluation.catalogue", return_value=fewer):
        assert found_at(stage) != expected


def test_every_rule_has_a_plant_and_a_near_miss():
    assert {one.code for one in PLANTS} == set(JUDGED)
    assert {code for code, _name, _act in NEAR_MISSES} == set(JUDGED)


def test_what_only_people_find_says_so_and_asks_nothing():
    unasked = {code for code, rule in catalogue().items() if not rule.stages}
    assert unasked == ONLY_PEOPLE_FIND
    assert all(catalogue()[code].unasked and not catalogue()[code].cases for code in unasked)


def test_every_rule_is_planted_where_it_is_asked():
    for code in JUDGED:
        assert any(code in {found for found, _field in one.found} for one in PLANTS), code


def test_codes_are_found_without_saying_where():
    book = clean_book()
    assert codes_found(customer_ids=[book.holder.pk], policy_ids=()) == set()
