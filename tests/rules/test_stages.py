"""One definition of a rule answers while typing, on a file, over the book and at a gate."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import pytest
from django.db.models import F

from audits.catalogue import catalogue
from audits.evaluation import check_values, evaluate
from audits.intake import rule_hits
from audits.staging import staged
from authenticity.choices import Severity, Stage
from customers.models import Customer
from policies.models import PolicyParty
from tests.factories import TODAY, make_customer
from tests.rules.book import amend, another_holder, clean_book, rewrite, wrong_check_digit
from workplace.intake.shapes import Misshapen

pytestmark = pytest.mark.django_db


def codes(stage: Stage, **scope) -> set[str]:
    return {hit.rule.code for hit in evaluate(stage=stage, today=TODAY, **scope)}


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_finds_the_same_defect(stage: Stage):
    book = clean_book()
    rewrite(book.holder, mobile="1392046185")
    assert codes(stage, customer_ids=[book.holder.pk], policy_ids=()) == {"PH-001"}


def test_a_rule_is_silent_where_it_is_not_evaluated():
    book = clean_book()
    rewrite(book.holder, mobile="1392046185")
    narrow = catalogue() | {"PH-001": replace(catalogue()["PH-001"], stages=frozenset({Stage.BOOK}))}
    with patch("audits.evaluation.catalogue", return_value=narrow):
        assert codes(Stage.BOOK) == {"PH-001"}
        assert codes(Stage.GATE) == set()


def test_only_the_chosen_records_are_asked_about():
    book = clean_book()
    other = another_holder(book)
    rewrite(other, mobile="1392046185")
    amend(book.policy, seller_name="")
    assert codes(Stage.BOOK, customer_ids=[book.holder.pk], policy_ids=()) == set()
    assert codes(Stage.BOOK, customer_ids=[other.pk], policy_ids=()) == {"PH-001"}
    assert codes(Stage.BOOK, customer_ids=(), policy_ids=[book.policy.pk]) == {"REQ-009"}
    assert codes(Stage.BOOK) == {"PH-001", "REQ-009"}


def test_only_the_chosen_rules_answer_and_still_yield():
    book = clean_book()
    rewrite(book.holder, id_no=wrong_check_digit(book.holder.id_no), sex="F", mobile="1392046185")
    assert codes(Stage.BOOK, codes=["ID-009", "PH-001"]) == {"PH-001"}


def test_a_new_customer_without_policies_is_judged_on_a_file_and_not_in_the_book():
    customer = make_customer(mobile="1392046185")
    assert codes(Stage.FILE, customer_ids=[customer.pk], policy_ids=()) == {"PH-001"}
    assert codes(Stage.BOOK) == set()


def test_the_preview_gets_codes_without_values():
    customer = make_customer(mobile="1392046185")
    assert rule_hits("customers", [customer.pk]) == {
        customer.pk: [{"code": "PH-001", "severity": "ERROR", "field": "mobile", "part": ""}]
    }
    assert rule_hits("branches", [1]) == {}


def test_the_preview_tells_a_partys_hit_at_its_policy():
    book = clean_book()
    amend(book.insured_party, relation="")
    parties = list(PolicyParty.objects.filter(policy=book.policy).values_list("pk", flat=True))
    assert [hit["code"] for hits in rule_hits("parties", parties).values() for hit in hits] == ["REQ-005"]


def test_values_are_checked_before_they_are_written():
    book = clean_book()
    before = Customer.objects.values().get(pk=book.holder.pk)
    hits = check_values(customer=book.holder, values={"mobile": "13800138000", "sex": "F"}, today=TODAY)
    assert {(hit.rule.code, hit.field) for hit in hits} == {("PH-009", "mobile"), ("ID-009", "sex")}
    assert Customer.objects.values().get(pk=book.holder.pk) == before
    assert check_values(customer=book.holder, values={"mobile": "13757219364"}, today=TODAY) == []


def test_a_value_without_a_shape_is_told_as_such():
    book = clean_book()
    with pytest.raises(Misshapen):
        check_values(customer=book.holder, values={"birth_date": "1985-02-30"}, today=TODAY)


def test_what_is_staged_is_taken_back_also_after_an_error():
    book = clean_book()
    for error in (None, ValueError):
        try:
            with staged():
                Customer.objects.update(version=F("version") + 1)
                if error:
                    raise error
        except ValueError:
            pass
        book.holder.refresh_from_db()
        assert book.holder.version == 1


def test_six_in_a_row_are_to_be_judged_and_seven_are_a_defect():
    book = clean_book()
    found = []
    for number in ("13920000001", "13912000000"):
        rewrite(book.holder, mobile=number)
        found += [(hit.rule.code, hit.severity) for hit in evaluate(stage=Stage.BOOK, today=TODAY)]
    assert found == [("PH-010", Severity.WARN), ("PH-010", Severity.WARN)]
    rewrite(book.holder, mobile="13930000000")
    assert [hit.severity for hit in evaluate(stage=Stage.BOOK, today=TODAY)] == [Severity.ERROR]


def test_the_remedy_never_tells_the_digit():
    book = clean_book()
    right = book.holder.id_no
    rewrite(book.holder, id_no=wrong_check_digit(right))
    (hit,) = evaluate(stage=Stage.BOOK, today=TODAY)
    assert "image" in hit.rule.remedy_text() or "影像" in hit.rule.remedy_text()
    assert not any(sign.isdigit() for sign in hit.message + hit.remedy)
