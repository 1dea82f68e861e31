"""Who answers for a defect (requirement of DESIGN §2): read for a chunk of subjects in a few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from agents.models import Agency, SalesAgent
from customers.models import Customer
from policies.choices import Designation, PartyRole
from policies.models import Policy, PolicyParty
from policies.rules.scope import in_scope


@dataclass(frozen=True)
class Answer:
    branch_id: int
    policy_id: int | None = None
    agency_id: int | None = None
    seller_id: int | None = None
    issued_on: date | None = None


@dataclass(frozen=True)
class Place:
    """A customer's role on a policy in scope, and what that policy's form says."""

    role: str
    named: bool
    answer: Answer
    says: Mapping[str, Any]


class Answering:
    """The places of some customers, latest policy first."""

    def __init__(self, customers: Mapping[int, Customer]) -> None:
        self._customers = customers
        self._places: defaultdict[int, list[Place]] = defaultdict(list)
        rows = PolicyParty.objects.filter(in_scope("policy__"), customer__in=list(customers)).values_list(
            "customer_id",
            "role",
            "designation",
            "policy_id",
            "policy__branch_id",
            "policy__agency_id",
            "policy__seller_id",
            "policy__applied_on",
            "policy__application_form__says_normal",
            "policy__issued_on",
            "policy__effective_on",
        )
        for row in sorted(rows, key=lambda row: (row[7] or date.min, row[3]), reverse=True):
            customer, role, designation, policy, branch, agency, seller, applied, says, *days = row
            named = role != PartyRole.BENEFICIARY or designation != Designation.STATUTORY
            answer = Answer(branch, policy, agency, seller, sold_on(*days, applied))
            self._places[customer].append(Place(role, named, answer, says or {}))

    def places(self, customer_id: int, roles: Collection[str]) -> list[Place]:
        """Those in these roles, in any where none is named."""
        found = self._places[customer_id]
        return [place for place in found if place.named and (not roles or place.role in roles)]

    def of_customer(self, customer_id: int, roles: Collection[str], field: str, value: str) -> Answer:
        """The latest policy whose form says the value; else the latest in scope; else the home branch."""
        places = self.places(customer_id, roles)
        for place in places if value else ():
            if place.says.get(f"{place.role}.{field}") == value:
                return place.answer
        if places:
            return places[0].answer
        return Answer(self._customers[customer_id].home_branch_id)

    def ended(self, customer_id: int, roles: Collection[str]) -> bool:
        """No policy in scope is left on which the customer stands in one of these roles."""
        return not self.places(customer_id, roles)


def of_policy(policy: Policy) -> Answer:
    sold = sold_on(policy.issued_on, policy.effective_on, policy.applied_on)
    return Answer(policy.branch_id, policy.pk, policy.agency_id, policy.seller_id, sold)


def of_seller(seller: SalesAgent) -> Answer:
    return Answer(seller.branch_id, None, seller.agency_id, seller.pk)


def of_agency(agency: Agency) -> Answer:
    return Answer(agency.branch_id, None, agency.pk)


def sold_on(*days: date | None) -> date | None:
    """The first day that is known: of issue, else of effect, else of application."""
    return next((day for day in days if day), None)
