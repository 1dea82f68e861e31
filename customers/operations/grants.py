"""Sight of one customer for one person, from one source, until it ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from customers.choices import GrantSource
from customers.models import Customer, CustomerGrant
from workplace.ids import Among
from workplace.models import Staff
from workplace.operations.staff import recorded

GIVE = """
    INSERT INTO customers_customergrant (staff_id, customer_id, source, source_id, granted_at)
    SELECT given.staff, given.customer, %s, given.place, %s
      FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS given (staff, customer, place)
"""


def grant_customer(
    *,
    staff: Staff,
    customer: Customer,
    source: str,
    source_id: int,
    actor: Staff | None,
    at: datetime,
    expires_at: datetime | None,
) -> CustomerGrant:
    """Once per source; granting again moves the expiry."""
    with transaction.atomic(), recorded(actor, "customer granted"):
        grant, _made = CustomerGrant.objects.update_or_create(
            staff=staff,
            customer=customer,
            source=GrantSource(source),
            source_id=source_id,
            ended_at=None,
            defaults={"expires_at": expires_at},
            create_defaults={"granted_at": at, "expires_at": expires_at},
        )
    return grant


def end_grants(*, source: str, source_id: int, at: datetime, staff: Staff | None = None) -> int:
    """Ends what that one source gave; what another source gave to the same person stays."""
    live = CustomerGrant.objects.filter(source=source, source_id=source_id, ended_at__isnull=True)
    if staff is not None:
        live = live.filter(staff=staff)
    with transaction.atomic(), recorded(None, "grant ended"):
        return live.update(ended_at=at)


def change_grants(
    *,
    source: str,
    source_ids: Sequence[int],
    given: Sequence[tuple[int, int, int]],
    actor: Staff | None,
    at: datetime,
) -> None:
    """Ends what those sources gave, and gives anew: (person, customer, source); two statements for all."""
    live = CustomerGrant.objects.filter(Among("source_id", source_ids), source=source, ended_at__isnull=True)
    with transaction.atomic(), recorded(None, "grant ended"):
        live.update(ended_at=at)
    if not given:
        return
    staff, customers, places = (list(column) for column in zip(*given, strict=True))
    with transaction.atomic(), recorded(actor, "customer granted"), connection.cursor() as cursor:
        cursor.execute(GIVE, [source, at, staff, customers, places])


def end_grants_of(staff: Staff, actor: Staff, at: datetime) -> None:
    """For somebody who leaves."""
    with recorded(actor, "staff left"):
        CustomerGrant.objects.filter(staff=staff, ended_at__isnull=True).update(ended_at=at)
