"""Rows for list screens: each with all its related objects, all within the reach of one branch."""

from __future__ import annotations

from datetime import timedelta

from django.utils.timezone import localdate, now

from agents.models import Agency, Branch
from audits.models import (
    AgencyLetter,
    AssignmentMember,
    AssignmentRule,
    BranchInspection,
    BulkAction,
    BulkLine,
    CallBack,
    ChangeRequest,
    InspectionFinding,
    InspectionYear,
    LetterLine,
    Rectification,
    RuleDispute,
    SecondLook,
)
from customers.choices import GrantSource
from customers.models import ContactAttempt, Customer, DuplicateCampaign, DuplicatePair, DuplicateRun
from customers.operations.grants import grant_customer
from tests import factories as make
from tests.sampling.scenes import given_to, make_checklist, make_run
from workplace.choices import Access, Role
from workplace.models import (
    Absence,
    Announcement,
    AnnouncementReceipt,
    ApiClient,
    CalendarDay,
    Job,
    Notice,
    PushTarget,
    Staff,
)
from workplace.operations.access_log import log_access


def populate(count: int, *, branch: Branch, owner: Staff) -> None:
    """`count` rows of everything a list may show; `owner` gets the rectifications, files and batches."""
    reviewer = make.make_staff(Role.MANAGER, branch=branch)
    for number in range(count):
        _one(number, branch, owner, reviewer)


def _one(number: int, branch: Branch, owner: Staff, reviewer: Staff) -> None:
    office = make.make_branch(parent=branch, level="office")
    agency = make.make_agency(branch=office)
    parent = make.make_outlet(agency=agency, branch=office, level="branch")
    outlet = make.make_outlet(agency=agency, branch=office, parent=parent)
    seller = make.make_seller(outlet=outlet)
    customer = make.make_customer(home_branch=office)
    batch = make.make_batch(owner=owner)
    policy = make.make_policy(
        holder=customer, seller=seller, agency_branch=parent, product=make.make_product(), batch=batch
    )
    make.make_form(policy=policy, says={"holder.mobile": customer.mobile})
    CallBack.objects.create(policy=policy, ends_on=make.TODAY, opened_at=make.AT)
    rectification = make.make_rectification(customer=customer, branch=office, agency=agency, owner=owner)
    finding = make.make_finding(
        customer=customer,
        answering_policy=policy,
        answering_agency=agency,
        answering_seller=seller,
        rectification=rectification,
    )
    make.make_finding(
        policy=policy, rule="REQ-009", field="seller_no", answering_agency=agency, answering_seller=seller
    )
    make.make_rectification(seller=seller, branch=office, agency=agency)
    make.make_evidence(rectification=rectification, owner=owner)
    RuleDispute.objects.create(finding=finding, reason="—", raised_by=owner, raised_at=make.AT)
    _around(number, customer_pk=customer.pk, agency=agency, owner=owner, reviewer=reviewer)
    make.make_rule_change(proposed_by=reviewer)
    _twice(customer, office, owner)
    _told(number, owner, reviewer)
    _looked_after(rectification, office, reviewer)
    _asked_for(number, customer, owner)
    _led(rectification, agency, owner, reviewer)
    _inspected(office, owner, reviewer)
    _sampled(office, owner)
    correction = make.make_correction(customer=customer, proposed_by=owner, decided_by=reviewer)
    make.make_conflict(correction=correction, batch=batch)
    make.make_outbox_entry(correction=correction, record_key=customer.number)
    grant_customer(
        staff=owner,
        customer=customer,
        source=GrantSource.RECTIFICATION,
        source_id=rectification.pk,
        actor=None,
        at=make.AT,
        expires_at=None,
    )


def _asked_for(number: int, customer: Customer, owner: Staff) -> None:
    """A contact that failed and a change that waits, on a customer of a rectification to call for."""
    ContactAttempt.objects.create(
        customer=customer, channel="call", point="mobile", key=number, outcome="failed", result="no_answer",
        by=owner, tried_at=make.AT, recorded_at=make.AT,
    )  # fmt: skip
    ChangeRequest.objects.create(
        number=make.unique("BG-"), customer=customer, state="submitted", made_by=owner, made_at=make.AT,
        submitted_at=make.AT,
    )  # fmt: skip


def _looked_after(rectification: Rectification, office: Branch, reviewer: Staff) -> None:
    """A bulk action about it, and a closed one for a second look."""
    action = BulkAction.objects.create(kind="take_back", matched=1, actor=reviewer, at=make.AT)
    BulkLine.objects.create(action=action, rectification=rectification)
    closed = make.make_rectification(branch=office)
    Rectification.objects.filter(pk=closed.pk).update(state="closed", closed_at=make.AT, closed_by=reviewer)
    SecondLook.objects.create(rectification=closed, kind="spot", closed_at=make.AT, due_on=make.TODAY)


