"""What a file says of identity checks and of contact data confirmed with the customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from customers.models import Customer
from workplace.intake.kinds import Row

UPKEEP = (
    "identity_checked_on",
    "identity_check_method",
    "identity_checked_key",
    "identity_check_lapses_on",
    "contact_confirmed_on",
    "own_mobile",
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
