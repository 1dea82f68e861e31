"""Gives what is with nobody to whom the rules of assignment say, in chunks, as often as it is asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.timezone import localdate

from agents.choices import Post
from agents.managing import managers_of
from agents.models import Branch, Posting
from agents.operations.postings import current
from audits.assigning import Case, Given, Planner, Rule
from audits.choices import FindingState, StepAction, TimelineKind
from audits.choices import RectificationState as State
from audits.loads import Candidates
from audits.models import AssignmentRule, Finding, Rectification, TimelineEntry
from audits.operations.telling import tell_assigned_many
from audits.states import WORK
from audits.transitions_many import OneStep, walk_many
from workplace.absences import absent
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


def waiting(rows: QuerySet[Rectification]) -> QuerySet[Rectification]:
    """With nobody."""
    return rows.filter(state=State.OPEN, owner__isnull=True)


def untouched(rows: QuerySet[Rectification]) -> QuerySet[Rectification]:
    """Leaves out what a person took back last: no rule gives that away again by itself."""
    steps = TimelineEntry.objects.filter(rectification=OuterRef("pk"), kind=TimelineKind.STEP)
    latest = steps.order_by("-id")
    last = rows.annotate(
        last_step=Subquery(latest.values("action")[:1]), last_by=Subquery(latest.values("actor")[:1])
    )
    return last.exclude(last_step=StepAction.UNASSIGN, last_by__isnull=False)


def planner_of(
    rules: Iterable[AssignmentRule], *, day: date, reached_by: Candidates | None = None
) -> Planner:
    """Everything that one plan asks, read once."""
    people = _workers()
    who = reached_by or Candidates(people)
    able = {person.pk for person in people}
    known: dict[tuple[int, int | None], set[int]] = {}

    def reach(case: Case) -> set[int]:
        place = case.branches[0], case.agency
        if place not in known:
            known[place] = who.reaching(*place) & able
        return known[place]

    loads = Rectification.objects.filter(owner__in=able).exclude(state=State.CLOSED)
    counted = loads.order_by().values_list("owner").annotate(n=Count("pk"))
    return Planner(
        rules=[rule_of(one) for one in rules],
        holders=Holders(day),
        reach=reach,
        away=absent(day),
        load=dict(counted),
    )


def rule_of(row: AssignmentRule) -> Rule:
    return Rule(
        pk=row.pk,
        name=row.name,
        branch=row.branch_id,
        agency=row.agency_id,
        family=row.family,
        severity=row.severity,
        post=row.post,
        spread=row.spread,
        people={member.staff_id: member.weight for member in row.members.all()},
        turn=row.turn,
    )


def cases_of(rows: Sequence[Rectification]) -> list[Case]:
    """Two queries for all of them."""
    parents = dict(Branch.objects.values_list("pk", "parent_id"))
    open_ones = Finding.objects.filter(rectification__in=rows, state=FindingState.OPEN).order_by()
    wrong: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
    for pk, code, severity in open_ones.values_list("rectification_id", "rule", "severity"):
        if pk is not None:
            wrong[pk].add((code, severity))
    return [
        Case(row.pk, tuple(_upward(row.branch_id, parents)), row.agency_id, frozenset(wrong[row.pk]))
        for row in rows
    ]


def active_rules(*, locked: bool = False) -> list[AssignmentRule]:
    """In their order; locked while their turns are counted, so that two runs do not give the same turn."""
    rules = AssignmentRule.objects.filter(active=True).order_by("place", "pk")
    if locked:
        rules = rules.select_for_update(of=("self",))
    return list(rules.prefetch_related("members"))


class Holders:
    """Who holds a post where: in the agency for a liaison, else in the nearest branch that has anyone."""

    def __init__(self, day: date) -> None:
        self._there: defaultdict[tuple[str, str, int], dict[int, int]] = defaultdict(dict)
        posted = current(Posting.objects.filter(staff__is_active=True), day).order_by("staff_id")
        for post, branch, agency, staff in posted.values_list("post", "branch_id", "agency_id", "staff_id"):
            kind, unit = ("agency", agency) if agency else ("branch", branch)
            self._there[post, kind, unit or 0][staff] = 1

    def __call__(self, post: str, case: Case) -> Mapping[int, int]:
        if post == Post.LIAISON:
            return self._there.get((post, "agency", case.agency or 0), {})
        units = (self._there.get((post, "branch", branch), {}) for branch in case.branches)
        return next((unit for unit in units if unit), {})


def plan_for(rows: Sequence[Rectification], *, day: date) -> list[Given]:
    """What would come of it now; nothing happens."""
    planner = planner_of(active_rules(), day=day)
    return [planner.give(case) for case in cases_of(rows)]


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
        asked = untouched(asked)
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


def _upward(branch: int, parents: Mapping[int, int | None]) -> Iterator[int]:
    following: int | None = branch
    while following is not None:
        yield following
        following = parents.get(following)


def _workers() -> list[Staff]:
    """Everybody active who may work on rectifications."""
    codename = WORK.partition(".")[2]
    allowed = Q(groups__permissions__codename=codename) | Q(user_permissions__codename=codename)
    found = Staff.objects.get_queryset().filter(allowed, is_active=True)
    return list(found.distinct().order_by("pk"))


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
