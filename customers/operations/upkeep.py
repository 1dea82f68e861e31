"""Identity checks and contact data confirmed with the customer, as a file or a person says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import pghistory
from django.db import transaction
from django.utils.translation import gettext as _

from customers.facts import normal_in
from customers.models import Customer
from workplace.choices import LedgerEvent, Whose
from workplace.intake.hits import after_value
from workplace.intake.kinds import Row
from workplace.ledger import entry_of
from workplace.models import LedgerEntry, Staff, UploadedFile

CHECK = (
    "identity_checked_on",
    "identity_check_method",
    "identity_checked_key",
    "identity_check_lapses_on",
)
UPKEEP = (*CHECK, "contact_confirmed_on", "own_mobile")

IDENTITY_FIELDS = ("name", "sex", "birth_date", "id_type", "id_no", "id_valid_from", "id_valid_to")
CONTACTS = ("mobile", "landline", "address", "postcode", "email")


class NothingConfirmed(Exception):
    """None of the fields has a value that could be confirmed."""


class SeenChanged(Exception):
    """The record is no longer the one that was seen; its text says so."""


def record_identity_check(
    *,
    customer: Customer,
    on: date,
    method: str,
    source_channel: str = "",
    reference: str = "",
    evidence: UploadedFile | None = None,
    seen_version: int | None = None,
    actor: Staff | None,
    at: datetime,
) -> Customer:
    """The document was compared with the person; a check that lapses with it, and a word in the ledger.

    Raises SeenChanged when the record is no longer the one that was seen.
    """
    with transaction.atomic(), pghistory.context(actor=actor.pk if actor else None, cause="identity check"):
        found = _locked(customer, seen_version)
        if found.identity_checked_on is None or on >= found.identity_checked_on or not _holds(found):
            check_identity(found, on=on, method=method)
        _store(found, CHECK)
        _verified(
            found, IDENTITY_FIELDS, {}, actor=actor, at=at, source_channel=source_channel, method=method,
            reference=reference, evidence=evidence,
        )  # fmt: skip
        after_value("customer", found.pk, at, actor)
    return found


def confirm_contacts(
    *,
    customer: Customer,
    on: date,
    whose: Mapping[str, str],
    source_channel: str,
    reference: str = "",
    seen_version: int | None = None,
    actor: Staff | None,
    at: datetime,
) -> Customer:
    """The customer has confirmed these contacts, each with whose it is.

    Raises NothingConfirmed, and SeenChanged when the record is no longer the one that was seen.
    """
    with (
        transaction.atomic(),
        pghistory.context(actor=actor.pk if actor else None, cause="contacts confirmed"),
    ):
        found = _locked(customer, seen_version)
        fields = [field for field in CONTACTS if field in whose and normal_in(found, field)]
        if not fields:
            raise NothingConfirmed
        if found.contact_confirmed_on is None or on > found.contact_confirmed_on:
            found.contact_confirmed_on = on
        if "mobile" in fields:
            found.own_mobile = found.mobile if whose["mobile"] == Whose.OWN else ""
        _store(found, ("contact_confirmed_on", "own_mobile"))
        _verified(
            found, fields, whose, actor=actor, at=at, source_channel=source_channel, reference=reference
        )
        after_value("customer", found.pk, at, actor)
    return found


def _holds(customer: Customer) -> bool:
    """The check on record is of the number that stands there now."""
    return customer.identity_checked_key == (customer.id_key or customer.id_no)


def _locked(customer: Customer, seen_version: int | None) -> Customer:
    found = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    if seen_version is not None and found.version != seen_version:
        raise SeenChanged(_("Somebody changed this meanwhile; look at it again."))
    return found


def _store(customer: Customer, columns: Sequence[str]) -> None:
    customer.version += 1
    customer.save(update_fields=[*columns, "version"])


def _verified(
    customer: Customer,
    fields: Sequence[str],
    whose: Mapping[str, str],
    *,
    actor: Staff | None,
    at: datetime,
    source_channel: str = "",
    method: str = "",
    reference: str = "",
    evidence: UploadedFile | None = None,
) -> None:
    held = {field: normal_in(customer, field) for field in fields}
    LedgerEntry.objects.bulk_create(
        entry_of(
            kind="customer",
            record_id=customer.pk,
            field=field,
            event=LedgerEvent.VERIFIED,
            normal=normal,
            at=at,
            by=actor,
            whose=whose.get(field, ""),
            source_channel=source_channel,
            method=method,
            reference=reference,
            evidence=evidence,
        )
        for field, normal in held.items()
        if normal
    )


def keep_up(rows: Sequence[Row]) -> None:
    """Sets the upkeep columns of the rows' records, whose other values stand already.

    Days only move forward: what was confirmed here is not undone by a file that does not know it. A check
    counts for the document number and the validity on record when it is written.
    """
    for row in rows:
        customer: Customer = row.record
        checked, confirmed = row.values.get("identity_checked_on"), row.values.get("contact_confirmed_on")
        if _later(checked, customer.identity_checked_on):
            check_identity(customer, on=checked, method=row.value("identity_check_method"))
        if _later(confirmed, customer.contact_confirmed_on):
            customer.contact_confirmed_on = confirmed
        own = row.values.get("mobile_own")
        if own is not None and _mobile_in(row) == customer.mobile:
            customer.own_mobile = customer.mobile if own else ""


def check_identity(customer: Customer, *, on: date | None, method: str) -> None:
    """Sets the columns without storing them; a long-term document's check does not lapse."""
    customer.identity_checked_on = on
    customer.identity_check_method = method
    customer.identity_checked_key = customer.id_key or customer.id_no
    customer.identity_check_lapses_on = None if customer.id_long_term else customer.id_valid_to


def _later(said: date | None, held: date | None) -> bool:
    return said is not None and (held is None or said > held)


def _mobile_in(row: Row) -> str:
    """A file without the mobile speaks of the one on record."""
    part = row.values.get("mobile")
    return str(part["mobile"] if part is not None else row.record.mobile)
