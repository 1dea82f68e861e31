"""Corrections on their way to the core system: sent as often as needed, acknowledged once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from authenticity.texts import fold
from workplace.intake.parsing import read_sheet
from workplace.intake.refusal import Refused
from workplace.models import OutboxEntry, Staff

COLUMNS = {
    "id": "编号",
    "record_kind": "记录种类",
    "record_key": "记录号",
    "field": "字段",
    "old_value": "原值",
    "new_value": "更正值",
    "corrected_at": "更正时间",
    "refusal": "拒绝原因",
}
HEADER = [f"{code} {zh}" for code, zh in COLUMNS.items()]


@dataclass
class Acknowledged:
    """What one acknowledgement did; `unknown` are ids that there are not, or not for this caller."""

    acknowledged: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)


def note_sent(*, entries: Collection[OutboxEntry], actor: Staff, at: datetime) -> None:
    """Marks when each first went out; it stays waiting until it is acknowledged."""
    ids = [entry.pk for entry in entries]
    OutboxEntry.objects.filter(pk__in=ids, sent_at__isnull=True).update(sent_at=at)


def acknowledge(
    *, ids: Collection[int], refused: Mapping[int, str], actor: Staff, at: datetime
) -> Acknowledged:
    """Idempotent: what was acknowledged or refused before stays as it was. A refusal keeps its reason.

    What arrived was sent: whoever fetched it over the interface left no other trace of that on the entry.
    """
    wanted = set(ids) | set(refused)
    outcome = Acknowledged()
    with transaction.atomic():
        visible = OutboxEntry.objects.visible_to(actor).filter(pk__in=wanted)
        rows = OutboxEntry.objects.select_for_update(of=("self",)).filter(
            pk__in=visible.order_by().values("pk")
        )
        for entry in rows.order_by("pk"):
            wanted.discard(entry.pk)
            if entry.acknowledged_at is not None:
                outcome.repeated.append(entry.pk)
                continue
            entry.acknowledged_at, entry.acknowledged_by = at, actor
            entry.sent_at = entry.sent_at or at
            entry.refusal = refused.get(entry.pk, "")
            entry.save(update_fields=["sent_at", "acknowledged_at", "acknowledged_by", "refusal"])
            (outcome.refused if entry.pk in refused else outcome.acknowledged).append(entry.pk)
    outcome.unknown = sorted(wanted)
    return outcome


def acknowledge_file(*, content: bytes, name: str, actor: Staff, at: datetime) -> Acknowledged:
    """Reads columns `id` and, where there is one, `refusal`; raises Refused for a file without ids."""
    sheet = read_sheet(content, name)
    places = {_code(cell): place for place, cell in enumerate(sheet.header)}
    if "id" not in places:
        raise Refused("missing_column", column=HEADER[0])
    ids, refused = [], {}
    for line, cells in sheet.rows:
        number = _cell(cells, places["id"])
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            raise Refused("no_entry_number", line=line)
        reason = _cell(cells, places["refusal"]) if "refusal" in places else ""
        if reason:
            refused[int(number)] = reason[:500]
        else:
            ids.append(int(number))
    return acknowledge(ids=ids, refused=refused, actor=actor, at=at)


def _code(header: str) -> str:
    name = fold(header)
    for code, zh in COLUMNS.items():
        if name in (code, zh, f"{code} {zh}"):
            return code
    return name


def _cell(cells: list[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def as_row(entry: OutboxEntry) -> list[str]:
    """One line of the outbox file, unmasked, in the order of COLUMNS."""
    values: list[Any] = [
        entry.pk,
        entry.record_kind,
        entry.record_key,
        entry.field,
        entry.old_value,
        entry.new_value,
        entry.created_at.isoformat(timespec="seconds"),
        "",
    ]
    return [str(value) for value in values]
