"""`walk_many`: thousands of rectifications given or taken back at once, by the rules of `walk`.

A few statements for all of them instead of a dozen for each.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pghistory
from django.db import connection, transaction
from django.utils.translation import gettext as _

from audits.choices import StepAction, TimelineKind
from audits.clock import ENDS_PAUSE, move
from audits.models import Rectification, TimelineEntry
from audits.states import TRANSITIONS, UNDER_WAY, WORK
from audits.transitions import (
    StaleStep,
    leads_nowhere,
    out_of_scope,
    refused_owner,
    refused_role,
)
from customers.choices import GrantSource
from customers.operations.grants import change_grants
from workplace.ids import Among
from workplace.models import Staff

GIVES = frozenset({StepAction.ASSIGN, StepAction.REASSIGN, StepAction.PUT_BACK, StepAction.PUT_BACK_RETURNED})
MANY = GIVES | {StepAction.UNASSIGN}
COLUMNS = (
    "id",
    "number",
    "state",
    "version",
    "owner",
    "customer",
    "paused_at",
    "added_days",
    "due_from",
    "due_on",
    "replied_at",
)
WRITE = """
    UPDATE audits_rectification r
       SET state = given.state, owner_id = given.owner, version = r.version + 1,
           assigned_by_id = CASE WHEN given.owner IS NOT NULL THEN %s::bigint END,
           assigned_at = CASE WHEN given.owner IS NOT NULL THEN %s::timestamptz END
      FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS given (id, state, owner)
     WHERE r.id = given.id
"""
TELL = """
    INSERT INTO audits_timelineentry
           (rectification_id, at, actor_id, kind, action, from_state, to_state, reason, detail)
    SELECT told.id, %s, %s::bigint, %s, %s, told.before, told.after, %s, told.detail::jsonb
      FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS told (id, before, after, detail)
"""


@dataclass(frozen=True)
class OneStep:
    """One of many; `seen_version` is what the page showed or what was frozen, None takes what is there."""

    rectification_id: int
    action: str
    owner: Staff | None = None
    seen_version: int | None = None


@dataclass(frozen=True)
class Walked:
    """What became of one: the row's version now and, where it was refused, why."""

    rectification_id: int
    version: int
    reason: str = ""


@dataclass
class _Many:
    """Everything that the steps of one call have in common."""

    actor: Staff | None
    at: datetime
    reason: str
    detail: Mapping[str, Any]
    rows: dict[int, Rectification]
    seen: Collection[int] = frozenset()
    fits: Mapping[int, Collection[int]] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)


