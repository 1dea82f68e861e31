"""Pages, pickers, exports and histories: who should see them sees them, for others they do not exist."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from agents.models import Agency, Branch
from customers.models import Customer
from tests import factories as make
from tests.access.lists import admin_lists
from tests.personas import Persona
from workplace.models import AccessLog

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Book:
    customer: Customer
    pages: dict[str, str]


@pytest.fixture
def book(here: Branch, bank: Agency, clerk: Persona) -> Book:
    outlet = make.make_outlet(agency=bank)
    seller = make.make_seller(outlet=outlet)
    customer = make.make_customer(home_branch=here)
    policy = make.make_policy(holder=customer, seller=seller)
    form = make.make_form(policy=policy, says={"holder.mobile": "13912345678"})
    rectification = make.make_rectification(customer=customer, branch=here, agency=bank, owner=clerk.staff)
    make.make_finding(customer=customer, answering_agency=bank, rectification=rectification)
    history = {
        "branch": here,
        "agency": bank,
        "outlet": outlet,
        "seller": seller,
        "customer": customer,
        "policy": policy,
        "party": policy.parties.get(),
        "application": form,
        "rectification": rectification,
    }
    return Book(
        customer=customer,
        pages={
            "customer": reverse("customer", args=[customer.pk]),
            "dossier": reverse("customer_dossier", args=[customer.pk]),
            "policy": reverse("policy", args=[policy.pk]),
            "agency": reverse("agency", args=[bank.pk]),
            "seller": reverse("seller", args=[seller.pk]),
            "staff_member": reverse("staff_member", args=[clerk.staff.pk]),
            **{
                f"history of {kind}": reverse("record_history", args=[kind, record.pk])
                for kind, record in history.items()
            },
            **{
                f"admin {kind}": reverse(
                    f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk]
                )
                for kind, record in history.items()
                if kind != "rectification"
            },
        },
    )


def opens(persona: Persona, address: str) -> bool:
    response = persona.client.get(address, follow=True)
    assert response.status_code in {200, 403, 404}, (address, response.status_code)
    return response.status_code == 200


def opened_by(persona: Persona, book: Book) -> set[str]:
    return {name for name, address in book.pages.items() if opens(persona, address)}


def test_the_manager_of_the_branch_opens_everything(manager: Persona, book: Book):
    assert opened_by(manager, book) == set(book.pages)


def test_for_the_other_branch_nothing_exists(clerk_elsewhere: Persona, book: Book):
    assert opened_by(clerk_elsewhere, book) == set()


def test_for_who_is_posted_nowhere_nothing_exists(outsider: Persona, book: Book):
    assert opened_by(outsider, book) == set()


def test_a_partner_opens_what_its_agency_sold_but_no_branch_and_no_staff(partner: Persona, book: Book):
    unseen = set(book.pages) - opened_by(partner, book)
    assert unseen == {"history of branch", "admin branch", "staff_member"}


def test_an_administrator_opens_units_and_staff_alone(administrator: Persona, book: Book):
    assert opened_by(administrator, book) == {
        "agency",
        "staff_member",
        "history of branch",
        "history of agency",
        "admin branch",
        "admin agency",
    }


@pytest.mark.parametrize("name", ["customers", "policies", "agencies", "sellers", "branches"])
def test_lists_show_just_what_is_in_scope(
    name: str, book: Book, clerk: Persona, clerk_elsewhere: Persona, bank: Agency, here: Branch
):
    policy, seller = book.customer.parties.get().policy, make.make_seller(branch=here)
    text = {
        "customers": book.customer.number,
        "policies": policy.number,
        "agencies": bank.number,
        "sellers": seller.staff_no,
        "branches": here.number,
    }[name]
    assert text in clerk.client.get(reverse(name)).content.decode()
    assert text not in clerk_elsewhere.client.get(reverse(name)).content.decode()


@pytest.mark.parametrize("name", admin_lists())
def test_no_admin_list_shows_another_branch(
    name: str, book: Book, clerk_elsewhere: Persona, bank: Agency, here: Branch
):
    response = clerk_elsewhere.client.get(reverse(name))
    assert response.status_code in {200, 403}
    shown = response.content.decode()
    policy = book.customer.parties.get().policy
    assert [
        text for text in (book.customer.number, policy.number, bank.name, here.name) if text in shown
    ] == []


def pick(persona: Persona, term: str) -> list[str]:
    """What the picker of customers offers."""
    query = {"app_label": "customers", "model_name": "customergrant", "field_name": "customer", "term": term}
    response = persona.client.get(reverse("admin:autocomplete"), query)
    return [row["text"] for row in response.json()["results"]]


def test_pickers_offer_just_what_is_in_scope(clerk: Persona, clerk_elsewhere: Persona, book: Book):
    assert pick(clerk, book.customer.number) == [str(book.customer)]
    assert pick(clerk_elsewhere, book.customer.number) == []


def cells_of(response: Any) -> list[list[str]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()


def test_an_export_is_scoped_masked_and_written_down(clerk: Persona, clerk_elsewhere: Persona, book: Book):
    address = reverse("export_customers")
    rows = cells_of(clerk.client.post(address, {"q": "", "purpose": "audit"}))[1:]
    assert [row[0] for row in rows] == [book.customer.number]
    assert not {book.customer.name, book.customer.id_no, book.customer.mobile} & {str(c) for c in rows[0]}
    assert cells_of(clerk_elsewhere.client.post(address, {"q": "", "purpose": "audit"}))[1:] == []
    logged = AccessLog.objects.filter(access="export").order_by("id")
    assert [entry.staff_id for entry in logged] == [clerk.staff.pk, clerk_elsewhere.staff.pk]


def test_an_export_is_asked_for_by_post_alone(clerk: Persona):
    assert clerk.client.get(reverse("export_customers")).status_code == 405


def test_pages_walk_by_key_without_losing_a_row(clerk: Persona, here: Branch):
    made = [make.make_customer(home_branch=here).number for _ in range(120)]
    seen: list[str] = []
    address = reverse("customers")
    while address:
        page = clerk.client.get(address).context["page"]
        seen += [customer.number for customer in page.rows]
        address = reverse("customers") + page.older if page.older else ""
    assert seen == made[::-1]


def test_a_page_before_leads_back_to_the_first(clerk: Persona, here: Branch):
    for _ in range(60):
        make.make_customer(home_branch=here)
    first = clerk.client.get(reverse("customers")).context["page"]
    second = clerk.client.get(reverse("customers") + first.older).context["page"]
    again = clerk.client.get(reverse("customers") + second.newer).context["page"]
    assert again.rows == first.rows
    assert again.newer == ""
