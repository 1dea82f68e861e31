"""Whether a bulk action is still going on, and whether it may be taken back."""

from __future__ import annotations

from audits.choices import BulkKind
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
    return not BulkAction.objects.filter(undoes=action).exists()
