"""Whose record a sample item and a field of it mean, what that record says, and who answers for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from audits.answering import Answer, Answering, of_policy
from audits.models import Finding, SampleItem
from customers.models import Customer
from policies.models import Policy, PolicyParty
from workplace.correctable import correctable, is_correctable

OF_SAMPLE = "#"
"""What follows it in a finding's part tells a reviewer's finding from one that a rule makes."""


@dataclass(frozen=True)
class Spot:
    """A field of one record: `subject` is the finding's column, `name` its field, `row` a policy's party."""

    subject: Customer | Policy
    name: str
    row: str
    kind: str
    record: Any

    @property
    def field(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def held(self) -> str:
        """In normal form; nothing for a field that nobody corrects."""
        if not is_correctable(self.kind, self.field):
            return ""
        return correctable(self.kind).normal(self.record, self.field)

    def normal_of(self, typed: str) -> str:
        """Raises Misshapen for what has no shape."""
        if not is_correctable(self.kind, self.field):
            return typed
        return correctable(self.kind).normal_of(self.record, self.field, typed)


def row_part(part: str) -> str:
    """The row of a policy's parties that a finding names, without what tells a sample's from a rule's."""
    return part.partition(OF_SAMPLE)[0]


def spot_of(item: SampleItem, role: str = "", field: str = "") -> Spot:
    """The customer's where one stands behind the role, else the party as written, else the policy's own."""
    policy = policy_of(item)
    if policy is not None and role:
        party = _party(policy, role)
        if party is not None and party.customer is not None and is_correctable("customer", field):
            return Spot(party.customer, field, "", "customer", party.customer)
        if party is not None:
            return Spot(policy, f"{role}.{field}", _row(party), "party", party)
    if policy is not None and (not field or is_correctable("policy", field)):
        return Spot(policy, field, "", "policy", policy)
    customer = customer_of(item)
    if customer is not None:
        return Spot(customer, field, "", "customer", customer)
    if policy is None:
        raise ValueError("a sample item is of a policy or a customer")
    return Spot(policy, field, "", "policy", policy)


def spot_of_finding(finding: Finding) -> Spot:
    """Read anew, so that it also tells what is written staged."""
    row = row_part(finding.part)
    if finding.customer_id:
        customer = Customer.objects.get(pk=finding.customer_id)
        return Spot(customer, finding.field, "", "customer", customer)
    policy = Policy.objects.get(pk=finding.policy_id or 0)
    parties = PolicyParty.objects.filter(policy=policy) if row else PolicyParty.objects.none()
    party = next((one for one in parties if _row(one) == row), None)
    if party is not None:
        return Spot(policy, finding.field, row, "party", party)
    return Spot(policy, finding.field, "", "policy", policy)


def policy_of(item: SampleItem) -> Policy | None:
    if item.policy is not None:
        return item.policy
    if item.rectification is not None:
        return item.rectification.policy
    return item.change_request.policy if item.change_request is not None else None


def customer_of(item: SampleItem) -> Customer | None:
    if item.customer is not None:
        return item.customer
    if item.change_request is not None:
        return item.change_request.customer
    if item.rectification is not None:
        return item.rectification.customer
    holder = _party(item.policy, "holder") if item.policy is not None else None
    return holder.customer if holder is not None else None


def answer_for(item: SampleItem) -> Answer:
    """The sampled policy's, else whoever answered for the rectification, else the customer's latest."""
    policy = policy_of(item)
    if policy is not None:
        return of_policy(policy)
    if item.rectification is not None:
        return Answer(item.rectification.branch_id, None, item.rectification.agency_id)
    customer = customer_of(item)
    if customer is None:
        raise ValueError("a sample item is of a policy or a customer")
    return Answering({customer.pk: customer}).of_customer(customer.pk, (), "", "")


def _party(policy: Policy, role: str) -> PolicyParty | None:
    rows = PolicyParty.objects.select_related("customer").filter(policy=policy, role=role)
    return rows.order_by("position", "pk").first()


def _row(party: PolicyParty) -> str:
    return ":".join(str(one) for one in (party.role, party.benefit, party.position) if one != "")
