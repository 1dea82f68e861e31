"""A contact made for a rectification: in the customer's log, on the timeline, as the first reply."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from audits.choices import RectificationState, TimelineKind
from audits.contact_log import contact_rules, customer_to_ask
from audits.dialling import DIALLED, contradicted, refusal
from audits.models import Rectification
from audits.operations.rectifications import note_reply, write_line
from audits.standing_in import acts_for_owner
from audits.transitions import StepRefused, origin_of
from customers.contacts import point_for
from customers.models import ContactAttempt, Customer
from customers.operations.contacts import ContactRefused, record_contact
from workplace.models import Staff


def contact_customer(
    *,
    customer: Customer,
    channel: str,
    result: str,
    actor: Staff,
    at: datetime,
    point: str = "",
    note: str = "",
    asked: str = "",
    tried_at: datetime | None = None,
    origin: str = "",
) -> ContactAttempt:
    """As the settings allow it, at no number that the application form contradicts. Raises ContactRefused."""
    tried = point_for(customer, channel, point)
    if channel in DIALLED and tried in contradicted([customer.pk]).get(customer.pk, ()):
        raise ContactRefused(refusal())
    return record_contact(
        customer=customer,
        channel=channel,
        point=tried or point,
        result=result,
        note=note,
        asked=asked,
        tried_at=tried_at,
        origin=origin,
        rules=contact_rules(),
        actor=actor,
        at=at,
    )


def contact_for_rectification(
    *,
    rectification: Rectification,
    channel: str,
    result: str,
    actor: Staff,
    at: datetime,
    point: str = "",
    note: str = "",
    asked: str = "",
    tried_at: datetime | None = None,
) -> ContactAttempt:
    """By its owner or who stands in; raises StepRefused and ContactRefused."""
    customer = _asked(rectification, actor, at)
    with transaction.atomic():
        attempt = contact_customer(
            customer=customer,
            channel=channel,
            point=point,
            result=result,
            note=note,
            asked=asked,
            tried_at=tried_at,
            origin=origin_of(rectification),
            actor=actor,
            at=at,
        )
        note_reply(rectification=rectification, at=at)
        write_line(
            rectification=rectification,
            kind=TimelineKind.NOTE,
            action="contact",
            actor=actor,
            at=at,
            reason=attempt.note,
            channel=channel,
            result=result,
        )
    return attempt


def _asked(rectification: Rectification, actor: Staff, at: datetime) -> Customer:
    works = acts_for_owner(rectification=rectification, actor=actor, at=at)
    if not works or rectification.state == RectificationState.CLOSED:
        raise StepRefused(_("Only its owner may do this."))
    customer = customer_to_ask(rectification)
    if customer is None:
        raise StepRefused(_("No customer stands behind it."))
    return customer
