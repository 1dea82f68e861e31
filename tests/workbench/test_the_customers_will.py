"""A value of the customer changes only when it is known that the customer wants it (req. 100, 114, 133)."""

from datetime import timedelta

import pytest

from agents.models import SalesAgent
from audits.choices import Applicant, Will
from audits.choices import RectificationState as State
from audits.models import Rectification
from audits.operations.corrections import (
    NotReady,
    accept_rectification,
    save_draft,
    submit_rectification,
)
from audits.operations.rectifications import reopen_rectification
from customers.choices import ContactChannel, ContactOutcome, ContactPoint, ContactResult
from customers.models import ContactAttempt
from tests.factories import AT, TODAY, make_seller, willed
from tests.rectification.scenes import given, good_mobile, in_review
from workplace.choices import SourceChannel
from workplace.models import Correction
from workplace.operations.corrections import Proposal

pytestmark = pytest.mark.django_db


@pytest.fixture
def rectification(here, clerk, manager):
    return given(here, clerk, manager)


def handed_in(rectification, clerk, *, channel="document", note="", will=None):
    one = Proposal("customer", rectification.customer_id, "mobile", good_mobile(), channel, note)
    return submit_rectification(
        rectification=rectification, corrections=[one], will=will, actor=clerk.fresh(), at=AT
    )


def refused(rectification, clerk, **said):
    """What is missing, in words; what was typed is kept all the same."""
    with pytest.raises(NotReady) as refusal:
        handed_in(rectification, clerk, **said)
    assert Rectification.objects.get(pk=rectification.pk).state == State.IN_PROGRESS
    assert Correction.objects.filter(state="draft").count() == 1
    return refusal.value.texts


def test_without_it_nothing_is_handed_in(rectification, clerk):
    assert len(refused(rectification, clerk)) == 1
    handed_in(rectification, clerk, will=willed())
    found = Rectification.objects.get(pk=rectification.pk)
    assert (found.state, found.will, found.applicant, found.applied_on, found.handled_by) == (
        State.IN_REVIEW,
        Will.CALL,
        Applicant.SELF,
        TODAY,
        None,
    )
    line = rectification.timeline.get(action="submit")
    assert (line.detail["will"], line.detail["applicant"]) == ("call", "self")


@pytest.mark.parametrize(
    "said",
    [
        {"applicant": ""},
        {"applied_on": None},
        {"applied_on": TODAY + timedelta(days=1)},
        {"will": "wished"},
    ],
    ids=["nobody applied", "no day", "tomorrow", "unknown kind"],
)
def test_half_of_it_is_not_enough(said, rectification, clerk):
    assert len(refused(rectification, clerk, will=willed(**said))) == 1


def test_each_value_names_its_source(rectification, clerk):
    assert len(refused(rectification, clerk, channel="", will=willed())) == 1


@pytest.mark.parametrize("channel", [SourceChannel.PHONE, SourceChannel.COUNTER, SourceChannel.SELLER])
def test_what_was_only_said_is_confirmed_by_name_and_day(channel, rectification, clerk):
    assert len(refused(rectification, clerk, channel=channel, will=willed())) == 1
    handed_in(rectification, clerk, channel=channel, note="本人，11-20 回拨", will=willed())
    assert Correction.objects.get().note == "本人，11-20 回拨"


def attempt(rectification, result, at):
    return ContactAttempt.objects.create(
        customer=rectification.customer,
        channel=ContactChannel.CALL,
        point=ContactPoint.MOBILE,
        key=1,
        outcome=ContactOutcome.DELIVERED,
        result=result,
        tried_at=at,
        recorded_at=AT,
    )


@pytest.mark.parametrize(
    "result, at, enough",
    [
        (ContactResult.REACHED, AT, True),
        (ContactResult.NO_ANSWER, AT, False),
        (ContactResult.REACHED, AT - timedelta(days=30), False),
    ],
    ids=["reached", "not reached", "long ago"],
)
def test_a_call_in_the_contact_log_confirms_it(result, at, enough, rectification, clerk):
    attempt(rectification, result, at)
    if enough:
        handed_in(rectification, clerk, channel="phone", will=willed())
        return
    assert len(refused(rectification, clerk, channel="phone", will=willed())) == 1


@pytest.fixture
def seller(here):
    return make_seller(branch=here)


def test_a_seller_may_hand_it_in_and_is_named_for_the_call_back(rectification, clerk, seller):
    handed_in(rectification, clerk, will=willed(will=Will.SIGNED, handled_by=seller))
    found = Rectification.objects.get(pk=rectification.pk)
    assert found.handled_by == seller
    assert rectification.timeline.get(action="submit").detail["handled_by"] == seller.staff_no


@pytest.mark.parametrize(
    "said",
    [
        {"will": Will.SIGNED, "applicant": Applicant.PROXY},
        {"will": Will.COUNTER},
        {"will": Will.ONLINE},
    ],
    ids=["as a proxy", "while the customer came", "while the customer was online"],
)
def test_a_seller_never_applies_for_the_customer(said, rectification, clerk, seller):
    assert len(refused(rectification, clerk, will=willed(handled_by=seller, **said))) == 1


def test_a_seller_does_not_hand_in_the_own_change(rectification, clerk, seller):
    SalesAgent.objects.filter(pk=seller.pk).update(id_norm=rectification.customer.id_key)
    seller.refresh_from_db()
    assert len(refused(rectification, clerk, will=willed(will=Will.SIGNED, handled_by=seller))) == 1


def test_a_draft_keeps_it_half_said(rectification, clerk):
    half = willed(will="", applied_on=None)
    save_draft(rectification=rectification, proposals=[], will=half, actor=clerk.fresh(), at=AT)
    found = Rectification.objects.get(pk=rectification.pk)
    assert (found.will, found.applicant, found.applied_on) == ("", Applicant.SELF, None)
    assert found.past.exists()


def test_reopened_it_has_to_be_said_anew(here, clerk, manager):
    row = in_review(here, clerk=clerk, manager=manager)
    accept_rectification(rectification=row, actor=manager.fresh(), at=AT)
    row.refresh_from_db()
    reopen_rectification(rectification=row, actor=manager.fresh(), at=AT, reason="客户否认")
    found = Rectification.objects.get(pk=row.pk)
    assert (found.will, found.applicant, found.applied_on) == ("", "", None)


def test_a_policys_seller_is_not_the_customers_to_want(here, clerk, manager):
    """What the insurer recorded wrongly about its own seller needs nobody's application."""
    from audits.operations.corrections import _willed

    assert not _willed([Correction(record_kind="policy")])
    assert _willed([Correction(record_kind="party")])
