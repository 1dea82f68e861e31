"""What people note of calls, visits, letters and messages, and who does not want to be disturbed."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pghistory
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from customers.choices import ContactOutcome, ContactResult
from customers.contacts import ENDINGS, ContactRules, key_of, point_for, standing_of
from customers.models import ContactAttempt, Customer, DoNotDisturb
from customers.operations.contact_attempts import refresh_failed_contacts
from workplace.models import Staff

ARRIVED = (ContactResult.REACHED, ContactResult.REFUSED)
OLDEST = timedelta(days=30)
LATEST = timedelta(days=366)
PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}[ -]?\d{7,8})(?!\d)")


class ContactRefused(Exception):
    """The customer may not be contacted so, or it cannot be noted so; its text says why."""


def record_contact(
    *,
    customer: Customer,
    channel: str,
    result: str,
    rules: ContactRules,
    actor: Staff,
    at: datetime,
    point: str = "",
    note: str = "",
    origin: str = "",
    asked: str = "",
    tried_at: datetime | None = None,
) -> ContactAttempt:
    """One attempt at what is on file, for good; failures in a row follow.

    `asked` says that and how the customer wanted this contact: then neither the cap nor a wish not to be
    disturbed stands against it. Raises ContactRefused.
    """
    moment, note, asked = tried_at or at, note.strip()[:300], asked.strip()[:100]
    _check_said(channel, result, note, moment, at)
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="contact"):
        found = _locked(customer, actor)
        tried, key = _target(found, channel, point)
        refusal = standing_of(found, rules=rules, at=moment).refusal(channel)
        if refusal and not asked:
            raise ContactRefused(refusal)
        said = {"outcome": _outcome(result), "result": result, "reason": asked, "note": note}
        attempt = ContactAttempt.objects.create(
            **{"customer": found, "channel": channel, "point": tried, "key": key, **said},
            by=actor,
            origin=origin[:40],
            tried_at=moment,
            recorded_at=at,
        )
        refresh_failed_contacts(customer_ids={found.pk})
    return attempt


def _target(customer: Customer, channel: str, point: str) -> tuple[str, int]:
    tried = point_for(customer, channel, point)
    key = key_of(customer, tried) if tried else None
    if key is None:
        raise ContactRefused(
            _("Nothing is on file for this way of contact; another number or address needs a change first.")
        )
    return tried, key


def _outcome(result: str) -> str:
    """Empty for what was sent: whether it arrived is not known yet, it neither fails nor mends anything."""
    if result == ContactResult.SENT:
        return ""
    return ContactOutcome.DELIVERED if result in ARRIVED else ContactOutcome.FAILED


def _check_said(channel: str, result: str, note: str, moment: datetime, at: datetime) -> None:
    if result not in ENDINGS.get(channel, ()):
        raise ContactRefused(_("Say in which way the customer was contacted and how it ended."))
    if moment > at or moment < at - OLDEST:
        raise ContactRefused(_("A contact lies in the past, by thirty days at most."))
    if PHONE.search(note):
        raise ContactRefused(
            _("The note holds a telephone number. Only the number on file is called; another one needs a "
              "change first.")
        )  # fmt: skip


def _locked(customer: Customer, actor: Staff) -> Customer:
    """Two people at once are counted one after the other."""
    seen = Customer.objects.visible_to(actor).filter(pk=customer.pk)
    found = Customer.objects.select_for_update(of=("self",)).filter(pk__in=seen.order_by().values("pk"))
    one = found.first()
    if one is None:
        raise ContactRefused(_("This customer is out of your reach."))
    return one


def ask_for_quiet(
    *,
    customer: Customer,
    reason: str,
    actor: Staff,
    at: datetime,
    channel: str = "",
    until: date | None = None,
) -> DoNotDisturb:
    """From today, by one way or any; what was noted for the same way ends. Raises ContactRefused."""
    today, reason = localdate(at), reason.strip()[:200]
    if channel and channel not in ENDINGS:
        raise ContactRefused(_("Choose a way of contact."))
    if not reason:
        raise ContactRefused(_("Say why the customer does not want to be disturbed."))
    if until is not None and not today <= until <= today + LATEST:
        raise ContactRefused(_("The last day lies between today and a year from now; or leave it open."))
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="do not disturb"):
        found = _locked(customer, actor)
        for earlier in DoNotDisturb.objects.filter(customer=found, channel=channel, ended_at__isnull=True):
            earlier.ended_at = at
            earlier.save(update_fields=["ended_at"])
        return DoNotDisturb.objects.create(
            customer=found,
            channel=channel,
            since=today,
            until=until,
            reason=reason,
            recorded_by=actor,
            recorded_at=at,
        )


def end_quiet(*, quiet: DoNotDisturb, actor: Staff, at: datetime) -> DoNotDisturb:
    """The customer may be contacted again. Raises ContactRefused when it ended before."""
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="do not disturb"):
        _locked(quiet.customer, actor)
        found: DoNotDisturb = DoNotDisturb.objects.select_for_update(of=("self",)).get(pk=quiet.pk)
        if found.ended_at is not None:
            raise ContactRefused(_("It ended already."))
        found.ended_at = at
        found.save(update_fields=["ended_at"])
    return found
