"""What stands beside each field of a customer: how and when its value was verified, or which file says it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from customers.choices import CheckMethod
from customers.facts import normal_in
from customers.models import Customer
from customers.personal import Standing
from workplace.choices import LedgerEvent
from workplace.ledger import fingerprint, latest_of
from workplace.models import LedgerEntry


def standings_of(customer: Customer, fields: Iterable[str]) -> dict[str, Standing]:
    """For every field that has a value, in one query."""
    entries = latest_of("customer", [customer.pk])
    held = {field: normal_in(customer, field) for field in fields}
    return {
        field: _standing(customer, field, normal, entries.get((customer.pk, field)))
        for field, normal in held.items()
        if normal
    }


def _standing(customer: Customer, field: str, normal: str, entry: LedgerEntry | None) -> Standing:
    if entry is not None and entry.event == LedgerEvent.CONTRADICTED:
        return Standing(_("A newer file says otherwise, %(day)s") % {"day": _day(entry)}, doubted=True)
    if entry is None or entry.value_hash != fingerprint(field, normal):
        return Standing(_as_brought(customer))
    texts = {
        LedgerEvent.VERIFIED: _("Verified %(day)s by %(who)s"),
        LedgerEvent.CHANGED: _("Changed %(day)s by %(who)s"),
    }
    who = entry.by.name if entry.by else _("the system")
    told = texts[LedgerEvent(entry.event)] % {"day": _day(entry), "who": who}
    return Standing(" · ".join([told, *details_of(entry)]))


def details_of(entry: LedgerEntry) -> list[str]:
    """Source, method and whose, where they are known."""
    known = [entry.get_source_channel_display() if entry.source_channel else "", method_of(entry)]
    whose = str(entry.get_whose_display()) if entry.whose else ""
    return [str(text) for text in (*known, whose) if text]


def method_of(entry: LedgerEntry) -> str:
    return str(dict(CheckMethod.choices).get(entry.method, entry.method))


def _as_brought(customer: Customer) -> str:
    day = localtime(customer.extracted_at).date().isoformat() if customer.extracted_at else ""
    if customer.batch_id:
        return _("As import %(number)s of %(day)s says") % {"number": customer.batch_id, "day": day}
    return _("As the core system said on %(day)s") % {"day": day}


def _day(entry: LedgerEntry) -> str:
    return localtime(entry.at).date().isoformat()
