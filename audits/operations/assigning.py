"""Gives what is with nobody to whom the rules of assignment say, in chunks, as often as it is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localdate

from agents.managing import managers_of
from audits.assignment_reading import (
    active_rules,
    cases_of,
    planner_of,
    ruled,
    untouched,
    waiting,
)
from audits.choices import StepAction
from audits.models import AssignmentRule, Rectification
from audits.operations.telling import tell_assigned_many
from audits.transitions_many import OneStep, walk_many
from workplace.jobs import JobRun
from workplace.models import Staff
from workplace.operations.notices import notify

KIND = "assign_by_rule"
CHUNK = 500


@dataclass
class Outcome:
    """How many each got, how many nobody could get, how many no rule fits, how many were refused."""

    given: Counter[int] = field(default_factory=Counter)
    nobody: Counter[tuple[int, int]] = field(default_factory=Counter)
    unruled: int = 0
    refused: int = 0

    def take(self, other: Outcome) -> None:
        self.given += other.given
        self.nobody += other.nobody
        self.unruled += other.unruled
        self.refused += other.refused


def assign_by_rule(
    *,
    now: Callable[[], datetime],
    actor: Staff | None = None,
    rows: QuerySet[Rectification] | None = None,
    told: Callable[[int], None] | None = None,
) -> Outcome:
    """All that is with nobody, chunk by chunk, each in its own transaction; `actor=None` is the machine.

    What a person took back is left to people unless a person asks. Safe twice at once and after a death.
    """
    asked = waiting(rows if rows is not None else Rectification.objects.all())
    if actor is None:
        asked = untouched(ruled(asked))
    outcome = Outcome()
    for ids in _chunks(asked):
        at = now()
        with transaction.atomic():
            part = _assign_chunk(ids, actor, at)
            _tell(part, actor, at, ids[0])
            outcome.take(part)
            if told is not None:
                told(len(ids))
    return outcome


def _chunks(asked: QuerySet[Rectification]) -> Iterator[list[int]]:
    """By key, in the order in which they were opened; each is looked at once in a run."""
    after = 0
    while AssignmentRule.objects.filter(active=True).exists():
        ids = list(asked.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK])
        if not ids:
            return
        yield ids
        after = ids[-1]


def _assign_chunk(ids: list[int], actor: Staff | None, at: datetime) -> Outcome:
    rules = active_rules(locked=True)
    outcome = Outcome()
    planner = planner_of(rules, day=localdate(at))
    rows = waiting(Rectification.objects.filter(pk__in=ids)).order_by("pk")
    owners: dict[int, int] = {}
    for given in map(planner.give, cases_of(list(rows))):
        if not given.rule:
            outcome.unruled += 1
        elif not given.owner:
            outcome.nobody[given.rule, given.branch] += 1
        else:
            owners[given.case] = given.owner
    people = Staff.objects.in_bulk(set(owners.values()))
    steps = [OneStep(case, StepAction.ASSIGN, people[owner]) for case, owner in owners.items()]
    for one in walk_many(steps=steps, actor=actor, at=at):
        if one.reason:
            outcome.refused += 1
        else:
            outcome.given[owners[one.rectification_id]] += 1
    turns = {rule.pk: rule.turn for rule in planner.rules}
    for row in rules:
        if row.turn != turns[row.pk]:
            AssignmentRule.objects.filter(pk=row.pk).update(turn=turns[row.pk])
    return outcome


def _tell(outcome: Outcome, actor: Staff | None, at: datetime, first: int) -> None:
    """Each owner once a chunk; the managers of a branch once a day and rule where nobody is left."""
    for owner, count in outcome.given.items():
        tell_assigned_many(
            owner_id=owner, count=count, actor=actor, at=at, key=f"assigned:rule:{first}:{at:%Y%m%d%H%M}"
        )
    if not outcome.nobody:
        return
    today = localdate(at)
    managers = managers_of({branch for _rule, branch in outcome.nobody}, today=today)
    names = dict(AssignmentRule.objects.values_list("pk", "name"))
    for (rule, branch), count in outcome.nobody.items():
        notify(
            recipients=managers[branch],
            kind="pool_empty",
            key=f"pool_empty:{rule}:{branch}:{today.isoformat()}",
            detail={"count": count, "rule": names[rule]},
            link=f"{reverse('team_board')}?tab=unassigned&branch={branch}",
            at=at,
        )


def run_assigning(run: JobRun, now: Callable[[], datetime]) -> dict[str, int]:
    """The job's handler: everything with nobody that whoever started it sees."""
    if run.actor is None:
        return {}
    seen = Rectification.objects.visible_to(run.actor)
    total, done = waiting(seen).count(), 0

    def told(looked: int) -> None:
        nonlocal done
        done += looked
        run.advance(done=min(done, total), total=total)

    outcome = assign_by_rule(now=now, actor=run.actor, rows=seen, told=told)
    return {
        "given": sum(outcome.given.values()),
        "nobody": sum(outcome.nobody.values()),
        "unruled": outcome.unruled,
        "refused": outcome.refused,
    }
