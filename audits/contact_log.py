"""The contact log as pages show it: what was tried at a customer, and whether the next try may be made."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects

from audits.models import Rectification
from audits.queries import rectification_settings
from customers.choices import ContactChannel, ContactPoint, ContactResult
from customers.contacts import ENDINGS, ContactRules, Standing, masked_on_file, on_file, standings_after
from customers.models import ContactAttempt, Customer
from policies.choices import PartyRole
from policies.models import PolicyParty
from workplace.models import Staff

SEE, ADD = "customers.view_contactattempt", "customers.add_contactattempt"
QUIET = "customers.add_donotdisturb"
SHOWN = 30
# Far more than the rules look back on.
LATEST = 200


@dataclass(frozen=True)
class ContactLog:
    """Newest first; everything that is shown of numbers is masked."""

    customer: Customer
    standing: Standing
    attempts: Sequence[ContactAttempt]
    on_file: list[tuple[str, str]]

    @property
    def ways(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """By channel, how it may have ended: `call:reached`."""
        return [
            (
                str(ContactChannel(way).label),
                [(f"{way}:{end}", str(ContactResult(end).label)) for end in ends],
            )
            for way, ends in ENDINGS.items()
        ]

    @property
    def channels(self) -> list[tuple[str, str]]:
        return [(way, str(ContactChannel(way).label)) for way in ENDINGS]

    @property
    def phones(self) -> list[tuple[str, str]]:
        """Shown only where there is something to choose."""
        known = on_file(self.customer)
        both = [point for point in (ContactPoint.MOBILE, ContactPoint.LANDLINE) if point in known]
        return [(str(point), str(point.label)) for point in both] if len(both) > 1 else []

    @property
    def refused(self) -> list[str]:
        """Why not now, each reason once."""
        texts = [self.standing.refusal(way) for way in ENDINGS]
        return list(dict.fromkeys(text for text in texts if text))


def contact_rules() -> ContactRules:
    settings = rectification_settings()
    return ContactRules(settings.contacts_per_week, settings.calls_before_visit)


def log_of(customer: Customer, attempts: Sequence[ContactAttempt], *, at: datetime) -> ContactLog:
    """Of a customer whom the reader may see, with the latest attempts."""
    known = standings_after(attempts, [customer.pk], rules=contact_rules(), at=at)
    return ContactLog(customer, known[customer.pk], attempts[:SHOWN], masked_on_file(customer))


def attempts_of(customers: Collection[int], shown: int = LATEST) -> list[ContactAttempt]:
    rows = ContactAttempt.objects.filter(customer__in=customers).select_related("by")
    return list(rows.order_by("-tried_at", "-id")[:shown])


def attempts_on_policy(policy_id: int, staff: Staff) -> list[ContactAttempt]:
    """Of every person on it whom the reader may see: the history belongs to the customer, not the policy."""
    people = PolicyParty.objects.filter(policy_id=policy_id, customer__isnull=False).values("customer")
    seen = Customer.objects.visible_to(staff).filter(pk__in=people)
    attempts = attempts_of(list(seen.order_by().values_list("pk", flat=True)), SHOWN)
    prefetch_related_objects(attempts, "customer")
    return attempts


def customer_to_ask(rectification: Rectification) -> Customer | None:
    """Its customer, or the holder of its policy."""
    if rectification.customer is not None or rectification.policy_id is None:
        return rectification.customer
    holders = PolicyParty.objects.filter(policy_id=rectification.policy_id, role=PartyRole.HOLDER)
    found = holders.filter(customer__isnull=False, customer__merged_into__isnull=True)
    party = found.select_related("customer").first()
    return party.customer if party else None
