"""Who changed a field last, read from the append-only history."""

from __future__ import annotations

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


def last_change(kind: Correctable, record: Any, field: str) -> Change:
    """The newest history row whose value of the field differs from the present one tells who replaced it."""
    now = kind.normal(record, field)
    for event in record.past.select_related("pgh_context").order_by("-pgh_id")[:LOOKED_BACK]:
        if kind.normal(event, field) != now:
            return Change(_name_of(event), event.pgh_created_at)
    return Change("", None)


def _name_of(event: Any) -> str:
    said = event.pgh_context.metadata if event.pgh_context else {}
    staff = Staff.objects.filter(pk=said.get("actor") or said.get("user") or 0).first()
    return staff.name if staff else ""
