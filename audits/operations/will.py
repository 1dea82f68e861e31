"""The customer's will behind a change, and the confirmation that an oral source needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.utils.translation import gettext as _

from agents.models import SalesAgent
from audits.choices import Applicant, Will
from audits.models import Rectification
from audits.models.willed import WilledByCustomer
from audits.will import IN_PERSON, ORAL, CustomersWill, said_beside
from customers.choices import ContactChannel, ContactResult
from customers.models import ContactAttempt, Customer
from workplace.blame import Change, last_written
from workplace.correctable import correctable
from workplace.models import Correction, Staff

COLUMNS = ("will", "applicant", "applied_on", "handled_by")
SPOKEN_TO = (ContactChannel.CALL, ContactChannel.VISIT)


def keep_will(willed: WilledByCustomer, will: CustomersWill) -> bool:
    """Writes what differs, finished or not; whether anything did."""
    given = {"will": will.will, "applicant": will.applicant, "applied_on": will.applied_on}
    changed = any(getattr(willed, name) != value for name, value in given.items())
    changed = changed or willed.handled_by_id != (will.handled_by.pk if will.handled_by else None)
    if changed:
        for name, value in given.items():
            setattr(willed, name, value)
        willed.handled_by = will.handled_by
        willed.save(update_fields=COLUMNS)
    return changed


def keep_beside(
    rectification: Rectification,
    *,
    note: str | None,
    will: CustomersWill | None,
    seen: str | None,
    actor: Staff,
) -> Change | None:
    """Writes note and will. What somebody else has written there since `seen` stays; that change is told."""
    current = Rectification.objects.get(pk=rectification.pk)
    if seen is not None and said_beside(current) != seen:
        change = last_written(current, ("draft_note", "will", "applicant", "applied_on", "handled_by_id"))
        if change.who not in (None, actor.pk):
            return change
    if note is not None and note.strip() != rectification.draft_note:
        rectification.draft_note = note.strip()
        rectification.save(update_fields=["draft_note"])
    if will is not None:
        keep_will(rectification, will)
    return None


def will_gaps(willed: WilledByCustomer, *, customers: Collection[int], today: date) -> list[str]:
    """What is missing or cannot be; empty when the customer's will is known (requirements 100, 114)."""
    if willed.will not in Will.values:
        return [_("Say how it is known that the customer wants this change.")]
    gaps: list[str] = []
    if willed.applicant not in Applicant.values:
        gaps.append(_("Say who applied for this change."))
    if willed.applied_on is None:
        gaps.append(_("Say on which day it was applied for."))
    elif willed.applied_on > today:
        gaps.append(_("The day of the application lies in the future."))
    if willed.handled_by is not None:
        gaps += _handed_in(willed, willed.handled_by, customers)
    return gaps


def _handed_in(willed: WilledByCustomer, seller: SalesAgent, customers: Collection[int]) -> list[str]:
    """A seller may carry an application, never apply: neither in another's name nor for what is theirs."""
    gaps: list[str] = []
    if willed.will in IN_PERSON:
        gaps.append(
            _(
                "Who comes in person or uses the own account needs no seller to hand it in;"
                " take one of them out."
            )
        )
    if willed.applicant == Applicant.PROXY:
        gaps.append(
            _(
                "A seller who hands it in may not apply for the customer:"
                " the customer or a guardian must apply."
            )
        )
    own = Customer.objects.filter(pk__in=customers, id_key=seller.id_norm) if seller.id_norm else None
    if own is not None and own.exists():
        gaps.append(_("The seller who hands it in is the customer; somebody else must hand it in."))
    return gaps


def source_gaps(
    corrections: Iterable[Correction], *, customers: Collection[int], since: datetime
) -> list[tuple[str, str]]:
    """(field, what is missing) of values without a source, or with an oral one that nobody confirmed."""
    gaps: list[tuple[str, str]] = []
    spoken: bool | None = None
    for row in corrections:
        names = {"field": correctable(row.record_kind).fields[row.field].label}
        if not row.source_channel:
            gaps.append((row.field, _("Say where the new “%(field)s” comes from.") % names))
        elif row.source_channel in ORAL and not row.note:
            spoken = was_spoken_to(customers, since=since) if spoken is None else spoken
            if not spoken:
                text = _("The new “%(field)s” was only said: note a call that reached the customer, or who "
                         "confirmed it and when.")  # fmt: skip
                gaps.append((row.field, text % names))
    return gaps


def was_spoken_to(customers: Collection[int], *, since: datetime) -> bool:
    """The contact log holds a call or visit that reached one of them."""
    return spoken_to(customers, since=since) is not None


def has_reached(attempt: ContactAttempt) -> bool:
    """A call or visit that reached the customer."""
    return attempt.channel in SPOKEN_TO and attempt.result == ContactResult.REACHED


def spoken_to(customers: Collection[int], *, since: datetime) -> ContactAttempt | None:
    """The latest call or visit that reached one of them."""
    found = ContactAttempt.objects.filter(
        customer__in=customers, channel__in=SPOKEN_TO, result=ContactResult.REACHED, tried_at__gte=since
    )
    return found.order_by("-tried_at").first()
