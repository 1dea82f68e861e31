"""The owner's own steps, and the machine's settling, on many rectifications by the rules of `walk`."""

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
from customers.choices import GrantSource
from customers.operations.grants import change_grants
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


def settle_many(*, causes: Mapping[Rectification, str], at: datetime) -> None:
    """Closes those on which nothing is left to correct, each for its cause.

    The caller holds the rows and has seen that none has an open finding. Raises StepRefused for any.
    """
    if not causes:
        return
    lines: list[TimelineEntry] = []
    for row, cause in causes.items():
        if row.state not in TRANSITIONS[StepAction.SETTLE].moves:
            raise StepRefused(leads_nowhere(row))
        lines.append(_taken(Walking(row, StepAction.SETTLE, None, at, cause=cause)))
    with pghistory.context(step=StepAction.SETTLE, actor=None):
        update_many(causes, CHANGED_BY_STEPS)
        ids = [row.pk for row in causes]
        change_grants(source=GrantSource.RECTIFICATION, source_ids=ids, given=(), actor=None, at=at)
    TimelineEntry.objects.bulk_create(lines, batch_size=500)


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
        lines.append(_taken(walking))
    with pghistory.context(step=action, actor=working.actor.pk):
        update_many(rows, _columns(action))
    TimelineEntry.objects.bulk_create(lines, batch_size=500)


def _columns(action: str) -> tuple[str, ...]:
    """Of all that steps change, what these two do."""
    changed = {"state", "paused_at", "due_from", "due_on", "added_days", "replied_at", "version"}
    if action == StepAction.SUBMIT:
        changed |= {"submitted_by", "submitted_at"}
    return tuple(name for name in CHANGED_BY_STEPS if name in changed)


def _taken(walking: Walking) -> TimelineEntry:
    """The row as the step leaves it, not yet written, and its line."""
    found, action = walking.rectification, walking.action
    before, found.state = found.state, TRANSITIONS[action].moves[found.state]
    walking.detail.update(move(found, action=action, actor=walking.actor, at=walking.at))
    CHANGES[action](walking)
    found.version += 1
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
