"""What settings say and said before: rows that were changed or removed, by whom and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audits.models import EscalationStep
from workplace.models import Staff

SHOWN = 30


@dataclass(frozen=True)
class Past:
    """One row as it was until then."""

    at: datetime
    by: str
    said: str


def past_of(model: Any, say: Callable[[Any], str]) -> list[Past]:
    """Newest first; two queries."""
    events = model._meta.get_field("past").related_model._default_manager
    rows = list(events.select_related("pgh_context").order_by("-pgh_id")[:SHOWN])
    ids = {_actor(row) for row in rows} - {0}
    names = dict(Staff.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [Past(row.pgh_created_at, names.get(_actor(row), ""), say(row)) for row in rows]


def _actor(event: Any) -> int:
    said = event.pgh_context.metadata if event.pgh_context else {}
    return int(said.get("actor") or 0)


def seen_step(step: EscalationStep) -> str:
    """What a page showed of a step, to be told again with its change."""
    return f"{step.to}:{int(step.active)}"
