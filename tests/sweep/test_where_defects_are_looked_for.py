"""A full sweep looks where an index leads it: to every row that a rule may hold on, whatever is set."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import F, Q
from django.db.models.functions import Length, Lower
from django.db.models.lookups import GreaterThanOrEqual, In, LessThan, LessThanOrEqual

from audits.catalogue import catalogue
from audits.models import Finding
from audits.narrowing import ODD, implies, places
from audits.questions import TARGETS_OF, plan_of
from audits.rows import rows_between
from authenticity.choices import Stage
from authenticity.models import RuleSetting
from authenticity.queries import load_values
from authenticity.rule import Octets
from customers.days import Days
from customers.models import Customer
from customers.terms import unfit_card
from tests.factories import AT
from tests.rules.book import clean_book, rewrite
from tests.sweep.sweeping import sweep

TODAY = date(2026, 11, 23)
SHORT = LessThanOrEqual(Octets("address"), 12)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Q(sex=""), Q(sex="") | Q(name="")),
        (Q(sex="") & Q(name="x"), Q(sex="")),
        (Q(mobile_run__gte=7), Q(mobile_run__gte=6)),
        (Q(mobile_distinct=1), Q(mobile_distinct__gt=0, mobile_distinct__lte=2)),
        (Q(id_type__in=["passport", "military"]), ~Q(id_type="resident_id")),
        (Q(name_marks__contains=["NM-001"]), ~Q(name_marks=[])),
        (Q(address=""), Q(SHORT)),
        (Q(address__in=["无", "不详"]), Q(SHORT)),
        (Q(LessThanOrEqual(Octets("address"), 6)), Q(SHORT)),
        (Q(In(Lower(F("landline")), ["unknown"])), ~Q(landline="")),
        (unfit_card(3), unfit_card(2)),
    ],
)
def test_what_follows_from_a_condition_is_seen(one: Q, other: Q):
    assert implies(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Q(sex="") | Q(name=""), Q(sex="")),
        (Q(mobile_run__gte=5), Q(mobile_run__gte=6)),
        (Q(mobile_run__gt=5), Q(mobile_run__lt=6)),
        (Q(id_valid_to__lt=F("id_valid_from")), Q(id_valid_to__lt=TODAY)),
        (Q(LessThan(Length("name"), 3)), Q(LessThan(Length("name"), 2))),
        (Q(id_type__in=["passport", "resident_id"]), ~Q(id_type="resident_id")),
        (Q(In(Lower(F("landline")), ["", "x"])), ~Q(landline="")),
        (Q(name_marks__contains=[]), ~Q(name_marks=[])),
        (unfit_card(1), unfit_card(2)),
        (~Q(GreaterThanOrEqual(Days("id_valid_to", "id_valid_from"), 9)),
         ~Q(GreaterThanOrEqual(Days("id_valid_to", "id_valid_from"), 10))),
    ],
)  # fmt: skip
def test_what_does_not_follow_is_not_taken_for_granted(one: Q, other: Q):
    assert not implies(one, other)


def test_a_day_between_two_is_looked_for_by_both():
    soon = Q(id_long_term=False, id_valid_to__gte=TODAY, id_valid_to__lte=date(2026, 12, 23))
    assert places(soon) == [Q(id_valid_to__gte=TODAY) & Q(id_valid_to__lte=date(2026, 12, 23))]


def test_what_no_index_answers_is_asked_of_every_row():
    assert places(Q(address_detail__contains="大厦")) is None
    assert places(Q(sex="") | Q(address_detail__contains="大厦")) is None


@pytest.mark.django_db
def test_every_rule_about_customers_is_led_to_its_rows_as_delivered():
    values = load_values(rules=catalogue().values(), today=TODAY)
    asked = [rule for rule in catalogue().values() if Stage.BOOK in rule.stages]
    rules = [rule for rule in asked if "customer" in TARGETS_OF[rule.target]]
    plan = plan_of(
        stage=Stage.BOOK, target="customer", rows=rows_between(1, 2), rules=rules, values=values, swept=True
    )
    assert plan.by_indexes


@pytest.mark.django_db
def test_a_stricter_setting_finds_what_no_index_keeps():
    book = clean_book()
    rewrite(book.holder, name="段宁")
    RuleSetting.objects.update_or_create(
        code="NM-002", defaults={"parameters": {"shortest": 3, "longest": 50}, "version": 2}
    )
    assert not Customer.objects.filter(ODD, pk=book.holder.pk).exists()

    sweep(AT)

    assert list(Finding.objects.values_list("rule", "customer")) == [("NM-002", book.holder.pk)]
