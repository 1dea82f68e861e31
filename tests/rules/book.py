"""A small clean book, and the defects that the tests plant into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from agents.choices import OutletLevel, Standing
from agents.models import Agency, Branch, Outlet, SalesAgent, SellerStanding
from audits.evaluation import evaluate
from authenticity.choices import Stage
from authenticity.resident_id import check_digit
from customers.facts import derive_changes, derive_person
from customers.models import Customer
from policies.choices import PartyRole, Relation
from policies.models import Policy, PolicyParty
from policies.operations.states import refresh_serving_units
from tests.factories import (
    TODAY,
    kept_up,
    make_agency,
    make_branch,
    make_customer,
    make_outlet,
    make_party,
    make_policy,
    make_seller,
    resident_id,
)


@dataclass
class Book:
    """One bank policy: holder, another insured, one beneficiary who stands as written."""

    branch: Branch
    agency: Agency
    agency_branch: Outlet
    outlet: Outlet
    seller: SalesAgent
    holder: Customer
    insured: Customer
    policy: Policy
    insured_party: PolicyParty
    beneficiary: PolicyParty


def clean_book() -> Book:
    branch = make_branch()
    agency = make_agency(branch=branch)
    agency_branch = make_outlet(agency=agency, level=OutletLevel.BRANCH, opened_on=date(2010, 1, 1))
    outlet = make_outlet(agency=agency, parent=agency_branch, opened_on=date(2012, 1, 1))
    seller = make_seller(outlet=outlet)
    SellerStanding.objects.create(seller=seller, standing=Standing.ACTIVE, valid_from=date(2020, 1, 1))
    holder = make_customer(home_branch=branch)
    insured = make_customer(
        home_branch=branch,
        name="周明月",
        sex="F",
        birth_date="1987-03-02",
        id_no=resident_id(born=date(1987, 3, 2), order=122),
    )
    policy = make_policy(seller=seller, holder=holder, **recorded(agency_branch))
    return Book(
        branch=branch,
        agency=agency,
        agency_branch=agency_branch,
        outlet=outlet,
        seller=seller,
        holder=holder,
        insured=insured,
        policy=policy,
        insured_party=make_party(
            policy=policy, customer=insured, role=PartyRole.INSURED, relation=Relation.SPOUSE
        ),
        beneficiary=make_party(policy=policy, role=PartyRole.BENEFICIARY),
    )


def recorded(agency_branch: Outlet) -> dict[str, Any]:
    return {
        "agency_branch": agency_branch,
        "agency_branch_no": agency_branch.number,
        "agency_branch_name": agency_branch.name,
    }


def another_holder(book: Book, **written: Any) -> Customer:
    """A second policyholder with a policy of the same seller."""
    defaults = {
        "name": "吴长河",
        "birth_date": "1979-11-23",
        "id_no": resident_id(born=date(1979, 11, 23)),
        **written,
    }
    other = make_customer(home_branch=book.branch, **defaults)
    make_policy(seller=book.seller, holder=other, **recorded(book.agency_branch))
    return other


def rewrite(customer: Customer, **written: Any) -> None:
    """As a file or a correction would write these source fields, verified and confirmed."""
    columns = derive_changes(customer, written)
    Customer.objects.filter(pk=customer.pk).update(**columns, **kept_up(columns))
    customer.refresh_from_db()


def rewrite_party(party: PolicyParty, **written: Any) -> None:
    given = {"id_type": party.id_type, "id_no": party.id_no_raw, **written}
    PolicyParty.objects.filter(pk=party.pk).update(**derive_person(given))


def amend(record: Any, **columns: Any) -> None:
    type(record).objects.filter(pk=record.pk).update(**columns)
    record.refresh_from_db()
    if isinstance(record, Policy):
        refresh_serving_units(policy_ids=[record.pk])
    if isinstance(record, PolicyParty):
        refresh_serving_units(policy_ids=[record.policy_id])


def beneficiary_with(book: Book, share: str | None, *, position: int = 2, order: int = 1) -> PolicyParty:
    return make_party(
        policy=book.policy,
        role=PartyRole.BENEFICIARY,
        position=position,
        order=order,
        share=None if share is None else Decimal(share),
        name="赵二",
        id_no=resident_id(born=date(1985, 6, 15)),
    )


def codes_found(**scope: Any) -> set[str]:
    return {hit.rule.code for hit in evaluate(stage=Stage.BOOK, today=TODAY, **scope)}


def places_found(**scope: Any) -> set[tuple[str, str]]:
    return {(hit.rule.code, hit.field) for hit in evaluate(stage=Stage.BOOK, today=TODAY, **scope)}


def wrong_check_digit(number: str) -> str:
    return number[:-1] + ("1" if number[-1] != "1" else "2")


def with_check_digit(seventeen: str) -> str:
    return seventeen + check_digit(seventeen)