def _led(rectification: Rectification, agency: Agency, owner: Staff, reviewer: Staff) -> None:
    """Somebody away for whom the owner stands in, a rule of assignment, a letter to the agency."""
    away = make.make_staff(Role.CLERK, branch=agency.branch)
    Absence.objects.create(
        staff=away, since=localdate(), until=localdate(), substitute=owner, reason="leave",
        recorded_by=reviewer, recorded_at=make.AT,
    )  # fmt: skip
    rule = AssignmentRule.objects.create(name="–", branch=agency.branch, agency=agency)
    AssignmentMember.objects.create(rule=rule, staff=owner)
    letter = AgencyLetter.objects.create(
        number=make.unique("函"), agency=agency, text="–", due_on=make.TODAY, made_by=reviewer,
        made_at=make.AT, sent_on=make.TODAY,
    )  # fmt: skip
    LetterLine.objects.create(letter=letter, rectification=rectification, wrong="–")


def _inspected(office: Branch, owner: Staff, reviewer: Staff) -> None:
    """An inspection of the branch in this year's plan, with a finding."""
    year = InspectionYear.objects.first() or InspectionYear.objects.create(
        year=make.TODAY.year, checklist=make_checklist(), written_by=reviewer, written_at=make.AT
    )
    inspection = BranchInspection.objects.create(year=year, branch=office, inspector=owner, due_on=make.TODAY)
    InspectionFinding.objects.create(
        inspection=inspection, severity="ERROR", text="–", made_by=reviewer, made_at=make.AT
    )


def _sampled(office: Branch, owner: Staff) -> None:
    """A sample of another branch to review, and a new customer of today with something open."""
    given_to(owner, make_run([make.make_policy(holder=make.make_customer())]).items.get())
    newcomer = make.make_customer(home_branch=office)
    Customer.objects.filter(pk=newcomer.pk).update(recorded_at=now())
    make.make_finding(
        customer=newcomer, rectification=make.make_rectification(customer=newcomer, branch=office)
    )
    given_to(owner, make_run([newcomer], purpose="newcomers").items.get())


def _twice(customer: Customer, office: Branch, owner: Staff) -> None:
    campaign = DuplicateCampaign.objects.create(
        name=make.unique("清理"), branch=office, owner=owner, deadline=make.TODAY, started_by=owner,
        started_at=make.AT,
    )  # fmt: skip
    run = DuplicateRun.objects.create(started_at=make.AT, finished_at=make.AT)
    other = make.make_customer(home_branch=office)
    DuplicatePair.objects.create(
        left=customer, right=other, score=30, kinds=["birth"], explanation=[["name", "same", 9]],
        owner=owner, campaign=campaign, found_by=run, seen_by=run, found_at=make.AT,
    )  # fmt: skip


def _told(number: int, owner: Staff, reviewer: Staff) -> None:
    """Notices, announcements to read and of one's own, group chats."""
    Notice.objects.create(
        recipient=owner, kind="returned", key=make.unique("k"), detail={"number": "Z", "by": "–"},
        made_at=make.AT, read_at=make.AT if number % 2 else None,
    )  # fmt: skip
    for publisher, reader in ((reviewer, owner), (owner, reviewer)):
        made = Announcement.objects.create(
            title="–", body="–", roles=["clerk"], published_by=publisher, published_at=make.AT
        )
        AnnouncementReceipt.objects.create(announcement=made, staff=reader)
    PushTarget.objects.create(name=make.unique("群"), address="–").staff.add(owner)


def _around(number: int, *, customer_pk: int, agency: Agency, owner: Staff, reviewer: Staff) -> None:
    """What the office itself keeps: people, jobs, looks, tokens, days."""
    colleague = make.make_staff(Role.CLERK, branch=agency.branch)
    make.make_staff(Role.PARTNER, agency=agency)
    log_access(
        staff=owner,
        access=Access.REVEAL,
        record_kind="customer",
        record_id=customer_pk,
        field="mobile",
        purpose="rectification",
        at=make.AT,
    )
    Job.objects.create(kind="sweep", started_by=reviewer, created_at=make.AT, state="done")
    ApiClient.objects.create(
        name=make.unique("core "), staff=colleague, token_hash=make.unique("h"), created_at=make.AT
    )
    CalendarDay.objects.get_or_create(day=make.TODAY + timedelta(days=number), defaults={"working": False})
