"""A clerk confirms contacts and records an identity check; beside each field stands who vouches."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from agents.models import Branch
from audits.models import Finding
from audits.operations.sweep import resweep_subjects
from customers.models import Customer
from customers.operations.corrections import correct_customer
from tests.factories import AT, make_customer, make_policy
from tests.intake.files import customer_row, written
from tests.personas import Persona
from workplace.models import LedgerEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(here: Branch) -> Customer:
    """A policyholder whom nobody has checked or asked."""
    customer = make_customer(home_branch=here, mobile="13920461857", landline="010-65128473")
    unasked = {"identity_checked_on": None, "identity_checked_key": "", "contact_confirmed_on": None}
    Customer.objects.filter(pk=customer.pk).update(**unasked, own_mobile="")
    make_policy(holder=customer)
    customer.refresh_from_db()
    return customer


def version_of(customer: Customer) -> str:
    return str(Customer.objects.get(pk=customer.pk).version)


def confirm(persona: Persona, customer: Customer, **given: str):
    said = {
        "on": timezone.localdate().isoformat(),
        "source_channel": "phone",
        "reference": "REC-2026-0042",
        "mobile": "own",
        "landline": "-",
        "address": "family",
        "postcode": "-",
        "version": version_of(customer),
        **given,
    }
    return persona.client.post(reverse("confirm_contacts", args=[customer.pk]), said)


def check(persona: Persona, customer: Customer, **given: str):
    said = {
        "on": timezone.localdate().isoformat(),
        "source_channel": "counter",
        "method": "original",
        "reference": "柜面核对",
        "version": version_of(customer),
        **given,
    }
    return persona.client.post(reverse("identity_check", args=[customer.pk]), said)


def test_a_confirmed_mobile_is_the_customers_own(clerk: Persona, customer: Customer):
    response = confirm(clerk, customer)

    assert response.status_code == 302
    customer.refresh_from_db()
    assert customer.own_mobile == "13920461857"
    assert customer.contact_confirmed_on == timezone.localdate()
    said = dict(LedgerEntry.objects.values_list("field", "whose"))
    assert said == {"mobile": "own", "address": "family"}


@pytest.mark.parametrize("act", [confirm, check])
def test_what_came_after_the_page_was_opened_is_not_vouched_for(clerk: Persona, customer: Customer, act):
    seen = version_of(customer)
    values = {"mobile": "13920461858"}
    correct_customer(customer=customer, values=values, actor=None, at=AT, expected_version=int(seen))
    before = Customer.objects.values().get(pk=customer.pk)
    told = LedgerEntry.objects.count()

    page = act(clerk, customer, version=seen)

    assert page.status_code == 302
    assert Customer.objects.values().get(pk=customer.pk) == before
    assert LedgerEntry.objects.count() == told


def test_a_familys_mobile_is_not_the_own(clerk: Persona, customer: Customer):
    confirm(clerk, customer)
    confirm(clerk, customer, mobile="family")

    customer.refresh_from_db()
    assert customer.own_mobile == ""


def test_a_check_counts_for_the_number_and_lapses_with_the_document(clerk: Persona, customer: Customer):
    assert check(clerk, customer).status_code == 302

    customer.refresh_from_db()
    assert customer.identity_checked_key == customer.id_key
    assert customer.identity_check_lapses_on == customer.id_valid_to
    fields = set(LedgerEntry.objects.values_list("field", flat=True))
    assert {"name", "id_no", "birth_date"} <= fields


def test_the_finding_that_nobody_checked_closes_at_once(clerk: Persona, customer: Customer):
    resweep_subjects(customer_ids=[customer.pk], policy_ids=[], at=AT, actor=None)
    assert Finding.objects.filter(customer=customer, rule="IC-001", state="open").exists()

    check(clerk, customer)

    assert not Finding.objects.filter(customer=customer, rule="IC-001", state="open").exists()


@pytest.mark.parametrize(
    "given",
    [
        {"on": "2999-01-01"},
        {"reference": ""},
        {"source_channel": "rumour"},
        {"mobile": "-", "address": "-"},
        {"mobile": "the moon's"},
    ],
)
def test_what_says_too_little_is_refused(given: dict[str, str], clerk: Persona, customer: Customer):
    assert confirm(clerk, customer, **given).status_code == 422
    assert not LedgerEntry.objects.exists()


def test_who_may_not_correct_may_not_confirm(auditor: Persona, customer: Customer):
    assert confirm(auditor, customer).status_code == 403
    assert check(auditor, customer).status_code == 403


@pytest.mark.parametrize("page", ["confirm_contacts", "identity_check", "customer_ledger"])
def test_elsewhere_the_customer_does_not_exist(page: str, clerk_elsewhere: Persona, customer: Customer):
    assert clerk_elsewhere.client.get(reverse(page, args=[customer.pk])).status_code == 404


def test_the_page_says_who_vouches_for_which_field(clerk: Persona, customer: Customer):
    page = reverse("customer", args=[customer.pk])
    assert "2026-11-20" in clerk.client.get(page).content.decode()

    confirm(clerk, customer)

    text = clerk.client.get(page).content.decode()
    assert f"{timezone.localdate().isoformat()}" in text
    assert "段作业" in text


def test_the_page_names_the_colleague_to_nobody_who_may_not_read_the_ledger(
    partner: Persona, clerk: Persona, customer: Customer, bank
):
    make_policy(holder=customer, agency=bank)
    confirm(clerk, customer)

    response = partner.client.get(reverse("customer", args=[customer.pk]))
    assert response.status_code == 200
    assert "zx-standing" not in response.content.decode()
    assert partner.client.get(reverse("customer_ledger", args=[customer.pk])).status_code == 403


def test_the_ledger_is_masked_and_told_field_by_field(clerk: Persona, customer: Customer):
    confirm(clerk, customer)
    check(clerk, customer)

    page = reverse("customer_ledger", args=[customer.pk])
    text = clerk.client.get(page).content.decode()
    assert "139****1857" in text
    assert "13920461857" not in text
    assert customer.id_no not in text

    only = clerk.client.get(page, {"field": "mobile"}).content.decode()
    assert "139****1857" in only
    assert "REC-2026-0042" in only
    assert "柜面核对" not in only


def test_a_value_that_a_file_changed_since_is_the_files_again(here: Branch, clerk: Persona):
    row = customer_row(here, mobile="13920461857")
    written(row)
    customer = Customer.objects.get()
    confirm(clerk, customer, postcode="-")
    later = timezone.now()
    written({**row, "mobile": "13666180293"}, extracted_at=later, at=later)

    customer.refresh_from_db()
    assert customer.mobile == "13666180293" != customer.own_mobile
    text = clerk.client.get(reverse("customer", args=[customer.pk])).content.decode()
    contacts = text.split('id="field-mobile"')[1].split("</dd>")[0]
    assert "段作业" not in contacts


def test_a_file_moves_the_days_forward_only(here: Branch):
    row = customer_row(here, identity_checked_on="2026-03-01", contact_confirmed_on="2026-03-02")
    written({**row, "identity_check_method": "核对原件", "mobile_own": "是"})
    earlier = {**row, "identity_checked_on": "2025-01-01", "contact_confirmed_on": "", "mobile_own": ""}
    written(earlier, extracted_at=AT + AT.resolution, at=AT)

    customer = Customer.objects.get()
    assert customer.identity_checked_on == date(2026, 3, 1)
    assert customer.identity_check_method == "original"
    assert customer.contact_confirmed_on == date(2026, 3, 2)
    assert customer.own_mobile == customer.mobile == "13920461857"


def test_a_check_stays_with_the_number_that_was_checked(here: Branch):
    row = customer_row(here, identity_checked_on="2026-03-01")
    written(row)
    checked = Customer.objects.get().id_key
    written({**row, "id_no": "110101198506150491"}, extracted_at=AT + AT.resolution, at=AT)

    customer = Customer.objects.get()
    assert customer.identity_checked_key == checked != customer.id_key
