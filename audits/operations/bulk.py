"""One action on all that the board matched: frozen first, then done row by row in the background."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from audits.board import matching
from audits.choices import BulkKind
from audits.models import BulkAction, Rectification
from audits.spreading import Spreading
from audits.states import ASSIGN
from audits.undoing import action_undoing, stopped_undoing, under_way
from workplace.jobs import cancel_job, start_job
from workplace.models import Staff

KIND = "bulk"
LONGEST = 60
FREEZE = """
    INSERT INTO audits_bulkline
           (action_id, rectification_id, outcome, reason, before_owner_id, before_state, version_after)
    SELECT %s, r.id, 'waiting', '', r.owner_id, r.state, r.version
      FROM audits_rectification r JOIN ({matching}) chosen ON chosen.id = r.id
     ORDER BY r.due_on NULLS LAST, r.id
"""
FREEZE_UNDO = """
    INSERT INTO audits_bulkline
           (action_id, rectification_id, outcome, reason, before_owner_id, before_state, version_after)
    SELECT %s, line.rectification_id, 'waiting', '', r.owner_id, r.state, line.version_after
      FROM audits_bulkline line JOIN audits_rectification r ON r.id = line.rectification_id
     WHERE line.action_id = %s AND line.outcome = 'done'
     ORDER BY line.id
"""


class BulkRefused(Exception):
    """Nothing was begun; its text says why."""


class CountChanged(BulkRefused):
    """The rows are no longer as many as the page said: look again."""

    def __init__(self, *, seen: int, now: int) -> None:
        self.seen, self.now = seen, now
        super().__init__(
            _("You saw %(seen)d, by now it is %(now)d: look again before you go on.")
            % {"seen": seen, "now": now}
        )


def start_bulk(
    *,
    kind: str,
    filters: Mapping[str, str],
    actor: Staff,
    at: datetime,
    seen: int,
    spreading: Spreading | None = None,
    days: int = 0,
    note: str = "",
) -> BulkAction:
    """Freezes what the filters match now and starts the job; `seen` is the number that the page told.

    Raises CountChanged when that number no longer holds, and BulkRefused where nothing can be done.
    """
    parameters = _parameters(kind, spreading, days, note)
    _check_actor(actor)
    with transaction.atomic():
        action = BulkAction.objects.create(
            kind=kind,
            filters=dict(filters),
            matched=0,
            parameters=parameters,
            note=note.strip(),
            actor=actor,
            at=at,
        )
        found = _freeze(action, matching(actor, filters, localdate(at)))
        if found != seen:
            raise CountChanged(seen=seen, now=found)
        return _start(action, found, at)


def undo_bulk(*, action: BulkAction, actor: Staff, at: datetime) -> BulkAction:
    """Puts back what the action did to each row that nobody touched since; once only, but one that was
    stopped goes on, by whoever lets it."""
    _check_actor(actor)
    with transaction.atomic():
        known = BulkAction.objects.select_for_update(of=("self",)).select_related("job").get(pk=action.pk)
        if (stopped := stopped_undoing(known)) is not None:
            stopped.actor, stopped.at = actor, at
            return _start(stopped, stopped.matched, at)
        _check_undoable(known)
        try:
            with transaction.atomic():
                undo = BulkAction.objects.create(
                    kind=BulkKind.UNDO, matched=0, actor=actor, at=at, undoes=known
                )
        except IntegrityError as error:
            raise BulkRefused(_already_undone(known)) from error
        with connection.cursor() as cursor:
            cursor.execute(FREEZE_UNDO, [undo.pk, known.pk])
            found = cursor.rowcount
        return _start(undo, found, at)


def stop_bulk(*, action: BulkAction, actor: Staff, at: datetime) -> bool:
    """What is done stays done; the rest stays as it was."""
    return action.job is not None and cancel_job(job=action.job, actor=actor, at=at)


def _parameters(kind: str, spreading: Spreading | None, days: int, note: str) -> dict[str, Any]:
    if kind == BulkKind.REASSIGN:
        if spreading is None or not spreading.shares:
            raise BulkRefused(_("Choose who is to work on it."))
        return {"spread": spreading.as_json()}
    if kind == BulkKind.EXTEND:
        if not 1 <= days <= LONGEST:
            raise BulkRefused(_("Between 1 and %(most)d working days.") % {"most": LONGEST})
        if not note.strip():
            raise BulkRefused(_("Give a reason."))
        return {"days": days}
    if kind != BulkKind.TAKE_BACK:
        raise BulkRefused(_("Choose what is to be done."))
    return {}


def _check_actor(actor: Staff) -> None:
    if not actor.is_active or not actor.has_perm(ASSIGN):
        raise BulkRefused(_("Your role may not take this step."))


def _check_undoable(action: BulkAction) -> None:
    if action.kind == BulkKind.UNDO:
        raise BulkRefused(_("An undoing is not undone."))
    if under_way(action):
        raise BulkRefused(_("It is still under way; wait for its end or stop it."))
    if action_undoing(action):
        raise BulkRefused(_already_undone(action))


def _already_undone(action: BulkAction) -> str:
    undone = action_undoing(action)
    return _("Already undone by %(by)s.") % {"by": undone.actor.name if undone else "–"}


def _freeze(action: BulkAction, rows: QuerySet[Rectification]) -> int:
    statement, given = rows.order_by().values("id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(FREEZE.replace("{matching}", statement), [action.pk, *given])
        return int(cursor.rowcount)


def _start(action: BulkAction, found: int, at: datetime) -> BulkAction:
    if not found:
        raise BulkRefused(_("There is nothing to do: no row matches."))
    action.matched = found
    action.job = start_job(kind=KIND, parameters={"bulk": action.pk}, actor=action.actor, at=at)
    action.save(update_fields=["matched", "job", "actor", "at"])
    return action
