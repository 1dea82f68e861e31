"""Whose values a page shows as they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from audits.models import Rectification
from customers.models import Customer
from customers.revealing import may_reveal
from policies.models import PolicyParty
from workplace.models import Staff


@dataclass(frozen=True)
class Sight:
    """`revealed`: the reader mends or decides; a child's values ask for a right of their own even then."""

    staff: Staff
    today: date
    revealed: bool

    def shows(self, record: object) -> bool:
        """A party is a child as written on the policy or as the customer that it is."""
        persons = [record, record.customer] if isinstance(record, PolicyParty) else [record]
        return self.revealed and all(
            may_reveal(record=one, staff=self.staff, today=self.today)
            for one in persons
            if isinstance(one, Customer | PolicyParty)
        )


def shows_scans(staff: Staff, today: date, people: Iterable[Customer | PolicyParty]) -> bool:
    """A scan masks nothing: a child among the people asks for the right that its values ask for."""
    sight = Sight(staff, today, revealed=True)
    return all(sight.shows(one) for one in people)


def people_about(kind: str, pk: int) -> list[Customer | PolicyParty]:
    """Whom a file about a customer, a policy or a rectification may show."""
    if kind == "rectification":
        found = Rectification.objects.filter(pk=pk).values_list("customer_id", "policy_id").first()
        customer, policy = found or (None, None)
    else:
        customer, policy = (pk if kind == "customer" else None), (pk if kind == "policy" else None)
    people: list[Customer | PolicyParty] = [*Customer.objects.filter(pk=customer)] if customer else []
    return [*people, *people_on([policy] if policy else [])]


def people_on(policies: Collection[int]) -> list[PolicyParty]:
    parties = PolicyParty.objects.filter(policy__in=policies) if policies else PolicyParty.objects.none()
    return list(parties.select_related("customer"))
