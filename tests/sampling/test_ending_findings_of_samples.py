"""A reviewer's finding ends by what a second person accepts, exempts or decides, and by nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agents.choices import Post
from audits.choices import EpisodeEnd, ExemptionRelation, FindingState, RectificationState
from audits.models import Exemption, Finding, Rectification
from audits.operations.appeals import appeal_finding, decide_appeal
from audits.operations.corrections import StillHolds, accept_rectification, submit_rectification
from audits.operations.exemptions import decide_exemption, propose_exemption, revoke_exemption
from audits.operations.findings import close_finding
from audits.operations.rectifications import assign_rectification
from audits.operations.sample_closing import reopen_expired
from audits.operations.sample_findings import open_findings
from audits.operations.sweep import resweep_subjects
from audits.sampling.choices import ErrorKind, FieldVerdict, SamplePurpose
from audits.transitions import StepRefused
from customers.models import Customer
from policies.models import Policy
from tests.factories import (
    AT,
    TODAY,
    make_customer,
    make_evidence,
    make_policy,
    make_seller,
    make_staff,
    willed,
)
from tests.personas import log_in
from tests.rectification.scenes import good_mobile
from tests.sampling.scenes import done_by, make_run
from tests.sampling.test_findings_of_samples import typed
from tests.sweep.sweeping import sweep
from workplace.choices import Role
from workplace.models import Staff
from workplace.operations.corrections import Proposal

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)
ON_FORM = good_mobile()


@pytest.fixture
def customer(here) -> Customer:
    customer = make_customer(home_branch=here)
    make_policy(holder=customer, seller=make_seller(branch=here))
    return customer


@pytest.fixture
def reviewer() -> Staff:
    return make_staff(Role.COMPLIANCE, name="周验")


def policy_of(customer: Customer) -> Policy:
    return Policy.objects.get(parties__customer=customer)


def found(customer: Customer, reviewer: Staff, *, field: str = "mobile", said: str = ON_FORM) -> Finding:
    policy = policy_of(customer)
    review = done_by(reviewer, make_run([policy]).items.get(), ErrorKind.FALSE)
    typed(review, field, said)
    [finding] = open_findings(review=review, actor=reviewer, at=AT)
    return finding


def given(finding: Finding, clerk, manager) -> Rectification:
    assert finding.rectification
    return assign_rectification(
        rectification=finding.rectification, owner=clerk.fresh(), actor=manager.fresh(), at=AT
    )


def handed_in(row: Rectification, clerk, mobile: str) -> Rectification:
    return submit_rectification(
        rectification=row,
        corrections=[Proposal("customer", row.customer_id, "mobile", mobile, "document")],
        will=willed(),
        actor=clerk.fresh(),
        at=LATER,
    )


def end_of(finding: Finding) -> tuple[str, str]:
    finding.refresh_from_db()
    last = finding.episodes.order_by("-id").first()
    assert last is not None
    return finding.state, last.ended_by


def test_the_value_of_the_form_closes_it_when_another_accepts(customer, reviewer, clerk, manager):
    finding = found(customer, reviewer)
    row = handed_in(given(finding, clerk, manager), clerk, ON_FORM)
    assert end_of(finding) == (FindingState.OPEN, "")

    accept_rectification(rectification=row, actor=manager.fresh(), at=LATER)

    assert end_of(finding) == (FindingState.CLOSED, EpisodeEnd.CORRECTED)
    assert row.state == RectificationState.CLOSED


def test_another_value_than_the_form_says_is_sent_back_at_once(customer, reviewer, clerk, manager):
    row = given(found(customer, reviewer), clerk, manager)
    with pytest.raises(StillHolds):
        handed_in(row, clerk, good_mobile())


def test_the_owner_cannot_accept_it(customer, reviewer, clerk, manager):
    row = handed_in(given(found(customer, reviewer), clerk, manager), clerk, ON_FORM)
    with pytest.raises(StepRefused):
        accept_rectification(rectification=row, actor=clerk.fresh(), at=LATER)


def test_sweeps_leave_it_alone_even_when_the_value_is_right_again(customer, reviewer):
    finding = found(customer, reviewer, said=customer.mobile)
    sweep()
    resweep_subjects(customer_ids=[customer.pk], at=LATER, actor=None)
    assert end_of(finding) == (FindingState.OPEN, "")


def test_what_came_right_by_another_road_is_handed_in_and_accepted(customer, reviewer, clerk, manager):
    row = given(found(customer, reviewer, said=customer.mobile), clerk, manager)
    row = submit_rectification(rectification=row, actor=clerk.fresh(), at=LATER)
    accept_rectification(rectification=row, actor=manager.fresh(), at=LATER)
    assert row.state == RectificationState.CLOSED


def test_an_image_is_proved_by_a_file(customer, reviewer, clerk, manager):
    policy = policy_of(customer)
    review = done_by(
        reviewer, make_run([policy], purpose=SamplePurpose.IMAGES).items.get(), ErrorKind.MISSING
    )
    keyed = typed(review, "image_front", "", ErrorKind.MISSING)
    assert keyed.verdict == FieldVerdict.DIFFERS
    [finding] = open_findings(review=review, actor=reviewer, at=AT)
    assert (finding.rule, finding.customer, finding.field) == ("IMG-001", customer, "")
    row = given(finding, clerk, manager)
    with pytest.raises(StepRefused):
        submit_rectification(rectification=row, actor=clerk.fresh(), at=LATER)
    make_evidence(rectification=row, owner=clerk.fresh())
    row = submit_rectification(rectification=row, actor=clerk.fresh(), at=LATER)
    accept_rectification(rectification=row, actor=manager.fresh(), at=LATER)
    assert end_of(finding) == (FindingState.CLOSED, EpisodeEnd.CORRECTED)


def exempted(finding: Finding, clerk) -> Exemption:
    proposed = propose_exemption(
        finding=finding,
        relation=ExemptionRelation.VERIFIED,
        reason="客户本人到柜面确认现号码",
        expires_on=TODAY + timedelta(days=90),
        actor=clerk.fresh(),
        at=LATER,
    )
    approver = make_staff(Role.COMPLIANCE, name="吴批")
    return decide_exemption(exemption=proposed, approve=True, actor=approver, at=LATER)


def test_an_exemption_closes_it_and_its_end_opens_it_again(customer, reviewer, clerk):
    finding = found(customer, reviewer)
    exemption = exempted(finding, clerk)
    assert end_of(finding) == (FindingState.CLOSED, EpisodeEnd.EXEMPTED)
    approver = make_staff(Role.COMPLIANCE, name="郑批")
    revoke_exemption(exemption=exemption, note="号码不是本人的", actor=approver, at=LATER)
    assert end_of(finding) == (FindingState.OPEN, "")


def test_an_exemption_that_runs_out_opens_it_again_at_night_and_once(customer, reviewer, clerk, manager):
    finding = found(customer, reviewer)
    exemption = exempted(finding, clerk)
    last_day = LATER + (exemption.expires_on - TODAY)
    assert reopen_expired(at=last_day) == 0
    assert end_of(finding) == (FindingState.CLOSED, EpisodeEnd.EXEMPTED)

    after = last_day + timedelta(days=1)
    assert reopen_expired(at=after) == 1
    assert end_of(finding) == (FindingState.OPEN, "")
    assert finding.rectification is not None
    assert reopen_expired(at=after) == 0


def test_what_was_put_right_stays_so_when_an_old_exemption_runs_out(customer, reviewer, clerk):
    finding = found(customer, reviewer)
    exemption = exempted(finding, clerk)
    after = LATER + (exemption.expires_on - TODAY) + timedelta(days=1)
    reopen_expired(at=after)
    finding.refresh_from_db()
    close_finding(finding=finding, cause=EpisodeEnd.CORRECTED, at=after)
    assert reopen_expired(at=after + timedelta(days=1)) == 0


def test_what_is_exempted_is_not_opened_by_the_next_sample(customer, reviewer, clerk):
    finding = found(customer, reviewer)
    exempted(finding, clerk)
    again = found(customer, reviewer)
    assert (again, end_of(finding)) == (finding, (FindingState.CLOSED, EpisodeEnd.EXEMPTED))


def test_an_appeal_that_is_upheld_closes_it(customer, reviewer, clerk, manager, here):

    finding = found(customer, reviewer)
    given(finding, clerk, manager)
    province = log_in(make_staff(Role.MANAGER, branch=here.parent, post=Post.MANAGEMENT, name="省主管"))
    appeal = appeal_finding(finding=finding, ground="表单抄写有误", actor=manager.fresh(), at=LATER)
    decide_appeal(appeal=appeal, uphold=True, decision="成立", actor=province.fresh(), at=LATER)
    assert end_of(finding) == (FindingState.CLOSED, EpisodeEnd.APPEALED)
