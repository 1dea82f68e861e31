"""Whose values a page shows as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

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
