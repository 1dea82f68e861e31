"""A bulk action at work: chunk by chunk, each line once, whatever dies in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from audits.choices import BulkKind, BulkOutcome, StepAction
from audits.choices import RectificationState as State
from audits.loads import Candidates
from audits.models import BulkAction, BulkLine
from audits.operations.bulk_extending import extended
from audits.operations.bulk_lines import Bulk, Line, Outcome, Step, refused, settle, waiting
from audits.operations.bulk_restoring import restore
from audits.operations.telling import tell_assigned_many
from audits.spreading import Spreading
from audits.transitions_many import OneStep, walk_many
from workplace.ids import Among
from workplace.jobs import JobCancelled, JobRefused, JobRun
from workplace.models import Staff
from workplace.operations.notices import notify
from workplace.patience import patiently

CHUNK = 4_000


def run_bulk(run: JobRun, now: Callable[[], datetime]) -> dict[str, Any]:
    """The job's handler; a run after a killed one goes on with the lines that still wait."""
    action = BulkAction.objects.select_related("actor", "undoes").filter(pk=run.parameters["bulk"]).first()
    if action is None:
        raise JobRefused(_("There is nothing to do: no row matches."))
    try:
        while patiently(lambda: _chunk(run, action, now())):
            pass
    except JobCancelled:
        _finished(action, now())
        raise
    return _finished(action, now())


def _chunk(run: JobRun, action: BulkAction, at: datetime) -> bool:
    """The next lines in one transaction, with how far the spreading got; false when none waits any more.

    Reasons stand in the language of whoever ordered it.
    """
    with transaction.atomic(), override(action.actor.language):
        lines = waiting(action, CHUNK)
        if lines:
            bulk = _prepared(action, run.cursor, at)
            settle(_done(bulk, lines))
            state = bulk.spreading.state if bulk.spreading else {}
            run.advance(done=run.job.done + len(lines), total=action.matched, cursor=state)
    return bool(lines)


def _prepared(action: BulkAction, cursor: dict[str, Any], at: datetime) -> Bulk:
    bulk = Bulk(action, at)
    if action.kind == BulkKind.REASSIGN:
        bulk.spreading = Spreading.of(action.parameters["spread"], cursor)
        chosen = [one.staff for one in bulk.spreading.shares]
        bulk.people = Staff.objects.in_bulk(chosen)
        bulk.who = Candidates(list(bulk.people.values()))
    return bulk


def _done(bulk: Bulk, lines: Sequence[Line]) -> list[Outcome]:
    if bulk.action.kind == BulkKind.REASSIGN:
        return _given(bulk, lines)
    if bulk.action.kind == BulkKind.TAKE_BACK:
        return _walked(bulk, [Step(line, StepAction.UNASSIGN) for line in lines])
    if bulk.action.kind == BulkKind.EXTEND:
        return extended(bulk, lines, int(bulk.action.parameters["days"]))
    undone = bulk.action.undoes
    assert undone is not None  # noqa: S101 - an undoing names what it undoes
    if undone.kind == BulkKind.EXTEND:
        return extended(bulk, lines, -int(undone.parameters["days"]))
    return _put_back(bulk, undone, lines)


def _given(bulk: Bulk, lines: Sequence[Line]) -> list[Outcome]:
    """Each to the next one of the chosen who reaches it; what one of them has already stays there."""
    spreading, who = bulk.spreading, bulk.who
    if spreading is None or who is None:
        raise JobRefused(_("Choose who is to work on it."))
    steps: list[Step] = []
    left: list[Outcome] = []
    known: dict[tuple[int, int | None], set[int]] = {}
    for line in lines:
        if line.before_owner_id in bulk.people:
            left.append(refused(line, _already_with(bulk.people[line.before_owner_id])))
            continue
        place = (line.branch_id, line.agency_id)
        if place not in known:
            known[place] = who.reaching(*place)
        taker = spreading.take(known[place])
        if taker is None:
            left.append(refused(line, _("None of the chosen may work on it.")))
            continue
        steps.append(Step(line, _assigning(line.before_state), bulk.people[taker]))
    walked = _walked(bulk, steps)
    for step, outcome in zip(steps, walked, strict=True):
        if outcome.reason and step.owner is not None:
            spreading.give_back(step.owner.pk)
    return [*left, *walked]


def _already_with(staff: Staff) -> str:
    return _("It is already with %(name)s.") % {"name": staff.name}


def _assigning(state: str) -> str:
    return StepAction.ASSIGN if state == State.OPEN else StepAction.REASSIGN


def _put_back(bulk: Bulk, undone: BulkAction, lines: Sequence[Line]) -> list[Outcome]:
    """To the owner and the state that the line of the undone action remembers, and to all that belongs to
    them."""
    rows = [line.rectification_id for line in lines]
    goals = {line.rectification_id: line for line in undone.lines.filter(Among("rectification_id", rows))}
    bulk.people = Staff.objects.in_bulk(
        {one.before_owner_id for one in goals.values() if one.before_owner_id}
    )
    walked = _walked(bulk, [_step_back(bulk, line, goals[line.rectification_id]) for line in lines])
    restore(undone, bulk.action, walked, bulk.at)
    return walked


def _step_back(bulk: Bulk, line: Line, goal: BulkLine) -> Step:
    owner = bulk.people.get(goal.before_owner_id or 0)
    if owner is None:
        return Step(line, StepAction.UNASSIGN)
    if goal.before_state == State.IN_PROGRESS:
        return Step(line, StepAction.PUT_BACK, owner)
    if goal.before_state == State.RETURNED and line.before_state == State.OPEN:
        return Step(line, StepAction.PUT_BACK_RETURNED, owner)
    return Step(line, _assigning(line.before_state), owner)


def _walked(bulk: Bulk, steps: Sequence[Step]) -> list[Outcome]:
    """In the order of `steps`; whoever was faster is named in the reason."""
    walked = walk_many(
        steps=[
            OneStep(step.line.rectification_id, step.action, step.owner, step.line.version) for step in steps
        ],
        actor=bulk.action.actor,
        at=bulk.at,
        reason=bulk.action.note,
        detail={"bulk": bulk.action.pk},
    )
    return [
        refused(step.line, one.reason) if one.reason else Outcome(step.line, one.version)
        for step, one in zip(steps, walked, strict=True)
    ]


def _finished(action: BulkAction, at: datetime) -> dict[str, Any]:
    """The counts, kept with the action; each new owner is told once how many."""
    counts = action.lines.aggregate(
        done=Count("pk", filter=Q(outcome=BulkOutcome.DONE)),
        refused=Count("pk", filter=Q(outcome=BulkOutcome.REFUSED)),
    )
    action.done, action.refused, action.finished_at = counts["done"], counts["refused"], at
    action.save(update_fields=["done", "refused", "finished_at"])
    _tell(action, at)
    return counts


def _tell(action: BulkAction, at: datetime) -> None:
    """The owners of what they got, and whoever ordered it of the end; with the job's key, so only once."""
    notify(
        recipients=[action.actor],
        kind="bulk_finished",
        key=f"job:{action.job_id}",
        detail={"done": action.done, "refused": action.refused},
        link=reverse("bulk_action", args=[action.pk]),
        at=at,
    )
    if action.kind == BulkKind.REASSIGN:
        done = action.lines.filter(outcome=BulkOutcome.DONE).order_by()
        got = done.values_list("rectification__owner").annotate(n=Count("pk"))
        for owner, count in got:
            if owner is not None and owner != action.actor_id:
                tell_assigned_many(
                    owner_id=owner, count=count, actor=action.actor, at=at, key=f"bulk:{action.pk}:{owner}"
                )
