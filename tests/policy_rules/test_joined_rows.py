"""What policies and parties are joined with brings neither a hit twice nor one of another policy."""

from __future__ import annotations

from datetime import date

import pytest

from agents.models import Registration, SellerStanding
from audits.evaluation import evaluate
from authenticity.choices import Stage
from policies.choices import PartyRole, Relation
from tests.factories import TODAY, make_customer, make_party
from tests.rules.book import amend, clean_book, places_found

pytestmark = pytest.mark.django_db


def test_two_registrations_without_end_are_one_hit():
    book = clean_book()
    for year in (2026, 2027):
        Registration.objects.create(seller=book.seller, number="1" * 22, valid_from=date(year, 1, 1))
    Registration.objects.filter(seller=book.seller, valid_from=date(2020, 1, 1)).delete()

    hits = evaluate(stage=Stage.BOOK, today=TODAY)

    assert [hit.rule.code for hit in hits] == ["ORG-005"]


def test_a_registration_that_ended_long_ago_counts_for_its_own_time():
    book = clean_book()
    Registration.objects.filter(seller=book.seller).update(valid_to=date(2025, 6, 1))
    Registration.objects.create(seller=book.seller, number="1" * 22, valid_from=date(2025, 6, 1))
    SellerStanding.objects.filter(seller=book.seller).update(valid_to=date(2025, 6, 1))

    assert places_found() == set()


def test_a_second_insured_is_told_to_the_same_holder():
    book = clean_book()
    make_party(
        policy=book.policy,
        customer=make_customer(home_branch=book.branch, name="段小远", number="C-CHILD"),
        role=PartyRole.INSURED,
        position=2,
        relation=Relation.FATHER,
    )
    hits = evaluate(stage=Stage.BOOK, today=TODAY, policy_ids=[book.policy.pk], customer_ids=())

    assert {(hit.rule.code, hit.row) for hit in hits} == {("RB-002", "insured:2")}


def test_relations_of_a_policy_that_has_ended_are_not_asked():
    book = clean_book()
    amend(book.insured_party, relation="")
    amend(book.policy, status="surrendered")
    assert places_found() == set()
