"""Whether a bulk action is still going on, and whether it may be taken back."""

from __future__ import annotations

from audits.choices import BulkKind, BulkOutcome
from audits.models import BulkAction
from audits.states import ASSIGN
from workplace.jobs import UNFINISHED
from workplace.models import Staff


def under_way(action: BulkAction) -> bool:
    return action.job is not None and action.job.state in UNFINISHED


def may_undo(action: BulkAction, staff: Staff) -> bool:
    """Whether a page should offer it; `undo_bulk` decides again."""
    if not staff.has_perm(ASSIGN) or action.kind == BulkKind.UNDO or under_way(action):
        return False
    return not action_undoing(action) or stopped_undoing(action) is not None


def action_undoing(action: BulkAction) -> BulkAction | None:
    return BulkAction.objects.select_related("actor", "job").filter(undoes=action).first()


def stopped_undoing(action: BulkAction) -> BulkAction | None:
    """An undoing that somebody stopped before its end: the next one goes on with it."""
    found = action_undoing(action)
    if found is None or under_way(found):
        return None
    return found if found.lines.filter(outcome=BulkOutcome.WAITING).exists() else None
