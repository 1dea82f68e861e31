"""Whether a customer may be contacted now, at what, and what was tried before (requirements 148, 162)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from authenticity.hashing import stable_hash
from authenticity.masking import mask
from customers.choices import ContactChannel, ContactOutcome, ContactPoint, ContactResult
from customers.models import ContactAttempt, Customer, DoNotDisturb

WEEK = timedelta(days=7)
LOOKED_BACK = timedelta(days=90)
CALL, VISIT = ContactChannel.CALL, ContactChannel.VISIT
# What a person may note, and how each may end.
ENDINGS: dict[str, tuple[str, ...]] = {
    ContactChannel.CALL: (
        ContactResult.REACHED,
        ContactResult.NO_ANSWER,
        ContactResult.BUSY,
        ContactResult.WRONG,
        ContactResult.REFUSED,
    ),
    ContactChannel.VISIT: (
        ContactResult.REACHED,
        ContactResult.NO_ANSWER,
        ContactResult.MOVED,
        ContactResult.WRONG,
        ContactResult.REFUSED,
    ),
    ContactChannel.LETTER: (ContactResult.SENT, ContactResult.REACHED, ContactResult.RETURNED),
    ContactChannel.SMS: (ContactResult.SENT, ContactResult.REACHED, ContactResult.RETURNED),
    ContactChannel.MAIL: (ContactResult.SENT, ContactResult.REACHED, ContactResult.RETURNED),
}
POINTS: dict[str, tuple[str, ...]] = {
    ContactChannel.CALL: (ContactPoint.MOBILE, ContactPoint.LANDLINE),
    ContactChannel.VISIT: (ContactPoint.ADDRESS,),
    ContactChannel.LETTER: (ContactPoint.ADDRESS,),
    ContactChannel.SMS: (ContactPoint.MOBILE,),
    ContactChannel.MAIL: (ContactPoint.EMAIL,),
}
# Whom nothing reached was not disturbed by it.
UNDISTURBED = (ContactResult.WRONG, ContactResult.MOVED, ContactResult.RETURNED)


@dataclass(frozen=True)
class ContactRules:
    """How often a customer may be contacted in seven days, and how many failed calls ask for a visit."""

    per_week: int
    calls_before_visit: int


@dataclass
class Standing:
    """One customer at one moment; `week` is newest first."""

    rules: ContactRules
    quiet: list[DoNotDisturb] = field(default_factory=list)
    week: list[ContactAttempt] = field(default_factory=list)
    failed_calls: int = 0
    visited: bool = False

    @property
    def visit_asked(self) -> bool:
        return self.failed_calls >= self.rules.calls_before_visit and not self.visited

    @property
    def full(self) -> bool:
        return len(self.week) >= self.rules.per_week

    @property
    def free_from(self) -> datetime | None:
        """When the next contact may be made; None for now."""
        return self.week[self.rules.per_week - 1].tried_at + WEEK if self.full else None

    @property
    def count_text(self) -> str:
        return ngettext(
            "Contacted %(n)s time in seven days, %(most)s allowed.",
            "Contacted %(n)s times in seven days, %(most)s allowed.",
            len(self.week),
        ) % {"n": len(self.week), "most": self.rules.per_week}

    def refusal(self, channel: str) -> str:
        """Why the customer may not be contacted in this way now; empty when nothing is against it."""
        held = next((one for one in self.quiet if one.channel in ("", channel)), None)
        if held is not None:
            return quiet_text(held)
        if not self.full or (channel == VISIT and self.visit_asked):
            return ""
        last = self.week[0]
        names = {
            "most": self.rules.per_week,
            "by": last.by.name if last.by else _("the system"),
            "at": localtime(last.tried_at).strftime("%Y-%m-%d %H:%M"),
            "from": localtime(self.free_from).strftime("%Y-%m-%d %H:%M"),
        }
        return (
            _(
                "The customer was contacted %(most)s times in seven days, last by %(by)s at %(at)s; the next "
                "contact may be made from %(from)s."
            )
            % names
        )


def quiet_text(held: DoNotDisturb) -> str:
    names = {
        "channel": held.get_channel_display() if held.channel else _("any way"),
        "by": held.recorded_by.name,
        "since": held.since.isoformat(),
        "until": held.until.isoformat() if held.until else _("further notice"),
        "reason": held.reason,
    }
    text = _("Do not disturb by %(channel)s until %(until)s: %(reason)s (noted by %(by)s, %(since)s).")
    return text % names


def standings(customers: Collection[int], *, rules: ContactRules, at: datetime) -> dict[int, Standing]:
    """Of each of these customers, in two queries."""
    rows = ContactAttempt.objects.filter(customer__in=customers, tried_at__gt=at - LOOKED_BACK)
    newest = rows.select_related("by").order_by("-tried_at", "-id")
    return standings_after(newest, customers, rules=rules, at=at)


def standings_after(
    attempts: Iterable[ContactAttempt], customers: Collection[int], *, rules: ContactRules, at: datetime
) -> dict[int, Standing]:
    """By attempts that were read already, newest first."""
    found = {pk: Standing(rules) for pk in customers}
    for held in live_quiet(customers, day=localdate(at)):
        found[held.customer_id].quiet.append(held)
    met: set[int] = set()
    for row in attempts:
        if not (at - LOOKED_BACK < row.tried_at <= at and _disturbs(row)):
            continue
        one = found[row.customer_id]
        if row.tried_at > at - WEEK and row.result not in UNDISTURBED:
            one.week.append(row)
        if row.customer_id not in met:
            _count(one, row, met)
    return found


def standing_of(customer: Customer, *, rules: ContactRules, at: datetime) -> Standing:
    return standings([customer.pk], rules=rules, at=at)[customer.pk]


def _disturbs(row: ContactAttempt) -> bool:
    """Text messages, e-mails and letters of the book count only when a person sent them."""
    sent = row.by_id is not None and row.channel != ContactChannel.DEBIT
    return sent or row.channel in (CALL, VISIT)


def _count(one: Standing, row: ContactAttempt, met: set[int]) -> None:
    """Newest first: what failed counts back to the last time that the customer was met."""
    if row.channel in (CALL, VISIT) and row.outcome == ContactOutcome.DELIVERED:
        met.add(row.customer_id)
    elif row.channel == VISIT:
        one.visited = True
    elif row.channel == CALL and row.outcome == ContactOutcome.FAILED:
        one.failed_calls += 1


def live_quiet(customers: Iterable[int], *, day: date) -> list[DoNotDisturb]:
    rows = DoNotDisturb.objects.filter(
        Q(until__isnull=True) | Q(until__gte=day),
        customer__in=list(customers),
        since__lte=day,
        ended_at__isnull=True,
    )
    return list(rows.prefetch_related("recorded_by").order_by("-id"))


def on_file(customer: Customer) -> dict[str, str]:
    """What the customer can be contacted at, in full: for who may read it."""
    values = {
        ContactPoint.MOBILE: customer.mobile,
        ContactPoint.LANDLINE: customer.landline,
        ContactPoint.EMAIL: customer.email,
        ContactPoint.ADDRESS: customer.address or customer.address_raw,
    }
    return {str(point): value for point, value in values.items() if value}


def masked_on_file(customer: Customer) -> list[tuple[str, str]]:
    """(label, masked) of each."""
    return [(str(ContactPoint(name).label), mask(name, value)) for name, value in on_file(customer).items()]


def key_of(customer: Customer, point: str) -> int | None:
    """The hash of what is on file now, as files of deliveries have it."""
    value = on_file(customer).get(point, "")
    if point == ContactPoint.ADDRESS:
        return customer.address_key or (stable_hash(value) if value else None)
    return stable_hash(value) if value else None


def point_for(customer: Customer, channel: str, wanted: str) -> str:
    """What the customer is tried at by this way; empty where nothing is on file."""
    known: Mapping[str, str] = on_file(customer)
    usable = [point for point in POINTS.get(channel, ()) if point in known]
    if wanted:
        return wanted if wanted in usable else ""
    return usable[0] if usable else ""
