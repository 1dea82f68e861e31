"""Personal data is masked on every page, and neither a filter, a search nor a sort gives it away."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from agents.models import Branch
from customers.models import Customer
from tests import factories as make
from tests.personas import Persona
from workplace.choices import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(here: Branch) -> Customer:
    return make.make_customer(
        home_branch=here,
        name="欧阳思远",
        mobile="139-1234-5678",
        email="ouyang.siyuan@example.com",
        address="北京市东城区东华门街道锡拉胡同21号院2号楼3单元401室",
    )


def raw_values(customer: Customer) -> list[str]:
    return [
        customer.name,
        customer.id_no,
        customer.mobile,
        customer.mobile_raw,
        customer.email,
        customer.birth_date.isoformat() if customer.birth_date else "",
        "401室",
    ]


def leaks(content: str, customer: Customer) -> list[str]:
    return [value for value in raw_values(customer) if value and value in content]


@pytest.mark.parametrize(
    "address",
    ["/customers/", "/admin/customers/customer/", "/admin/policies/policyparty/", "/policies/", "/findings/"],
)
def test_no_list_shows_a_raw_value(address: str, manager: Persona, customer: Customer):
    policy = make.make_policy(holder=customer)
    make.make_finding(customer=customer, answering_policy=policy)
    response = manager.client.get(address)
    assert response.status_code == 200
    assert leaks(response.content.decode(), customer) == []


def test_the_pages_of_a_customer_and_its_policy_show_no_raw_value(manager: Persona, customer: Customer):
    policy = make.make_policy(holder=customer)
    make.make_form(policy=policy, says={"holder.mobile": customer.mobile, "holder.name": customer.name})
    for address in (
        reverse("customer", args=[customer.pk]),
        reverse("customer_dossier", args=[customer.pk]),
        reverse("policy", args=[policy.pk]),
    ):
        response = manager.client.get(address)
        assert response.status_code == 200
        assert leaks(response.content.decode(), customer) == []


def test_the_history_masks_both_sides(manager: Persona, customer: Customer):
    before = customer.mobile
    Customer.objects.filter(pk=customer.pk).update(mobile="13700001234", mobile_raw="13700001234")
    shown = manager.client.get(reverse("record_history", args=["customer", customer.pk])).content.decode()
    assert "137****1234" in shown
    assert "139****5678" in shown
    assert before not in shown
    assert "13700001234" not in shown


GUESSES = (
    "id_no__startswith=1",
    "id_no=110101198506150011",
    "mobile__startswith=139",
    "name__contains=思",
    "birth_date__year=1985",
    "mobile__regex=^139",
    "parties__id_no__startswith=1",
    "home_branch__number=1",
    "pk__gt=1",
)


@pytest.mark.parametrize("guess", GUESSES)
def test_no_filter_of_the_address_spells_a_masked_value(guess: str, manager: Persona, customer: Customer):
    assert manager.client.get("/admin/customers/customer/").context["cl"].result_count == 1
    assert manager.client.get(f"/admin/customers/customer/?{guess}").status_code in {302, 400}


def test_the_address_of_a_list_asks_for_nobody_by_a_personal_value(manager: Persona, customer: Customer):
    def count(text: str) -> int:
        page = manager.client.get("/admin/customers/customer/", {"q": text})
        return page.context["cl"].result_count

    assert count(customer.number) == 1
    assert [count(text) for text in (customer.name, customer.id_no, customer.mobile)] == [0, 0, 0]


def test_every_admin_class_is_deaf_to_filters_that_are_not_on_the_screen():
    deaf = {}
    for model, model_admin in admin.site._registry.items():
        if model._meta.app_label not in {"workplace", "agents", "customers", "policies", "audits"}:
            continue
        names = [f"{field.name}__startswith" for field in model._meta.local_fields]
        deaf[model.__name__] = [name for name in names if model_admin.lookup_allowed(name, "1", None)]
    assert len(deaf) > 8
    assert {name: heard for name, heard in deaf.items() if heard} == {}


def test_no_admin_class_of_ours_deletes_anything(rf: RequestFactory):
    request = rf.get("/")
    request.user = make.make_staff(Role.ADMINISTRATOR, superuser=True)
    ours = {"workplace", "agents", "customers", "policies", "audits"}
    deleting = [
        type(model_admin).__name__
        for model, model_admin in admin.site._registry.items()
        if model._meta.app_label in ours and model_admin.has_delete_permission(request)
    ]
    assert deleting == []


def found(persona: Persona, text: str) -> list[str]:
    page = persona.client.post(reverse("customers"), {"q": text}).context["page"]
    return [customer.number for customer in page.rows]


def test_a_search_finds_whole_values_and_no_parts_of_them(manager: Persona, customer: Customer):
    whole = [
        customer.id_no,
        customer.id_no.lower(),
        "13912345678",
        "139 1234 5678",
        "欧阳思远",
        "思",
        customer.number,
    ]
    assert [found(manager, text) for text in whole] == [[customer.number]] * len(whole)
    parts = [customer.id_no[:12], customer.id_no[:17], "1391234", "12345678", customer.id_no[-8:]]
    assert [found(manager, text) for text in parts] == [[]] * len(parts)


def test_a_search_is_scoped(clerk_elsewhere: Persona, customer: Customer):
    assert found(clerk_elsewhere, customer.id_no) == []
    assert found(clerk_elsewhere, "欧阳") == []


def test_a_sort_by_a_masked_column_does_nothing(manager: Persona, customer: Customer, here: Branch):
    make.make_customer(home_branch=here, name="安安")
    plain = [c.pk for c in manager.client.get("/admin/customers/customer/").context["cl"].result_list]
    for column in range(1, 7):
        response = manager.client.get(f"/admin/customers/customer/?o={column}")
        assert [c.pk for c in response.context["cl"].result_list] == plain
