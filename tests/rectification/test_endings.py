"""Ends without a correction: it may stand, it cannot be put right, or its policy is over."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from audits.choices import ClosingCause, EpisodeEnd, ExemptionState, FindingState, ProposedEnd
from audits.choices import RectificationState as State
from audits.models import Exemption, FindingEpisode, Rectification
from audits.operations.corrections import (
    StillHolds,
    accept_rectification,
    return_rectification,
    submit_rectification,
)
from audits.operations.endings import hand_in_end
from audits.operations.exemptions import ExemptionRefused, decide_exemption, propose_exemption
from audits.operations.grouping import settle_leftovers
from audits.operations.rectifications import note_contact, reopen_rectification, start_rectification
from audits.operations.sweep import resweep_subjects
from audits.reviewing import for_others_eyes
from audits.second_looks import had_a_hand
from audits.transitions import StepRefused
from customers.models import Customer
from policies.choices import PolicyStatus
from policies.models import Policy
from tests.factories import AT, make_staff
from tests.personas import log_in
from tests.rectification.scenes import given, image, opened
from tests.rules.book import amend
from workplace.choices import Role
from workplace.models import UploadedFile
from workplace.operations.absences import record_absence

pytestmark = pytest.mark.django_db
FILE = ("函件.png", image())
UNTIL = date(2027, 11, 1)
LATER = AT + timedelta(days=1)


def handed_in(rectification, clerk, end=ProposedEnd.CANNOT, evidence=FILE):
    return hand_in_end(
        rectification=rectification,
        end=end,
        reason="三次电话、一次上门均未联系到本人",
        expires_on=UNTIL,
        evidence=evidence,
        actor=clerk.fresh(),
        at=AT,
    )


@pytest.mark.parametrize(
    ("end", "cause", "relation"),
    [
        (ProposedEnd.CANNOT, ClosingCause.CANNOT, "cannot"),
        (ProposedEnd.WAIVED, ClosingCause.WAIVED, "waived"),
    ],
)
def test_another_person_accepts_it_and_the_exemptions_hold(end, cause, relation, clerk, manager, here):
    row = handed_in(given(here, clerk, manager), clerk, end)
    assert row.state == State.IN_REVIEW
    assert {one.state for one in Exemption.objects.all()} == {ExemptionState.PROPOSED}

    accept_rectification(rectification=row, actor=manager.fresh(), at=LATER)

    found = Rectification.objects.get(pk=row.pk)
    assert (found.state, found.closing_cause, found.closed_by) == (State.CLOSED, cause, manager.staff)
    exemption = Exemption.objects.get()
    assert (exemption.state, exemption.relation, exemption.expires_on) == ("approved", relation, UNTIL)
    assert (exemption.proposed_by, exemption.decided_by) == (clerk.staff, manager.staff)
    assert UploadedFile.objects.get(pk=exemption.evidence_id).name == "函件.png"
    assert set(FindingEpisode.objects.values_list("ended_by", flat=True)) == {EpisodeEnd.EXEMPTED}
    resweep_subjects(customer_ids=[found.customer_id], at=LATER, actor=None)
    assert Rectification.objects.get(pk=row.pk).state == State.CLOSED


def test_after_its_last_day_the_finding_comes_back_and_can_be_ended_again(clerk, manager, here):
    row = handed_in(given(here, clerk, manager), clerk)
    accept_rectification(rectification=row, actor=manager.fresh(), at=LATER)
    after = AT + (UNTIL - AT.date()) + timedelta(days=1)
    resweep_subjects(customer_ids=[row.customer_id], at=after, actor=None)
    found = Rectification.objects.get(pk=row.pk)
    assert (found.state, found.reopened, found.proposed_end) == (State.OPEN, 1, "")


def test_the_owner_cannot_accept_the_own_end(manager, here):
    row = handed_in(given(here, manager, manager), manager)
    with pytest.raises(StepRefused):
        accept_rectification(rectification=row, actor=manager.fresh(), at=LATER)
    assert Exemption.objects.get().state == ExemptionState.PROPOSED


def test_without_anything_that_was_tried_it_is_not_handed_in(clerk, manager, here):
    row = given(here, clerk, manager)
    with pytest.raises(StepRefused):
        handed_in(row, clerk, evidence=None)
    assert Rectification.objects.get(pk=row.pk).state == State.ASSIGNED
    assert not Exemption.objects.exists()
    note_contact(rectification=row, text="无人接听", way="missed", actor=clerk.fresh(), at=AT)
    assert handed_in(row, clerk, evidence=None).state == State.IN_REVIEW


def test_a_colleague_cannot_end_it(clerk, manager, here):
    row = given(here, clerk, manager)
    with pytest.raises(StepRefused):
        handed_in(row, manager)


def test_a_return_takes_the_proposed_end_back(clerk, manager, here):
    row = handed_in(given(here, clerk, manager), clerk)
    return_rectification(rectification=row, actor=manager.fresh(), at=LATER, reason="请再上门一次")
    found = Rectification.objects.get(pk=row.pk)
    assert (found.state, found.proposed_end) == (State.RETURNED, "")
    assert Exemption.objects.get().state == ExemptionState.REFUSED
    assert handed_in(found, clerk).state == State.IN_REVIEW


def test_another_value_meanwhile_is_not_covered(clerk, manager, here):
    row = handed_in(given(here, clerk, manager), clerk)
    Customer.objects.filter(pk=row.customer_id).update(mobile="138", mobile_raw="138")
    with pytest.raises(StillHolds):
        accept_rectification(rectification=row, actor=manager.fresh(), at=LATER)
    assert Rectification.objects.get(pk=row.pk).state == State.IN_REVIEW


def test_what_its_policy_ends_closes_itself_with_that_cause(clerk, manager, here):
    row = given(here, clerk, manager)
    amend(Policy.objects.get(), status=PolicyStatus.SURRENDERED)
    resweep_subjects(customer_ids=[row.customer_id], at=LATER, actor=None)
    found = Rectification.objects.get(pk=row.pk)
    assert (found.state, found.closing_cause, found.closed_by) == (
        State.CLOSED,
        ClosingCause.POLICY_ENDED,
        None,
    )
    assert row.findings.get().state == FindingState.CLOSED


def test_what_a_person_reopened_waits_for_a_person(clerk, manager, here):
    row = opened(here)
    amend(Policy.objects.get(), status=PolicyStatus.SURRENDERED)
    resweep_subjects(customer_ids=[row.customer_id], at=AT, actor=None)
    row.refresh_from_db()
    assert row.state == State.CLOSED
    reopen_rectification(rectification=row, actor=manager.fresh(), at=LATER, reason="证明是假的")
    settle_leftovers(at=LATER)
    assert Rectification.objects.get(pk=row.pk).state == State.OPEN


@pytest.fixture
def second_manager(here):
    return log_in(make_staff(Role.MANAGER, branch=here, name="何主管"))


def exempted_by(row, persona):
    return propose_exemption(
        finding=row.findings.get(),
        relation="family",
        reason="与其女共用号码，双方均已确认",
        expires_on=UNTIL,
        evidence=FILE,
        actor=persona.fresh(),
        at=AT,
    )


def test_who_stood_in_ends_it_and_the_owner_does_not_approve_that(manager, second_manager, compliance, here):
    row = given(here, manager, second_manager)
    record_absence(
        staff=manager.fresh(),
        since=AT.date(),
        until=AT.date() + timedelta(days=3),
        reason="leave",
        substitute=second_manager.fresh(),
        actor=manager.fresh(),
        at=AT,
    )
    handed_in(row, second_manager, ProposedEnd.WAIVED)
    with pytest.raises(ExemptionRefused):
        decide_exemption(exemption=Exemption.objects.get(), approve=True, actor=manager.fresh(), at=LATER)
    decide_exemption(exemption=Exemption.objects.get(), approve=True, actor=compliance.fresh(), at=LATER)
    assert Exemption.objects.get().decided_by == compliance.staff


@pytest.mark.parametrize("page", ["review_accept", "review_accept_many"])
def test_who_proposed_an_exemption_is_told_that_another_person_must_review(
    page, clerk, manager, second_manager, here
):
    row = given(here, clerk, manager)
    exempted_by(row, manager)
    start_rectification(rectification=row, actor=clerk.fresh(), at=AT)
    submit_rectification(rectification=row, actor=clerk.fresh(), at=AT)
    many = page == "review_accept_many"
    address = reverse(page, args=[] if many else [row.pk])

    answer = manager.client.post(address, {"id": [row.pk]}, follow=True)

    assert answer.status_code == 200
    assert "须由他人复核" in answer.content.decode()
    assert Rectification.objects.get(pk=row.pk).state == State.IN_REVIEW
    assert list(for_others_eyes(manager.fresh())) == []
    assert list(for_others_eyes(second_manager.fresh())) == [row]
    numbers = manager.client.get(reverse("review_queue")).context["numbers"]
    assert (numbers["mine"], numbers["others"]) == (1, 0)
    second_manager.client.post(address, {"id": [row.pk]})
    found = Rectification.objects.get(pk=row.pk)
    assert found.state == State.CLOSED
    assert had_a_hand(found, manager.fresh())
