"""The composite rate: half clean policies, three tenths replies in time, two tenths closed or surrendered."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Agency, Branch
from audits.choices import ClosingCause, StepAction
from audits.measures import composite
from audits.models import AgencyLetter, Rectification, RectificationSettings
from audits.performance import Tally, as_of, tallies
from audits.queries import rectification_settings
from audits.transitions import walk
from tests.factories import AT, make_finding, make_policy, make_rectification
from tests.personas import Persona

pytestmark = pytest.mark.django_db


def rate(tally: Tally) -> float:
    return composite(tally, rectification_settings()).rate


def test_nothing_found_is_all_a_hundred():
    assert rate(Tally()) == 100
    assert rate(Tally(scope=40)) == 100


def test_the_parts_weigh_as_insurers_weigh_them():
    tally = Tally(scope=10, defective=2, replies=4, replied=3, open=6, closed=4)
    told = composite(tally, rectification_settings())
    assert (told.clean, told.replied, told.closed) == (80, 75, 40)
    assert told.rate == pytest.approx(0.5 * 80 + 0.3 * 75 + 0.2 * 40)


def test_weights_are_settings():
    RectificationSettings.objects.update(clean_weight=20, reply_weight=20, closed_weight=60)
    assert rate(Tally(scope=10, defective=10, replies=1, replied=1, open=1, closed=1)) == 20 + 30


def tally_of(staff: Any, day: date | None = None) -> Tally:
    return tallies(staff=staff, moment=as_of(day, now=timezone.now())).total()


def ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def test_a_reply_counts_when_it_is_given_or_overdue(manager: Persona, here: Branch):
    today = timezone.localdate()
    first = {"branch": here, "opened_at": ago(20)}
    make_rectification(**first, reply_due_on=today)  # nothing due yet
    make_rectification(**first, reply_due_on=today - timedelta(days=1))  # overdue
    make_rectification(**first, reply_due_on=today - timedelta(days=9), replied_at=ago(9))  # on its day
    make_rectification(**first, reply_due_on=today - timedelta(days=9), replied_at=ago(8))  # a day late
    make_rectification(**first, reply_due_on=None, replied_at=ago(2))  # nothing was asked
    now = tally_of(manager.fresh())
    assert (now.replies, now.replied) == (4, 2)
    earlier = tally_of(manager.fresh(), today - timedelta(days=9))
    assert (earlier.replies, earlier.replied) == (1, 1)


def test_one_that_settled_before_its_reply_was_due_asks_for_none(manager: Persona, here: Branch):
    today = timezone.localdate()
    for days in (1, 5):
        found = make_rectification(branch=here, opened_at=ago(20), reply_due_on=today - timedelta(days=3))
        walk(rectification=found, action=StepAction.SETTLE, actor=None, at=ago(days))
    now = tally_of(manager.fresh())
    assert (now.closed, now.replies, now.replied) == (2, 1, 0)


def test_surrendered_ones_are_closed_and_appealed_ones_are_none(manager: Persona, here: Branch):
    for cause in (ClosingCause.POLICY_ENDED, ClosingCause.APPEALED):
        found = make_rectification(branch=here)
        walk(rectification=found, action=StepAction.SETTLE, actor=None, at=timezone.now(), cause=cause)
    make_rectification(branch=here)
    now = tally_of(manager.fresh())
    assert (now.closed, now.open) == (1, 1)
    assert Rectification.objects.count() == 3


def test_the_page_shows_the_rate_its_parts_and_the_letters(
    compliance: Persona, manager: Persona, here: Branch, bank: Agency
):
    _clean, wrong = (make_policy(branch=here, agency=bank) for _unused in range(2))
    make_finding(policy=wrong, answering_policy=wrong, answering_branch=here, answering_agency=bank)
    make_rectification(policy=wrong, branch=here, agency=bank, replied_at=AT)
    today = timezone.localdate()
    for number, answered in (("一", today - timedelta(days=8)), ("二", today - timedelta(days=2))):
        AgencyLetter.objects.create(
            number=number, agency=bank, made_by=manager.staff, made_at=AT, text="函",
            sent_on=today - timedelta(days=20), due_on=today - timedelta(days=8), answered_on=answered,
        )  # fmt: skip
    compliance.client.cookies["django_language"] = "en"
    html = compliance.client.get("/performance/?sort=rate").content.decode()
    row = re.search(rf'data-table="agency".*?<tr data-unit="{bank.pk}">(.*?)</tr>', html, re.S)
    assert row is not None
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row.group(1))).replace("&nbsp;", " ")
    assert "55.0 %" in text
    assert "Clean policies 50.0 % × 50 %" in text
    assert "Replies in time 100.0 % × 30 % 1 of 1" in text
    assert "Closed or surrendered 0.0 % × 20 %" in text
    assert text.rstrip().endswith("1 of 2")
    for measure, count in (("replied", 1), ("replies", 1)):
        listed = compliance.client.get(
            f"/performance/rectifications/?by=agency&unit={bank.pk}&measure={measure}"
        ).content.decode()
        assert len(re.findall(r"<tr data-id", listed)) == count
