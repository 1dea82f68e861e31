"""Writes customers from rows of a file, and derives their facts anew when the fact code changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from agents.models import Branch
from agents.operations.records import in_both, place, plain, reference
from agents.operations.scope import writing_reach
from customers.facts import FACTS_VERSION, SOURCE_FIELDS, derive, written_of
from customers.models import Customer
from customers.operations.upkeep import UPKEEP, keep_up
from workplace.intake.kinds import Row, WriteContext
from workplace.intake.upsert import Upsert, by_key, ids_by
from workplace.intake.write import writing
from workplace.models import Staff


def write_customers(rows: Sequence[Row], context: WriteContext) -> None:
    reach = writing_reach(context.actor)
    branches = ids_by(Branch.objects.all(), "number", [str(row.value("home_branch")) for row in rows])
    found = by_key(Customer.objects.all(), "number", [row.key for row in rows])
    for row in rows:
        known = found.get(row.key)
        branch_id = reference(row, "home_branch", branches)
        in_both(row, reach, branch_id, known.home_branch_id if known else branch_id)
        plain(row, "number")
        place(row, "home_branch", {"home_branch_id": branch_id})
        if row.value("business_stage"):
            plain(row, "business_stage")
        for field in SOURCE_FIELDS:
            if field in row.values:
                row.columns[field] = row.values[field]
        if known is None:
            row.columns["facts_version"] = {"facts_version": FACTS_VERSION}
    upsert = Upsert(
        model=Customer,
        rows=rows,
        context=context,
        record_kind="customer",
        finish=lambda records: keep_up(_rows_of(records, rows)),
        derived=UPKEEP,
    )
    upsert.load(found)
    upsert.write()


def _rows_of(records: Sequence[Customer], rows: Sequence[Row]) -> list[Row]:
    asked = {id(record) for record in records}
    return [row for row in rows if id(row.record) in asked]


def refresh_customer_facts(*, customers: Sequence[Customer], actor: Staff | None, at: datetime) -> int:
    """Derives the facts anew from what was written and stores what differs; the row version stays.

    Returns how many rows were stored.
    """
    stale = []
    touched: set[str] = set()
    for customer in customers:
        columns = derive({field: written_of(customer, field) for field in SOURCE_FIELDS})
        differing = {name for name, value in columns.items() if getattr(customer, name) != value}
        for name in differing:
            setattr(customer, name, columns[name])
        if differing:
            stale.append(customer)
            touched |= differing
    with writing(actor=actor, cause="refresh_facts", refreshed_at=at.isoformat()):
        if stale:
            Customer.objects.bulk_create(
                stale,
                update_conflicts=True,
                unique_fields=["id"],
                update_fields=sorted(touched),
                batch_size=500,
            )
    return len(stale)
