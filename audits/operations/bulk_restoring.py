"""What undoing gives back besides owner and state: since when it was theirs, and a pause that was ended."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import pghistory
from django.db import connection

from audits.choices import BulkKind, StepAction, TimelineKind
from audits.clock import set_due
from audits.models import BulkAction, Pause, Rectification, TimelineEntry
from audits.operations.bulk_lines import Outcome
from workplace.calendar import WorkingCalendar
from workplace.ids import Among

# The history holds each row as it was before the step that made it `version_after`.
AS_BEFORE = """
    UPDATE audits_rectification r
       SET assigned_by_id = old.assigned_by_id, assigned_at = old.assigned_at
      FROM (SELECT DISTINCT ON (line.rectification_id)
                   line.rectification_id, past.assigned_by_id, past.assigned_at
              FROM audits_bulkline line
              JOIN audits_rectificationevent past
                ON past.pgh_obj_id = line.rectification_id AND past.version = line.version_after - 1
             WHERE line.action_id = %s AND line.rectification_id = ANY(%s)
             ORDER BY line.rectification_id, past.pgh_id DESC) old
     WHERE r.id = old.rectification_id AND r.owner_id IS NOT NULL
"""


def restore(undone: BulkAction, by: BulkAction, outcomes: Iterable[Outcome], at: datetime) -> None:
    """Of those that were put back, in the transaction that holds their rows."""
    ids = [one.line.rectification_id for one in outcomes if not one.reason]
    with pghistory.context(step="undo", actor=by.actor_id), connection.cursor() as cursor:
        cursor.execute(AS_BEFORE, [undone.pk, ids])
    if undone.kind == BulkKind.TAKE_BACK:
        _wait_on(undone, by, ids, at)


def _wait_on(undone: BulkAction, by: BulkAction, ids: Collection[int], at: datetime) -> None:
    """The pause that the taking back ended goes on as if nothing had been; its days are taken off again."""
    ended = TimelineEntry.objects.filter(
        Among("rectification_id", ids), action=StepAction.UNASSIGN, detail__bulk=undone.pk
    )
    moments = dict(ended.values_list("rectification_id", "at"))
    pauses = Pause.objects.filter(Among("rectification_id", ids), until__in=set(moments.values()))
    calendar = WorkingCalendar()
    for pause in pauses.select_related("rectification").order_by("pk"):
        found: Rectification = pause.rectification
        if pause.until != moments[found.pk]:
            continue
        found.added_days -= pause.days
        found.paused_at = pause.since
        set_due(found, found.due_from or found.due_on, calendar)
        pause.until, pause.days, pause.ended_by = None, 0, None
        with pghistory.context(step="undo", actor=by.actor_id):
            pause.save(update_fields=["until", "days", "ended_by"])
            found.save(update_fields=["paused_at", "added_days", "due_from", "due_on"])
        TimelineEntry.objects.create(
            rectification=found,
            at=at,
            actor=by.actor,
            kind=TimelineKind.NOTE,
            action="paused",
            reason=by.note,
            detail={"why": pause.reason, "bulk": by.pk},
        )
