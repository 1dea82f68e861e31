"""Writes branches, agencies, outlets and sellers from rows of a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.timezone import localdate

from agents.choices import BranchLevel
from agents.models import (
    Agency,
    Branch,
    Employment,
    Outlet,
    OutletName,
    OutletPhone,
    Registration,
    SalesAgent,
    SalesAgentPhone,
    SellerStanding,
)
from agents.models.reach import Reach
from agents.operations.dated import DatedColumn, DatedValue, compare_all, write_all
from agents.operations.scope import in_reach, writing_reach
from authenticity import addresses, credit_codes, documents, names, phones
from authenticity.marks import uscc_marks
from workplace.intake.kinds import Row, WriteContext
from workplace.intake.upsert import Upsert, by_key, ids_by


def write_branches(rows: Sequence[Row], context: WriteContext) -> None:
    """Parents may stand in the same file, in any order: level by level, from the root down."""
    reach = writing_reach(context.actor)
    waiting = [row for row in rows if row.open]
    while waiting:
        pending = {row.key for row in waiting}
        ready = [
            row for row in waiting if row.value("parent") not in pending or row.value("parent") == row.key
        ]
        if not ready:
            for row in waiting:
                row.reject("parent", "circle")
            return
        _write_branch_level(ready, context, reach)
        waiting = [row for row in waiting if row not in ready]


def _write_branch_level(rows: Sequence[Row], context: WriteContext, reach: Reach) -> None:
    parents = ids_by(Branch.objects.all(), "number", [row.value("parent") for row in rows])
    found = by_key(Branch.objects.all(), "number", [row.key for row in rows])
    for row in rows:
        _branch_columns(row, parents, found.get(row.key), reach)
    upsert = Upsert(model=Branch, rows=rows, context=context, record_kind="branch")
    upsert.load(found)
    upsert.write()


def _branch_columns(row: Row, parents: dict[str, int], known: Branch | None, reach: Reach) -> None:
    parent = row.value("parent")
    parent_id = parents.get(parent)
    if parent and parent_id is None:
        row.reject("parent", "unknown_reference", value=parent)
    if (row.value("level") == BranchLevel.HEAD) == bool(parent):
        row.reject("parent", "head_alone_has_no_parent")
    if parent == row.key:
        row.reject("parent", "circle")
    if not in_reach(reach, branch_id=known.pk if known else parent_id):
        row.reject("", "out_of_reach")
    plain(row, "number", "name", "level", "opened_on", "closed_on")
    place(row, "address", _located(row.value("address")))
    place(row, "parent", {"parent_id": parent_id})
    place(row, "province", {"province_code": row.value("province")})
    place(row, "phone", {"phone": row.value("phone"), "phone_norm": _phone_norm(row.value("phone"))})


def write_agencies(rows: Sequence[Row], context: WriteContext) -> None:
    reach = writing_reach(context.actor)
    branches = ids_by(Branch.objects.all(), "number", [row.value("branch") for row in rows])
    found = by_key(Agency.objects.all(), "number", [row.key for row in rows])
    for row in rows:
        known = found.get(row.key)
        branch_id = reference(row, "branch", branches)
        in_both(row, reach, branch_id, known.branch_id if known else branch_id)
        plain(row, "number", "name", "kind", "licence_no", "licence_valid_from", "licence_valid_to")
        plain(row, "opened_on", "closed_on", "address")
        place(row, "branch", {"branch_id": branch_id})
        place(row, "phone", _agency_phone(row.value("phone")))
        code = row.value("uscc")
        coded = {"uscc": code, "uscc_norm": credit_codes.normalise(code)[:40]}
        place(row, "uscc", {**coded, "uscc_marks": list(uscc_marks(code))})
        place(row, "phone", {"phone": row.value("phone"), "phone_norm": _phone_norm(row.value("phone"))})
        address = row.value("address")
        place(row, "address", {"address": address, "address_key": addresses.key(addresses.parse(address))})
    upsert = Upsert(model=Agency, rows=rows, context=context, record_kind="agency")
    upsert.load(found)
    upsert.write()


def write_outlets(rows: Sequence[Row], context: WriteContext) -> None:
    """Agency branches first: an outlet of the same file may name one as its parent."""
    branch_rows = [row for row in rows if row.value("level") == "branch"]
    outlet_rows = [row for row in rows if row.value("level") != "branch"]
    for part in (branch_rows, outlet_rows):
        if part:
            _write_outlets(part, context)


def _write_outlets(rows: Sequence[Row], context: WriteContext) -> None:
    reach = writing_reach(context.actor)
    agencies = ids_by(Agency.objects.all(), "number", [row.value("agency") for row in rows])
    branches = ids_by(Branch.objects.all(), "number", [row.value("branch") for row in rows])
    parents = ids_by(Outlet.objects.all(), "number", [row.value("parent") for row in rows])
    found = by_key(Outlet.objects.all(), "number", [row.key for row in rows])
    named = DatedColumn(OutletName, "outlet_id", ("name",))
    phoned = DatedColumn(OutletPhone, "outlet_id", ("phone",))
    for row in rows:
        known = found.get(row.key)
        branch_id = reference(row, "branch", branches)
        in_both(row, reach, branch_id, known.branch_id if known else branch_id)
        plain(row, "number", "name", "level", "phone", "opened_on", "closed_on")
        place(row, "address", _located(row.value("address")))
        place(row, "agency", {"agency_id": reference(row, "agency", agencies)})
        place(row, "parent", {"parent_id": reference(row, "parent", parents)})
        place(row, "branch", {"branch_id": branch_id})
        dated(named, row, "name", {"name": row.value("name")}, "name_from")
        phone = row.value("phone")
        dated(phoned, row, "phone", _phone(phone), "phone_from")
    upsert = Upsert(model=Outlet, rows=rows, context=context, record_kind="outlet")
    _write_dated(upsert, found, [named, phoned], context)


def write_sellers(rows: Sequence[Row], context: WriteContext) -> None:
    reach = writing_reach(context.actor)
    branches = ids_by(Branch.objects.all(), "number", [row.value("branch") for row in rows])
    agencies = ids_by(Agency.objects.all(), "number", [row.value("agency") for row in rows])
    outlets = ids_by(Outlet.objects.all(), "number", [row.value("outlet") for row in rows])
    found = by_key(SalesAgent.objects.all(), "staff_no", [row.key for row in rows])
    phoned = DatedColumn(SalesAgentPhone, "seller_id", ("phone",))
    employed = DatedColumn(Employment, "seller_id", ("branch_id", "outlet_id"))
    registered = DatedColumn(Registration, "seller_id", ("number", "institution"))
    standing = DatedColumn(SellerStanding, "seller_id", ("standing",))
    for row in rows:
        known = found.get(row.key)
        branch_id = reference(row, "branch", branches)
        outlet_id = reference(row, "outlet", outlets)
        in_both(row, reach, branch_id, known.branch_id if known else branch_id)
        _seller_columns(row, branch_id, reference(row, "agency", agencies), outlet_id)
        dated(phoned, row, "phone", _phone(row.value("phone")), "phone_from")
        place_of_work = {"branch_id": branch_id, "outlet_id": outlet_id}
        dated(employed, row, "branch", place_of_work, "employed_from")
        institution = row.value("registration_institution")
        registration = {"number": row.value("registration_no"), "institution": institution}
        if not registration["number"]:
            registration = {}
        dated(registered, row, "registration_no", registration, "registered_from", "registered_to")
        dated(standing, row, "standing", {"standing": row.value("standing")}, "standing_from")
    upsert = Upsert(model=SalesAgent, rows=rows, context=context, record_kind="seller")
    _write_dated(upsert, found, [phoned, employed, registered, standing], context)


def _seller_columns(row: Row, branch_id: int | None, agency_id: int | None, outlet_id: int | None) -> None:
    row.columns["number"] = {"staff_no": row.key}
    name, id_no = row.value("name"), row.value("id_no")
    place(row, "name", {"name": name, "name_norm": names.normalise(name)})
    place(row, "id_no", {"id_no": id_no, "id_norm": documents.citizen_key(id_no)[:40]})
    plain(row, "certificate_no", "standing")
    place(row, "branch", {"branch_id": branch_id})
    place(row, "agency", {"agency_id": agency_id})
    place(row, "outlet", {"outlet_id": outlet_id})


def _write_dated(
    upsert: Upsert, found: dict[str, Any], columns: Sequence[DatedColumn], context: WriteContext
) -> None:
    upsert.load(found)
    compare_all(columns)
    upsert.write()
    write_all(columns, day=localdate(context.extracted_at))


def _agency_phone(text: str) -> dict[str, Any]:
    return {"phone": text, "phone_norm": phones.facts(text).normal[:40]}


def _phone(text: str) -> dict[str, Any]:
    return {"phone": text, "phone_norm": _phone_norm(text)} if text else {}


def _phone_norm(text: str) -> str:
    return phones.facts(text).normal[:40]


def _located(text: str) -> dict[str, Any]:
    """An address with what compares it to those of customers."""
    read = addresses.parse(text)
    return {
        "address": text, "address_key": addresses.key(read), "district_code": read.district_code or "",
    }  # fmt: skip


def plain(row: Row, *codes: str) -> None:
    """Columns that are stored as read, under their own name."""
    for code in codes:
        place(row, code, {code: row.value(code)})


def place(row: Row, code: str, part: dict[str, Any]) -> None:
    """A column that the file does not have leaves the record as it is."""
    if code in row.values:
        row.columns[code] = part


def reference(row: Row, code: str, ids: dict[str, int]) -> int | None:
    """The id that a number stands for; an unknown number rejects the row."""
    number = row.value(code)
    if number and number not in ids:
        row.reject(code, "unknown_reference", value=number)
    return ids.get(number)


def in_both(row: Row, reach: Reach, *branch_ids: int | None) -> None:
    """Where the row puts the record and where it stands; the answer never tells which of them it was."""
    if not all(branch_id is None or in_reach(reach, branch_id=branch_id) for branch_id in branch_ids):
        row.reject("", "out_of_reach")


def dated(
    column: DatedColumn, row: Row, code: str, identity: dict[str, Any], start: str, end: str = ""
) -> None:
    if code in row.values:
        column.values.append(
            DatedValue(row, code, identity, row.values.get(start), row.values.get(end) if end else None)
        )