def walk_many(
    *,
    steps: Sequence[OneStep],
    actor: Staff | None,
    at: datetime,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> list[Walked]:
    """In the order of `steps`, each rectification once; what is refused leaves the others alone.

    Locks the rows in order. Raises ValueError for an action that is not among MANY.
    """
    if unknown := {step.action for step in steps} - MANY:
        raise ValueError(f"not a step for many: {sorted(unknown)}")
    with transaction.atomic():
        many = _Many(actor, at, reason.strip(), dict(detail or {}), _locked(steps))
        _look_up(many, steps)
        refused = _refused(many, steps)
        taken: defaultdict[str, list[OneStep]] = defaultdict(list)
        for step in steps:
            if step.rectification_id not in refused:
                taken[step.action].append(step)
        for action, those in taken.items():
            _take(many, action, those)
    return [_walked(many, step, refused.get(step.rectification_id, "")) for step in steps]


def _walked(many: _Many, step: OneStep, reason: str) -> Walked:
    row = many.rows.get(step.rectification_id)
    version = row.version if row else step.seen_version or 0
    return Walked(step.rectification_id, version if reason else version + 1, reason)


def _locked(steps: Sequence[OneStep]) -> dict[int, Rectification]:
    wanted = [step.rectification_id for step in steps]
    rows = Rectification.objects.select_for_update(of=("self",)).filter(Among("pk", wanted)).order_by("pk")
    return {row.pk: row for row in rows.only(*COLUMNS)}


def _look_up(many: _Many, steps: Sequence[OneStep]) -> None:
    """Whom the actor sees, whom each new owner reaches, and how people are called."""
    if many.actor is not None:
        many.seen = _visible(many.actor, many.rows)
    of_owner: defaultdict[Staff, set[int]] = defaultdict(set)
    for step in steps:
        if step.owner is not None:
            of_owner[step.owner].add(step.rectification_id)
    many.fits = {
        owner.pk: _visible(owner, ids) if owner.is_active and owner.has_perm(WORK) else frozenset()
        for owner, ids in of_owner.items()
    }
    previous = {row.owner_id for row in many.rows.values() if row.owner_id}
    many.names = dict(Staff.objects.filter(pk__in=previous).values_list("pk", "name"))


def _visible(staff: Staff, ids: Collection[int]) -> set[int]:
    seen = Rectification.objects.visible_to(staff).filter(Among("pk", ids))
    return set(seen.order_by().values_list("pk", flat=True))


def _refused(many: _Many, steps: Sequence[OneStep]) -> dict[int, str]:
    """By rectification, in the words that `walk` would have raised."""
    refused: dict[int, str] = {}
    late: list[Rectification] = []
    for step in steps:
        row = many.rows.get(step.rectification_id)
        if row is None:
            refused[step.rectification_id] = out_of_scope()
        elif _is_stale(many, step, row):
            late.append(row)
        elif said := _refusal(many, step, row):
            refused[row.pk] = said
    lines = TimelineEntry.objects.filter(rectification__in=late, kind=TimelineKind.STEP)
    last = lines.order_by("rectification_id", "-id").distinct("rectification_id").select_related("actor")
    by_row = {line.rectification_id: line for line in last} if late else {}
    for row in late:
        refused[row.pk] = str(StaleStep(rectification=row, entry=by_row.get(row.pk)))
    return refused


def _is_stale(many: _Many, step: OneStep, row: Rectification) -> bool:
    if many.actor is not None and step.seen_version not in (None, row.version):
        return True
    moves = TRANSITIONS[step.action].moves
    return row.state not in moves and row.state in moves.values()


def _refusal(many: _Many, step: OneStep, row: Rectification) -> str:
    rule = TRANSITIONS[step.action]
    if row.state not in rule.moves:
        return leads_nowhere(row)
    if said := refused_role(many.actor, rule):
        return said
    if many.actor is not None and row.pk not in many.seen:
        return out_of_scope()
    if many.actor is not None and rule.needs_reason and not many.reason:
        return _("Give a reason.")
    if step.action in GIVES:
        fits = step.owner is not None and row.pk in many.fits[step.owner.pk]
        return refused_owner(row, step.action, step.owner, fits=fits)
    return ""


def _take(many: _Many, action: str, steps: Sequence[OneStep]) -> None:
    """Rows, sight of customers and timeline of one action, each in one statement."""
    actor_id = many.actor.pk if many.actor else None
    rows = [many.rows[step.rectification_id] for step in steps]
    details = [_detail(many, step, row) for step, row in zip(steps, rows, strict=True)]
    ids = [row.pk for row in rows]
    before = [row.state for row in rows]
    after = [str(TRANSITIONS[action].moves[state]) for state in before]
    owners = [step.owner.pk if step.owner and action in GIVES else None for step in steps]
    with pghistory.context(step=action, actor=actor_id), connection.cursor() as cursor:
        cursor.execute(WRITE, [actor_id, many.at, ids, after, owners])
    change_grants(
        source=GrantSource.RECTIFICATION,
        source_ids=ids,
        given=[
            (owner, row.customer_id, row.pk)
            for row, owner, state in zip(rows, owners, after, strict=True)
            if owner and row.customer_id and state in UNDER_WAY
        ],
        actor=many.actor,
        at=many.at,
    )
    with connection.cursor() as cursor:
        told = [many.at, actor_id, TimelineKind.STEP, action, many.reason, ids, before, after, details]
        cursor.execute(TELL, told)


def _detail(many: _Many, step: OneStep, row: Rectification) -> str:
    """What the line says besides; a pause that ends with the step is ended."""
    detail = dict(many.detail)
    if step.action in ENDS_PAUSE and row.paused_at is not None:
        detail |= move(row, action=step.action, actor=many.actor, at=many.at)
        row.save(update_fields=["paused_at", "added_days", "due_from", "due_on"])
    if row.owner_id:
        detail["previous"] = many.names[row.owner_id]
    if step.action in GIVES:
        detail["owner"] = step.owner.name if step.owner else ""
    return json.dumps(detail, ensure_ascii=False)
