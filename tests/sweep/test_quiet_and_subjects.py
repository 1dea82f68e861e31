"""Exemptions keep one finding quiet until they end; sellers and agencies are subjects of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.db.models import Q

from audits.catalogue import catalogue
from audits.choices import EpisodeEnd, ExemptionRelation, ExemptionState
from audits.evaluation import evaluate
from audits.models import Exemption, Finding
from authenticity.choices import Severity, Stage
from authenticity.rule import Case
from tests.factories import AT, TODAY, make_staff
from tests.rules.book import Book, amend, another_holder, clean_book, rewrite
from tests.sweep.sweeping import episodes, rectifications, sweep

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet_queue():
    with patch("workplace.jobs.current_app.send_task"):
        yield


@pytest.fixture
def book(db: None) -> Book:
    return clean_book()


def exempt(finding: Finding, until: date = TODAY + timedelta(days=30)) -> Exemption:
    return Exemption.objects.create(
        finding=finding,
        value_hash=finding.value_hash,
        relation=ExemptionRelation.VERIFIED,
        reason="seen",
        state=ExemptionState.APPROVED,
        expires_on=until,
        proposed_by=make_staff(),
        proposed_at=AT,
        decided_by=make_staff(),
        decided_at=AT,
    )


def test_an_exemption_keeps_quiet_about_that_finding_alone(book: Book):
    other = another_holder(book)
    rewrite(book.holder, mobile="1392046185", address="")
    rewrite(other, mobile="1392046185")
    sweep()
    mobile = Finding.objects.get(rule="PH-001", customer=book.holder)
    exempt(mobile)
    assert sweep(AT + timedelta(hours=1)).result["closed"] == 1
    mobile.refresh_from_db()
    assert mobile.state == "closed"
    assert mobile.episodes.get().ended_by == EpisodeEnd.EXEMPTED
    still = Finding.objects.filter(state="open").values_list("rule", "customer")
    assert set(still) >= {("REQ-003", book.holder.pk), ("PH-001", other.pk)}
    assert sweep(AT + timedelta(hours=2)).result == {"opened": 0, "reopened": 0, "changed": 0, "closed": 0}


@pytest.mark.parametrize("incremental", [False, True])
def test_an_exemption_that_ran_out_opens_the_finding_again(book: Book, incremental: bool):
    rewrite(book.holder, mobile="1392046185")
    sweep()
    exempt(Finding.objects.get(), until=TODAY)
    sweep(AT + timedelta(hours=1))
    assert sweep(AT + timedelta(days=1), incremental=incremental).result["reopened"] == 1
    assert [row[2:] for row in episodes()] == [(1, "opened", "exempted"), (2, "reopened", "")]


def test_another_value_is_not_exempted(book: Book):
    rewrite(book.holder, mobile="1392046185")
    sweep()
    exempt(Finding.objects.get())
    sweep(AT + timedelta(hours=1))
    rewrite(book.holder, mobile="1392046186")
    assert sweep(AT + timedelta(hours=2), incremental=True).result["reopened"] == 1


def _about(target: str, field: str) -> dict[str, object]:
    """The catalogue with one rule that finds each subject of that target."""
    model = catalogue()["REQ-003"]
    rule = replace(
        model,
        code="ZZ-001",
        target=target,
        subject=target,
        severity=Severity.ERROR,
        yields_to=(),
        cases=(Case(field, lambda values: ~Q(name="")),),
    )
    return {"ZZ-001": rule}


@pytest.mark.parametrize("target", ["seller", "agency"])
def test_a_seller_or_an_agency_has_findings_that_its_own_unit_answers_for(book: Book, target: str):
    with (
        patch("audits.evaluation.catalogue", return_value=_about(target, "name")),
        patch("audits.operations.closing.catalogue", return_value=_about(target, "name")),
    ):
        sweep()
        finding = Finding.objects.get(
            subject_key=getattr(book, target).number if target == "agency" else book.seller.staff_no
        )
        assert (finding.subject_kind, finding.subject) == (target, getattr(book, target))
        assert finding.answering_branch == getattr(book, target).branch
        assert finding.answering_agency == book.agency
        assert len(rectifications()) == Finding.objects.count()
        assert sweep(AT + timedelta(hours=1)).result["opened"] == 0
        assert [hit.subject for hit in evaluate(stage=Stage.BOOK, customer_ids=(), policy_ids=())] == []
    assert sweep(AT + timedelta(hours=2)).result["closed"] == Finding.objects.count()


@pytest.mark.parametrize("issued, cohort", [("2013-11-03", "historical"), ("2013-11-04", "new")])
def test_old_and_new_business_are_told_apart_by_the_day_of_the_notice(book: Book, issued: str, cohort: str):
    amend(book.policy, issued_on=date.fromisoformat(issued))
    rewrite(book.holder, mobile="1392046185")
    sweep()
    finding = Finding.objects.get(rule="PH-001")
    assert (finding.cohort, finding.episodes.get().cohort) == (cohort, cohort)
