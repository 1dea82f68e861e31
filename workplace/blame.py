"""Who changed a field last, read from the append-only history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workplace.correctable import Correctable
from workplace.models import Staff

LOOKED_BACK = 50


@dataclass(frozen=True)
class Change:
    """`by` is empty when a file or the machine changed it."""

    by: str
    at: datetime | None
    who: int | None = None


def last_change(kind: Correctable, record: Any, field: str) -> Change:
    """The newest history row whose value of the field differs from the present one tells who replaced it."""
    now = kind.normal(record, field)
    for event in record.past.select_related("pgh_context").order_by("-pgh_id")[:LOOKED_BACK]:
        if kind.normal(event, field) != now:
            return _change_of(event)
    return Change("", None)


def last_written(record: Any, names: Sequence[str]) -> Change:
    """As `last_change`, of plain columns of any record with a history."""
    now = [getattr(record, name) for name in names]
    for event in record.past.select_related("pgh_context").order_by("-pgh_id")[:LOOKED_BACK]:
        if [getattr(event, name) for name in names] != now:
            return _change_of(event)
    return Change("", None)


def _change_of(event: Any) -> Change:
    said = event.pgh_context.metadata if event.pgh_context else {}
    staff = Staff.objects.filter(pk=said.get("actor") or said.get("user") or 0).first()
    return Change(staff.name if staff else "", event.pgh_created_at, staff.pk if staff else None)
