"""More working days for many at once: the manager's own decision, so that nobody has to ask for each."""

from __future__ import annotations

from collections.abc import Sequence

import pghistory
from django.db import connection
from django.utils.translation import gettext as _

from audits.choices import RectificationState as State
from audits.choices import TimelineKind
from audits.clock import add_days
from audits.models import Rectification, TimelineEntry
from audits.operations.bulk_lines import Bulk, Line, Outcome, refused
from audits.states import ASSIGN
from audits.transitions import StaleStep
from workplace.calendar import WorkingCalendar
from workplace.ids import Among

MOVE = """
    UPDATE audits_rectification r
       SET added_days = moved.added, due_from = moved.due_from, due_on = moved.due_on,
           version = r.version + 1
      FROM unnest(%s::bigint[], %s::int[], %s::date[], %s::date[]) AS moved (id, added, due_from, due_on)
     WHERE r.id = moved.id
"""


def extended(bulk: Bulk, lines: Sequence[Line], days: int) -> list[Outcome]:
    """`days` below zero takes the days back; one's own work is for another manager."""
    actor = bulk.action.actor
    ids = [line.rectification_id for line in lines]
    locked = Rectification.objects.select_for_update(of=("self",)).filter(Among("pk", ids)).order_by("pk")
    rows = {found.pk: found for found in locked}
    seen = set(Rectification.objects.visible_to(actor).filter(Among("pk", ids)).values_list("pk", flat=True))
    allowed = actor.is_active and actor.has_perm(ASSIGN)
    outcomes: list[Outcome] = []
    moved: list[Rectification] = []
    calendar = WorkingCalendar()
    for line in lines:
        found = rows[line.rectification_id]
        reason = _reason(bulk, line, found, days) if allowed else _("Your role may not take this step.")
        if found.pk not in seen:
            reason = _("This rectification is outside your scope.")
        if reason:
            outcomes.append(refused(line, reason))
            continue
        add_days(found, days, calendar)
        moved.append(found)
        outcomes.append(Outcome(line, found.version + 1))
    _write(bulk, moved, days)
    return outcomes


def _reason(bulk: Bulk, line: Line, found: Rectification, days: int) -> str:
    if found.version != line.version:
        last = found.timeline.select_related("actor").order_by("-id").first()
        return str(StaleStep(rectification=found, entry=last))
    if found.state == State.CLOSED:
        return _("It is closed.")
    if found.owner_id == bulk.action.actor_id:
        return _("More time for your own work is for another manager to give.")
    if found.due_on is None:
        return _("It has no due date.")
    return _("Its days have been used for something else.") if found.added_days + days < 0 else ""


def _write(bulk: Bulk, moved: Sequence[Rectification], days: int) -> None:
    """One update with its history, and a line each."""
    if not moved:
        return
    with pghistory.context(step="extend", actor=bulk.action.actor_id), connection.cursor() as cursor:
        cursor.execute(
            MOVE,
            [
                [one.pk for one in moved],
                [one.added_days for one in moved],
                [one.due_from for one in moved],
                [one.due_on for one in moved],
            ],
        )
    TimelineEntry.objects.bulk_create(
        (
            TimelineEntry(
                rectification=one,
                at=bulk.at,
                actor=bulk.action.actor,
                kind=TimelineKind.NOTE,
                action="extended",
                reason=bulk.action.note,
                detail={"days": days, "bulk": bulk.action.pk},
            )
            for one in moved
        ),
        batch_size=1_000,
    )
