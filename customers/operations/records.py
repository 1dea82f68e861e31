"""Writes customers from rows of a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agents.models import Branch
from agents.operations.records import in_both, place, plain, reference
from agents.operations.scope import writing_reach
from customers.editions import present
from customers.facts import COLUMNS, SOURCE_FIELDS, derive, written_of
from customers.models import Customer
from customers.operations.upkeep import UPKEEP, keep_up
from workplace.choices import RowVerdict
from workplace.intake.kinds import Row, WriteContext
from workplace.intake.upsert import Upsert, by_key, ids_by


def write_customers(rows: Sequence[Row], context: WriteContext) -> None:
    reach = writing_reach(context.actor)
    branches = ids_by(Branch.objects.all(), "number", [str(row.value("home_branch")) for row in rows])
    found = by_key(Customer.objects.all(), "number", [row.key for row in rows])
    for row in rows:
        known = found.get(row.key)
        branch_id = reference(row, "home_branch", branches)
        in_both(row, reach, branch_id, known.home_branch_id if known else branch_id)
        if known is not None and known.merged_into_id and row.open:
            leave_merged(row, known)
            continue
        plain(row, "number")
        place(row, "home_branch", {"home_branch_id": branch_id})
        if row.value("business_stage"):
            plain(row, "business_stage")
        for field in SOURCE_FIELDS:
            if field in row.values:
                row.columns[field] = row.values[field]
        number_by_type(row, known)
        if known is None:
            row.columns["facts_version"] = {"facts_version": present().version}
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


def leave_merged(row: Row, known: Customer) -> None:
    """The one that it was merged into stands for it: the row is recognised, and changes nothing."""
    row.record, row.verdict = known, RowVerdict.UNCHANGED
    into = Customer.objects.filter(merged=known).values_list("number", flat=True).first()
    row.note("merged", into=into)


def _rows_of(records: Sequence[Customer], rows: Sequence[Row]) -> list[Row]:
    asked = {id(record) for record in records}
    return [row for row in rows if id(row.record) in asked]


def number_by_type(row: Row, known: Any) -> None:
    """A file with the type of document alone, or its number alone: the other stands in the record."""
    typed, numbered = row.columns.get("id_type"), row.columns.get("id_no")
    if known is None or (typed is None) is (numbered is None):
        return
    kind = typed["id_type"] if typed else known.id_type
    number = numbered["id_no_raw"] if numbered else written_of(known, "id_no")
    read = derive({"id_type": kind, "id_no": number})
    columns = {name: read[name] for name in COLUMNS["id_no"]}
    row.columns["id_no" if numbered else "id_type"] = {**(numbered or typed or {}), **columns}
