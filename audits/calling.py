"""Whom one has to contact for one's rectifications: what is wrong, what to ask, and who may not be called."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce

from audits.contact_log import contact_rules
from audits.dialling import contradicted, refusal
from audits.models import Rectification
from audits.wording import field_label, finding_remedy, finding_text
from audits.worklists import AT_WORK, mine, with_lines
from authenticity.masking import mask
from customers.choices import ContactChannel, ContactPoint, ContactResult
from customers.contacts import Standing, on_file, standings
from customers.models import ContactAttempt, Customer
from workplace.models import Staff

MOST = 100
PHONES = (ContactPoint.MOBILE, ContactPoint.LANDLINE)


@dataclass
class ToCall:
    """One customer with everything that one has to ask."""

    customer: Customer
    standing: Standing
    rectifications: list[Rectification] = field(default_factory=list)
    wrong: list[tuple[str, str, str]] = field(default_factory=list)
    contradicted: frozenset[str] = frozenset()

    @property
    def due_on(self) -> date | None:
        return self.rectifications[0].due_on

    @property
    def paused_at(self) -> datetime | None:
        return self.rectifications[0].paused_at

    @property
    def refusal(self) -> str:
        """Why the customer may not be called now."""
        way = ContactChannel.VISIT if self.standing.visit_asked else ContactChannel.CALL
        if way == ContactChannel.CALL and self.contradicted and not self.phones(full=False):
            return refusal()
        return self.standing.refusal(way)

    def phones(self, *, full: bool) -> list[tuple[str, str]]:
        """Those that may be dialled."""
        known = on_file(self.customer)
        return [
            (str(point.label), known[point] if full else mask(point, known[point]))
            for point in PHONES
            if point in known and point not in self.contradicted
        ]


def to_call(staff: Staff, *, at: datetime) -> tuple[list[ToCall], list[ToCall]]:
    """Who may be called now, soonest due first, and who may not; at most a hundred rectifications."""
    met = ContactAttempt.objects.filter(
        customer=OuterRef("customer"),
        channel__in=(ContactChannel.CALL, ContactChannel.VISIT),
        result=ContactResult.REACHED,
        tried_at__gte=Coalesce(OuterRef("assigned_at"), OuterRef("opened_at")),
    )
    rows = mine(staff).filter(~Exists(met), state__in=AT_WORK, customer__merged_into__isnull=True)
    ordered = with_lines(rows.filter(customer__isnull=False)).order_by(F("due_on").asc(nulls_last=True), "pk")
    return _split(list(ordered[:MOST]), at)


def _split(rows: list[Rectification], at: datetime) -> tuple[list[ToCall], list[ToCall]]:
    people = {row.customer_id: row.customer for row in rows if row.customer is not None}
    known = standings([pk for pk in people if pk], rules=contact_rules(), at=at)
    otherwise = contradicted(list(known))
    found: dict[int, ToCall] = {}
    for row in rows:
        if row.customer is None:
            continue
        pk = row.customer.pk
        numbers = frozenset(otherwise.get(pk, ()))
        one = found.setdefault(pk, ToCall(row.customer, known[pk], contradicted=numbers))
        one.rectifications.append(row)
        for finding in getattr(row, "open_findings", []):
            one.wrong.append((field_label(finding), finding_text(finding), finding_remedy(finding)))
    refused = [one for one in found.values() if one.refusal]
    return [one for one in found.values() if not one.refusal], refused
