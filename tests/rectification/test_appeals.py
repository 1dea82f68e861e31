"""The audited side appeals, both sides write, the province decides, and what is upheld leaves every score."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from agents.choices import OutletLevel, Post
from agents.operations.postings import post_staff
from audits.asof import counted_as_of, findings_as_of
from audits.choices import AppealState, ClosingCause, EpisodeEnd, FindingState, Side
from audits.choices import RectificationState as State
from audits.models import Appeal, Exemption, Finding, Rectification
from audits.operations.appeals import (
    AppealRefused,
    appeal_finding,
    decide_appeal,
    withdraw_appeal,
    write_message,
)
from audits.operations.rectifications import assign_rectification
from audits.operations.sweep import resweep_subjects
from audits.performance import as_of, tallies
from customers.models import Customer
from tests.factories import AT, make_customer, make_finding, make_outlet, make_policy, make_seller, make_staff
from tests.personas import log_in
from tests.rectification.scenes import SHORT, image, upload
from tests.rules.book import recorded
from workplace.choices import Role
from workplace.models import Notice

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=4)
MUCH_LATER = AT + timedelta(days=9)


@pytest.fixture
def province(here):
    return log_in(make_staff(Role.MANAGER, branch=here.parent, post=Post.MANAGEMENT, name="省主管"))


@pytest.fixture
def row(here, bank, clerk, manager):
    """One finding that the bank answers for, given to the clerk."""
    customer = make_customer(home_branch=here, mobile=SHORT)
    agency_branch = make_outlet(agency=bank, level=OutletLevel.BRANCH, opened_on=date(2010, 1, 1))
    outlet = make_outlet(agency=bank, branch=here, parent=agency_branch, opened_on=date(2012, 1, 1))
    make_policy(
        holder=customer,
        seller=make_seller(outlet=outlet),
        **recorded(agency_branch),
    )
    resweep_subjects(customer_ids=[customer.pk], at=AT, actor=None)
    found = Rectification.objects.get(customer=customer)
    return assign_rectification(rectification=found, owner=clerk.fresh(), actor=manager.fresh(), at=AT)


def appealed(row, by, **values):
    return appeal_finding(
        finding=row.findings.get(), ground="客户本人使用该号码", actor=by.fresh(), at=AT, **values
    )


def decided(appeal, by, *, uphold, at=LATER):
    return decide_appeal(appeal=appeal, uphold=uphold, decision="已核实", actor=by.fresh(), at=at)


def test_the_agency_appeals_and_the_clock_stands_still(row, partner, province):
    appeal = appealed(row, partner, file=("证明.png", image()))
    found = Rectification.objects.get(pk=row.pk)
    assert (appeal.side, appeal.agency) == (Side.AGENCY, row.agency)
    assert (found.state, found.owner, found.pauses.get().reason) == (State.APPEALED, row.owner, "appeal")
    assert appeal.messages.get().file.name == "证明.png"
    assert Notice.objects.filter(recipient=province.staff, kind="appeal_made").count() == 1


def test_upheld_the_finding_falls_and_stays_quiet(row, partner, province):
    decided(appealed(row, partner), province, uphold=True)
    finding = Finding.objects.get()
    found = Rectification.objects.get(pk=row.pk)
    assert (finding.state, finding.episodes.get().ended_by) == (FindingState.CLOSED, EpisodeEnd.APPEALED)
    assert (found.state, found.closing_cause) == (State.CLOSED, ClosingCause.APPEALED)
    exemption = Exemption.objects.get()
    assert (exemption.relation, exemption.proposed_by, exemption.decided_by) == (
        "appealed",
        partner.staff,
        province.staff,
    )
    resweep_subjects(customer_ids=[row.customer_id], at=MUCH_LATER, actor=None)
    assert Finding.objects.get().state == FindingState.CLOSED


def test_upheld_it_counts_in_no_score_of_any_day_and_the_page_says_so(row, partner, province, bank):
    day = as_of(AT.date(), now=MUCH_LATER)
    before = tallies(staff=province.fresh(), moment=day).of_agencies()[bank.pk]
    assert (before.defective, before.open) == (1, 1)
    appeal = decided(appealed(row, partner), province, uphold=True)
    for moment in (day, as_of(None, now=MUCH_LATER)):
        after = tallies(staff=province.fresh(), moment=moment).of_agencies()[bank.pk]
        assert (after.scope, after.defective, after.open, after.closed) == (1, 0, 0, 0)
    assert findings_as_of(AT).count() == 1
    assert counted_as_of(AT).count() == 0
    partner.client.cookies["django_language"] = "en"
    page = partner.client.get(reverse("appeal", args=[appeal.pk])).content.decode()
    assert f"Taken out of the score of {bank.name}, for every day." in page


def test_another_value_later_is_a_finding_again_and_counts(row, partner, province):
    decided(appealed(row, partner), province, uphold=True)
    Customer.objects.filter(pk=row.customer_id).update(mobile="1392046185", mobile_raw="1392046185")
    resweep_subjects(customer_ids=[row.customer_id], at=MUCH_LATER, actor=None)
    assert Rectification.objects.get(pk=row.pk).state == State.OPEN
    assert counted_as_of(MUCH_LATER).count() == 1
    assert counted_as_of(AT).count() == 0


def test_dismissed_it_goes_back_to_its_owner_with_the_days_added(row, partner, province, clerk):
    before = row.due_on
    appeal = decided(appealed(row, partner), province, uphold=False)
    found = Rectification.objects.get(pk=row.pk)
    assert appeal.state == AppealState.DISMISSED
    assert (found.state, found.owner, found.paused_at, found.added_days) == (
        State.ASSIGNED,
        clerk.staff,
        None,
        2,
    )
    assert found.due_on > before
    assert counted_as_of(AT).count() == 1
    actions = [line.action for line in found.timeline.order_by("id")]
    assert actions[-4:] == ["appeal", "appeal_dismissed", "decide", "assign"]


def test_the_branch_appeals_too(row, manager, province):
    appeal = appealed(row, manager)
    assert (appeal.side, appeal.branch) == (Side.BRANCH, row.branch)
    assert decided(appeal, province, uphold=False).decided_by == province.staff


@pytest.mark.parametrize("who", ["manager", "partner", "clerk", "clerk_elsewhere", "auditor"])
def test_only_the_province_above_decides(who, request, row, partner):
    appeal = appealed(row, partner)
    with pytest.raises(AppealRefused):
        decided(appeal, request.getfixturevalue(who), uphold=True)
    assert Appeal.objects.get().state == AppealState.OPEN
    assert Finding.objects.get().state == FindingState.OPEN


def test_compliance_at_the_head_office_decides_too(row, partner, compliance):
    assert decided(appealed(row, partner), compliance, uphold=True).state == AppealState.UPHELD


def test_who_appealed_or_is_posted_at_the_audited_branch_does_not_decide(row, here, province, partner):
    appeal = appealed(row, province)
    with pytest.raises(AppealRefused):
        decided(appeal, province, uphold=True)
    withdraw_appeal(appeal=appeal, actor=province.fresh(), at=AT)
    second = appealed(row, partner)
    post_staff(
        staff=province.fresh(),
        branch=here,
        agency=None,
        post=Post.MANAGEMENT,
        valid_from=AT.date(),
        actor=None,
        at=AT,
    )
    with pytest.raises(AppealRefused):
        decided(second, province, uphold=True)


def test_a_withdrawn_appeal_leaves_everything_as_it_was(row, partner, clerk):
    appeal = appealed(row, partner)
    withdraw_appeal(appeal=appeal, actor=partner.fresh(), at=LATER)
    found = Rectification.objects.get(pk=row.pk)
    assert (found.state, found.owner) == (State.ASSIGNED, clerk.staff)
    assert Appeal.objects.get().state == AppealState.WITHDRAWN


def test_one_appeal_at_a_time_against_a_finding(row, partner, manager):
    appealed(row, partner)
    with pytest.raises(AppealRefused):
        appealed(row, manager)


def test_who_may_not_appeal_does_not_join_an_appeal_either(row, here, partner, clerk):
    appealed(row, partner)
    other = make_customer(home_branch=here, mobile=SHORT)
    second = make_finding(customer=other, rectification=row, rule="AD-001", answering_branch=here)
    with pytest.raises(AppealRefused):
        appeal_finding(finding=second, ground="不属实", actor=clerk.fresh(), at=AT)
    assert Appeal.objects.count() == 1


def test_two_sides_write_and_neither_changes_what_stands(row, partner, manager, province, clerk_elsewhere):
    appeal = appealed(row, partner)
    for persona in (manager, province, partner):
        write_message(appeal=appeal, text="请补充通话记录", actor=persona.fresh(), at=LATER)
    assert [one.side for one in appeal.messages.all()] == ["agency", "branch", "province", "agency"]
    with pytest.raises(AppealRefused):
        write_message(appeal=appeal, text="看看", actor=clerk_elsewhere.fresh(), at=LATER)
    decided(appeal, province, uphold=False)
    with pytest.raises(AppealRefused):
        write_message(appeal=appeal, text="再说", actor=partner.fresh(), at=MUCH_LATER)


def test_a_decision_says_why_and_falls_once(row, partner, province, compliance):
    appeal = appealed(row, partner)
    with pytest.raises(AppealRefused):
        decide_appeal(appeal=appeal, uphold=True, decision="  ", actor=province.fresh(), at=LATER)
    decided(appeal, province, uphold=False)
    with pytest.raises(AppealRefused) as late:
        decided(appeal, compliance, uphold=True)
    assert "省主管" in str(late.value)


def test_from_the_button_to_the_decision_by_pages(row, partner, province, clerk_elsewhere):
    finding = row.findings.get()
    page = partner.client.get(reverse("rectification", args=[row.pk])).content.decode()
    assert f'id="appeal-{finding.pk}"' in page
    partner.client.post(
        reverse("make_appeal", args=[finding.pk]), {"ground": "号码属实", "file": upload(image())}
    )
    appeal = Appeal.objects.get()
    address = reverse("appeal", args=[appeal.pk])
    assert clerk_elsewhere.client.get(address).status_code == 404
    assert reverse("appeal_decide", args=[appeal.pk]) not in partner.client.get(address).content.decode()
    listed = province.client.get(reverse("appeals")).content.decode()
    assert address in listed
    file = province.client.get(reverse("appeal_file", args=[appeal.messages.get().pk]))
    assert file.headers["Content-Type"] == "image/png"
    province.client.post(
        reverse("appeal_decide", args=[appeal.pk]), {"verdict": "uphold", "decision": "属实"}
    )
    assert Appeal.objects.get().state == AppealState.UPHELD
    assert Notice.objects.filter(recipient=partner.staff, kind="appeal_decided").count() == 1
