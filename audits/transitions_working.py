"""`start_many` and `submit_many`: the owner's own steps on many rectifications, by the rules of `walk`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pghistory
from django.utils.timezone import localdate

from audits.choices import StepAction, TimelineKind
from audits.clock import move
from audits.models import Rectification, TimelineEntry
from audits.states import TRANSITIONS
from audits.transitions import CHANGED_BY_STEPS, CHANGES, StepRefused, Walking, leads_nowhere, refused_role
from workplace.absences import principal_ids
from workplace.many_rows import update_many
from workplace.models import Staff


@dataclass(frozen=True)
class Working:
    """Who works, and for whom besides on that day."""

    actor: Staff
    at: datetime
    owners: frozenset[int]

    @classmethod
    def of(cls, actor: Staff, at: datetime) -> Working:
        return cls(actor, at, principal_ids(actor, localdate(at)) | {actor.pk})


@dataclass
class Told:
    """What the timeline's line says besides who, when and what."""

    reason: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def start_many(*, rows: Sequence[Rectification], working: Working) -> None:
    """Begins those that have not begun. `rows` are locked by the caller; raises StepRefused for any."""
    begin = [row for row in rows if row.state in TRANSITIONS[StepAction.START].moves]
    _walk(begin, StepAction.START, working, {})


def submit_many(*, rows: Sequence[Rectification], working: Working, told: Mapping[int, Told]) -> None:
    """Hands them to a second person. `rows` are locked by the caller; raises StepRefused for any."""
    _walk(rows, StepAction.SUBMIT, working, told)


def _walk(rows: Sequence[Rectification], action: str, working: Working, told: Mapping[int, Told]) -> None:
    if not rows:
        return
    step = TRANSITIONS[action]
    if said := refused_role(working.actor, step):
        raise StepRefused(said)
    lines: list[TimelineEntry] = []
    for row in rows:
        if row.state not in step.moves or row.owner_id not in working.owners:
            raise StepRefused(leads_nowhere(row))
        say = told.get(row.pk) or Told()
        walking = Walking(row, action, working.actor, working.at, say.reason.strip(), detail=dict(say.detail))
        if row.owner is not None and row.owner_id != working.actor.pk:
            walking.detail["for"] = row.owner.name
        before, row.state = row.state, step.moves[row.state]
        walking.detail.update(move(row, action=action, actor=working.actor, at=working.at))
        CHANGES[action](walking)
        row.version += 1
        lines.append(_line(walking, before))
    with pghistory.context(step=action, actor=working.actor.pk):
        update_many(rows, _columns(action))
    TimelineEntry.objects.bulk_create(lines, batch_size=500)


def _columns(action: str) -> tuple[str, ...]:
    """Of all that steps change, what these two do."""
    changed = {"state", "paused_at", "due_from", "due_on", "added_days", "replied_at", "version"}
    if action == StepAction.SUBMIT:
        changed |= {"submitted_by", "submitted_at"}
    return tuple(name for name in CHANGED_BY_STEPS if name in changed)


def _line(walking: Walking, before: str) -> TimelineEntry:
    found = walking.rectification
    return TimelineEntry(
        rectification=found,
        at=walking.at,
        actor=walking.actor,
        kind=TimelineKind.STEP,
        action=walking.action,
        from_state=before,
        to_state=found.state,
        reason=walking.reason,
        detail=walking.detail,
    )
