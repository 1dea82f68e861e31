"""A field is revealed for a declared purpose to who may, and the look is on record."""

from __future__ import annotations

from datetime import date

import pytest
from django.http import HttpResponse
from django.urls import reverse

from agents.models import Branch
from customers.models import Customer
from tests import factories as make
from tests.personas import Persona
from workplace.models import AccessLog

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(here: Branch) -> Customer:
    return make.make_customer(home_branch=here, mobile="139-1234-5678")


def reveal(
    persona: Persona, customer: Customer, field: str = "mobile", purpose: str = "customer_contact"
) -> HttpResponse:
    return persona.client.post(reverse("reveal_customer", args=[customer.pk, field]), {"purpose": purpose})


def test_a_revealed_field_shows_both_forms_and_leaves_a_line(clerk: Persona, customer: Customer):
    response = reveal(clerk, customer)
    assert response.status_code == 200
    assert "13912345678" in response.content.decode()
    assert "139-1234-5678" in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    entry = AccessLog.objects.get(access="reveal")
    assert (entry.staff_id, entry.record_id, entry.field, entry.purpose) == (
        clerk.staff.pk,
        customer.pk,
        "mobile",
        "customer_contact",
    )
    assert "139" not in entry.detail


@pytest.mark.parametrize("purpose", ["", "curiosity"])
def test_nothing_is_revealed_without_a_declared_purpose(purpose: str, clerk: Persona, customer: Customer):
    response = reveal(clerk, customer, purpose=purpose)
    assert response.status_code == 422
    assert "13912345678" not in response.content.decode()
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize(
    "who, status", [("clerk_elsewhere", 404), ("outsider", 404), ("auditor", 403), ("partner", 403)]
)
def test_others_reveal_nothing(who: str, status: int, customer: Customer, request: pytest.FixtureRequest):
    assert reveal(request.getfixturevalue(who), customer).status_code == status
    assert not AccessLog.objects.exists()


def test_a_field_that_is_not_personal_cannot_be_asked_for(clerk: Persona, customer: Customer):
    assert reveal(clerk, customer, field="facts_version").status_code == 404


def test_a_look_needs_a_post(clerk: Persona, customer: Customer):
    assert clerk.client.get(reverse("reveal_customer", args=[customer.pk, "mobile"])).status_code == 405


def test_a_childs_data_needs_a_right_of_its_own(clerk: Persona, manager: Persona, here: Branch):
    child = make.make_customer(home_branch=here, born=date(2020, 5, 1))
    assert reveal(clerk, child).status_code == 403
    assert reveal(manager, child).status_code == 200
    assert AccessLog.objects.filter(access="reveal").count() == 1


def test_a_party_who_is_no_customer_is_revealed_the_same_way(
    clerk: Persona, clerk_elsewhere: Persona, customer: Customer
):
    policy = make.make_policy(holder=customer)
    party = make.make_party(policy=policy, role="beneficiary", name="赵受益")
    address = reverse("reveal_party", args=[party.pk, "id_no"])
    assert clerk_elsewhere.client.post(address, {"purpose": "audit"}).status_code == 404
    assert party.id_no in clerk.client.post(address, {"purpose": "audit"}).content.decode()
    assert AccessLog.objects.get(record_kind="party").record_id == party.pk


def test_a_dossier_is_masked_until_a_purpose_is_posted(clerk: Persona, customer: Customer):
    address = reverse("customer_dossier", args=[customer.pk])
    assert customer.id_no not in clerk.client.get(address).content.decode()
    assert customer.id_no in clerk.client.post(address, {"purpose": "regulator"}).content.decode()
    assert [entry.purpose for entry in AccessLog.objects.filter(access="print").order_by("id")] == [
        "",
        "regulator",
    ]


def test_the_page_says_who_looked(clerk: Persona, manager: Persona, auditor: Persona, customer: Customer):
    reveal(manager, customer)
    address = reverse("customer", args=[customer.pk])
    assert [look.staff_name for look in auditor.client.get(address).context["looks"]] == ["张主管"]
    assert list(clerk.client.get(address).context["looks"]) == []
