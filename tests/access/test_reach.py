"""What each person sees: by branch with all below it, by agency, by a grant on one customer; else nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from guardian.shortcuts import assign_perm

from agents.choices import BranchLevel
from agents.models import Agency, Branch, Outlet, Posting, SalesAgent
from agents.models.reach import reach_of
from agents.operations.postings import align_grants, end_posting, post_staff
from audits.models import Evidence, Finding, Rectification
from customers.choices import GrantSource
from customers.models import Customer, CustomerGrant
from customers.operations.grants import end_grants, grant_customer
from policies.models import ApplicationForm, Policy, PolicyParty
from tests import factories as make
from tests.factories import AT, TODAY
from tests.personas import Persona
from workplace.choices import Role
from workplace.models import AccessLog, Conflict, Correction, ImportBatch, OutboxEntry, Staff, UploadedFile
from workplace.operations.access_log import log_access

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(here: Branch, bank: Agency, clerk: Persona) -> dict[type[Any], Any]:
    """One row of every scoped model, all of the branch `here`, sold by its bank."""
    outlet = make.make_outlet(agency=bank)
    seller = make.make_seller(outlet=outlet)
    customer = make.make_customer(home_branch=here)
    policy = make.make_policy(holder=customer, seller=seller)
    rectification = make.make_rectification(customer=customer, branch=here, agency=bank)
    finding = make.make_finding(customer=customer, answering_agency=bank, rectification=rectification)
    other = make.make_staff(Role.MANAGER)
    correction = make.make_correction(customer=customer, proposed_by=clerk.staff, decided_by=other)
    return {
        Branch: here,
        Agency: bank,
        Outlet: outlet,
        SalesAgent: seller,
        Customer: customer,
        Policy: policy,
        PolicyParty: policy.parties.get(),
        ApplicationForm: make.make_form(policy=policy),
        Finding: finding,
        Rectification: rectification,
        Evidence: make.make_evidence(rectification=rectification, owner=clerk.staff),
        Correction: correction,
        Conflict: make.make_conflict(correction=correction),
        OutboxEntry: make.make_outbox_entry(correction=correction),
        CustomerGrant: grant(make.make_staff(), customer),
        UploadedFile: make.make_file(owner=clerk.staff),
        ImportBatch: make.make_batch(owner=clerk.staff),
        AccessLog: log_access(
            staff=clerk.staff, access="reveal", record_kind="customer", record_id=customer.pk, at=AT
        ),
        Staff: clerk.staff,
    }


def grant(staff: Staff, customer: Customer, **values: Any) -> CustomerGrant:
    defaults: dict[str, Any] = {"source": GrantSource.RECTIFICATION, "source_id": 1, "expires_at": None}
    return grant_customer(staff=staff, customer=customer, actor=None, at=AT, **{**defaults, **values})


def sees(persona: Persona, record: Any) -> bool:
    return type(record).objects.visible_to(persona.fresh()).filter(pk=record.pk).exists()


def seen_by(persona: Persona, book: dict[type[Any], Any]) -> set[str]:
    return {model.__name__ for model, record in book.items() if sees(persona, record)}


PRIVATE = {"UploadedFile", "ImportBatch"}


def test_the_clerk_of_the_branch_sees_all_of_it(clerk: Persona, book: dict[type[Any], Any]):
    assert seen_by(clerk, book) == {model.__name__ for model in book}


def test_the_clerk_of_another_branch_sees_nothing_of_it(clerk_elsewhere: Persona, book: dict[type[Any], Any]):
    assert seen_by(clerk_elsewhere, book) == set()


def test_who_is_posted_nowhere_sees_nothing(outsider: Persona, book: dict[type[Any], Any]):
    assert seen_by(outsider, book) == set()


def test_files_and_batches_are_their_owners_even_towards_the_manager(
    manager: Persona, book: dict[type[Any], Any]
):
    assert {model.__name__ for model in book} - seen_by(manager, book) == {*PRIVATE, "AccessLog"}


@pytest.mark.parametrize("name", ["compliance", "auditor"])
def test_head_office_sees_everything_but_private_files(
    name: str, request: pytest.FixtureRequest, book: dict[type[Any], Any]
):
    persona: Persona = request.getfixturevalue(name)
    assert {model.__name__ for model in book} - seen_by(persona, book) == PRIVATE


def test_a_partner_sees_what_its_agency_sold_and_answers_for(
    partner: Persona, book: dict[type[Any], Any], here: Branch
):
    unseen = {model.__name__ for model in book} - seen_by(partner, book)
    assert unseen == {*PRIVATE, "Branch", "AccessLog", "Staff"}
    direct = make.make_policy(holder=make.make_customer(home_branch=here))
    assert not sees(partner, direct)
    assert not sees(partner, direct.parties.get().customer)


def test_the_administrator_sees_units_and_staff_but_no_customer_data(
    administrator: Persona, book: dict[type[Any], Any]
):
    assert seen_by(administrator, book) == {"Branch", "Agency", "Staff", "AccessLog"}


def test_a_superuser_sees_no_customer_data_either(book: dict[type[Any], Any]):
    root = make.make_staff(Role.ADMINISTRATOR, superuser=True)
    assert not Customer.objects.visible_to(root).exists()


@pytest.mark.parametrize("nobody", [None, AnonymousUser()])
def test_nobody_sees_nothing(nobody: Any, book: dict[type[Any], Any]):
    assert {m.__name__ for m in book if m.objects.visible_to(nobody).exists()} == set()


def test_who_is_no_longer_active_sees_nothing(clerk: Persona, book: dict[type[Any], Any]):
    assert sees(clerk, book[Customer])
    Staff.objects.filter(pk=clerk.staff.pk).update(is_active=False)
    assert seen_by(clerk, book) == set()


def test_a_grant_on_a_branch_covers_all_below_it(db: None):
    province = make.make_branch(level=BranchLevel.PROVINCE)
    city = make.make_branch(parent=province)
    office = make.make_branch(parent=city, level=BranchLevel.OFFICE)
    sibling = make.make_branch()
    assert reach_of(make.make_staff(branch=province)).branch_ids == {province.pk, city.pk, office.pk}
    assert reach_of(make.make_staff(branch=office)).branch_ids == {office.pk}
    head = reach_of(make.make_staff(branch=make.head_office()))
    assert head.everything
    assert sibling.pk in head.branch_ids


def test_a_grant_to_a_group_reaches_its_members(here: Branch, outsider: Persona):
    group = Group.objects.create(name="helpers of the city")
    assign_perm("agents.work_in_branch", group, here)
    assert reach_of(outsider.fresh()).branch_ids == frozenset()
    outsider.staff.groups.add(group)
    assert reach_of(outsider.fresh()).branch_ids == {here.pk}


def test_reach_is_resolved_once(clerk: Persona):
    staff = clerk.fresh()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        reach_of(staff)
        reach_of(staff)
        list(Customer.objects.visible_to(staff))
        list(Customer.objects.visible_to(staff)[:1])
    units, absences, customers = 1, 1, 2
    assert len(queries) == units + absences + customers


def test_a_customer_of_another_branch_is_seen_through_a_policy_here(
    clerk: Persona, elsewhere: Branch, here: Branch
):
    customer = make.make_customer(home_branch=elsewhere)
    assert not sees(clerk, customer)
    make.make_policy(holder=customer, branch=here)
    assert sees(clerk, customer)


def test_a_grant_on_one_customer_shows_just_that_one(outsider: Persona, book: dict[type[Any], Any]):
    grant(outsider.staff, book[Customer])
    neighbour = make.make_customer(home_branch=book[Branch])
    assert sees(outsider, book[Customer])
    assert not sees(outsider, neighbour)


def test_a_grant_expires(outsider: Persona, book: dict[type[Any], Any]):
    now = timezone.now()
    grant(outsider.staff, book[Customer], expires_at=now + timedelta(hours=1))
    assert sees(outsider, book[Customer])
    grant(outsider.staff, book[Customer], expires_at=now - timedelta(seconds=1))
    assert CustomerGrant.objects.filter(staff=outsider.staff).count() == 1
    assert not sees(outsider, book[Customer])


def test_grants_end_one_source_at_a_time(outsider: Persona, book: dict[type[Any], Any]):
    for source_id in (1, 2):
        grant(outsider.staff, book[Customer], source_id=source_id)
    end_grants(source=GrantSource.RECTIFICATION, source_id=1, at=AT)
    assert sees(outsider, book[Customer])
    end_grants(source=GrantSource.RECTIFICATION, source_id=2, at=AT)
    assert not sees(outsider, book[Customer])


def test_an_ended_posting_takes_its_scope_unless_another_needs_it(here: Branch, db: None):
    staff = make.make_staff(branch=here)
    second = post_staff(staff=staff, branch=here, post="compliance", valid_from=TODAY, actor=None, at=AT)
    first = Posting.objects.filter(staff=staff).exclude(pk=second.pk).get()
    end_posting(posting=first, actor=None, at=AT)
    assert reach_of(Staff.objects.get(pk=staff.pk)).branch_ids == {here.pk}
    end_posting(posting=second, actor=None, at=AT)
    assert reach_of(Staff.objects.get(pk=staff.pk)).branch_ids == frozenset()


def test_a_posting_that_begins_later_grants_on_its_day(here: Branch, outsider: Persona):
    tomorrow = TODAY + timedelta(days=1)
    post_staff(staff=outsider.staff, branch=here, post="operations", valid_from=tomorrow, actor=None, at=AT)
    assert reach_of(outsider.fresh()).branch_ids == frozenset()
    assert align_grants(today=tomorrow, at=AT + timedelta(days=1)) == 1
    assert reach_of(outsider.fresh()).branch_ids == {here.pk}


def test_has_perm_on_a_record_asks_scope_too(
    clerk: Persona, clerk_elsewhere: Persona, book: dict[type[Any], Any]
):
    people = [persona.fresh() for persona in (clerk, clerk_elsewhere)]
    assert [who.has_perm("customers.view_customer", book[Customer]) for who in people] == [True, False]


@pytest.mark.parametrize("name", ["段", "思远", "段思远"])
def test_a_name_is_found_by_one_or_two_characters(name: str, here: Branch):
    found = make.make_customer(home_branch=here, name="段思远")
    make.make_customer(home_branch=here, name="远思段氏" if name != "段" else "赵钱孙")
    assert list(Customer.objects.all().named(name)) == [found]
