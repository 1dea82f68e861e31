"""What the rules of assignment see: what is with nobody, who holds which post, who has how much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from agents.choices import Post
from agents.models import Branch, Posting
from agents.models.reach import subtree_of
from agents.operations.postings import current
from audits.assigning import Case, Given, Planner, Rule
from audits.choices import FindingState, StepAction, TimelineKind
from audits.choices import RectificationState as State
from audits.loads import Candidates
from audits.models import AssignmentRule, Finding, Rectification, TimelineEntry
from audits.states import WORK
from workplace.absences import absent
from workplace.models import Staff


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


def ruled(rows: QuerySet[Rectification]) -> QuerySet[Rectification]:
    """Leaves out what no active rule can fit by its branch and agency, so that idle rounds cost little."""
    rules = AssignmentRule.objects.filter(active=True).only("branch_id", "agency_id")
    places = [(rule.branch_id, rule.agency_id) for rule in rules]
    if any(branch is None and agency is None for branch, agency in places):
        return rows
    branches = subtree_of([branch for branch, _agency in places if branch is not None])
    agencies = [agency for branch, agency in places if branch is None and agency is not None]
    return rows.filter(Q(branch_id__in=branches) | Q(agency_id__in=agencies))


def planner_of(
    rules: Iterable[AssignmentRule], *, day: date, reached_by: Candidates | None = None
) -> Planner:
    """Everything that one plan asks, read once."""
    people = able_workers()
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


def _upward(branch: int, parents: Mapping[int, int | None]) -> Iterator[int]:
    following: int | None = branch
    while following is not None:
        yield following
        following = parents.get(following)


def able_workers() -> list[Staff]:
    """Everybody active who may work on rectifications."""
    codename = WORK.partition(".")[2]
    allowed = Q(groups__permissions__codename=codename) | Q(user_permissions__codename=codename)
    found = Staff.objects.get_queryset().filter(allowed, is_active=True)
    return list(found.distinct().order_by("pk"))
