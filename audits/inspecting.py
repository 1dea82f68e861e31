"""Yearly inspections as they stand: which branches a year must cover, which it misses, what is answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from agents.choices import BranchLevel
from agents.models import Branch, Posting
from agents.models.reach import subtree_of
from agents.operations.postings import current
from audits.models import (
    Accountability,
    BranchInspection,
    ChecklistItem,
    InspectionAnswer,
    InspectionFinding,
    InspectionYear,
    SampleItem,
    SamplingRun,
)
from audits.sampling.choices import InspectionState, ReviewAnswer, RunState
from authenticity.choices import Severity
from workplace.models import Staff

INSPECT = "audits.change_branchinspection"
SEE = "audits.view_branchinspection"
GRAVE = (Severity.BLOCK, Severity.ERROR)
MOST_RUNS = 100


@dataclass(frozen=True)
class Coverage:
    """`open` counts the branches that the year must cover today, `done` those inspected."""

    open: int
    done: int
    under_way: int
    late: int
    missed: tuple[Branch, ...] = ()

    @property
    def percent(self) -> float:
        return 100.0 * self.done / self.open if self.open else 100.0


@dataclass(frozen=True)
class Asked:
    """One question with the answer that holds, if there is one."""

    question: ChecklistItem
    answer: InspectionAnswer | None
    findings: int = 0

    @property
    def fails(self) -> bool:
        return bool(self.answer and self.answer.answer == ReviewAnswer.NO and self.question.fails)


@dataclass(frozen=True)
class Found:
    """One finding with whoever was held to account for it."""

    finding: InspectionFinding
    held: tuple[Accountability, ...] = ()


def open_branches(year: int, today: date) -> QuerySet[Branch]:
    """Every branch below the head office that is open today, or on the year's nearest day to it."""
    day = min(max(today, date(year, 1, 1)), date(year, 12, 31))
    found: QuerySet[Branch] = Branch.objects.filter(
        ~Q(level=BranchLevel.HEAD),
        Q(opened_on__isnull=True) | Q(opened_on__lte=day),
        Q(closed_on__isnull=True) | Q(closed_on__gt=day),
    )
    return found


def missed_by(year: InspectionYear, today: date) -> list[Branch]:
    """Open branches that the year's plan does not name."""
    planned = BranchInspection.objects.filter(year=year).order_by().values("branch_id")
    return list(open_branches(year.year, today).exclude(pk__in=planned).order_by("number"))


def coverage_of(year: InspectionYear, staff: Staff, today: date) -> Coverage:
    """Of the branches that this person sees."""
    seen = Branch.objects.visible_to(staff).order_by().values("pk")
    must = open_branches(year.year, today).filter(pk__in=seen)
    rows = BranchInspection.objects.visible_to(staff).filter(year=year)
    late = ~Q(state=InspectionState.DONE) & Q(due_on__lt=today)
    counted = rows.filter(branch__in=must.order_by().values("pk")).aggregate(
        done=Count("pk", filter=Q(state=InspectionState.DONE)),
        under_way=Count("pk", filter=Q(state=InspectionState.UNDER_WAY)),
        late=Count("pk", filter=late),
    )
    known = set(rows.values_list("branch_id", flat=True))
    branches = list(must.order_by("number"))
    missed = tuple(branch for branch in branches if branch.pk not in known)
    return Coverage(open=len(branches), missed=missed, **counted)


def with_counts(rows: QuerySet[BranchInspection]) -> QuerySet[BranchInspection]:
    """Findings, grave ones and those not yet put right, counted beside each inspection."""
    found = InspectionFinding.objects.filter(inspection=OuterRef("pk")).order_by().values("inspection")
    counts = {
        "n_found": found,
        "n_grave": found.filter(severity__in=GRAVE),
        "n_left": found.filter(settled_at__isnull=True),
    }
    return rows.annotate(
        **{
            name: Coalesce(Subquery(one.annotate(n=Count("pk")).values("n")), 0)
            for name, one in counts.items()
        }
    )


def questions_of(inspection: BranchInspection) -> list[Asked]:
    """In the checklist's order; of several answers the last holds."""
    answers: dict[int, InspectionAnswer] = {}
    for answer in inspection.answers.select_related("answered_by").order_by("id"):
        answers[answer.question_id] = answer
    counts: dict[int, int] = {}
    for question in inspection.found.values_list("question_id", flat=True):
        counts[question or 0] = counts.get(question or 0, 0) + 1
    items = ChecklistItem.objects.filter(version=inspection.year.checklist_id).select_related("article")
    return [
        Asked(item, answers.get(item.pk), counts.get(item.pk, 0)) for item in items.order_by("place", "pk")
    ]


def findings_of(inspection: BranchInspection) -> list[Found]:
    """In the order in which they were written down."""
    found = list(
        inspection.found.select_related("question", "article", "made_by", "settled_by").order_by("id")
    )
    held: dict[int | None, list[Accountability]] = {}
    rows = Accountability.objects.filter(inspection_finding__in=[one.pk for one in found])
    for row in rows.select_related("branch", "agency", "seller", "person", "decided_by").order_by("pk"):
        held.setdefault(row.inspection_finding_id, []).append(row)
    return [Found(one, tuple(held.get(one.pk, ()))) for one in found]


def name_of(row: Accountability) -> str:
    """The unit or person that answers, as shown: sellers with their number."""
    if row.seller is not None:
        return f"{row.seller.name} {row.seller.staff_no}"
    unit = row.person or row.agency or row.branch
    return unit.name if unit is not None else ""


def posted_in(branch_ids: Iterable[int], today: date) -> frozenset[int]:
    """Staff who are posted to those branches or below them."""
    below = subtree_of(list(branch_ids))
    posted = current(Posting.objects.filter(branch_id__in=below), today)
    return frozenset(posted.values_list("staff_id", flat=True))


def inspectors() -> QuerySet[Staff]:
    """Whoever may inspect at all; each branch leaves out who is posted to it."""
    codename = INSPECT.partition(".")[2]
    allowed = Q(groups__permissions__codename=codename) | Q(user_permissions__codename=codename)
    found = Staff.objects.get_queryset().filter(allowed, is_active=True)
    return found.distinct().order_by("name", "pk")


def homes_of(people: Iterable[Staff], today: date) -> dict[int, frozenset[int]]:
    """Branches that each person is posted to, by id of the person."""
    homes: dict[int, set[int]] = {}
    posted = current(Posting.objects.filter(staff__in=[one.pk for one in people]), today)
    for staff_id, branch_id in posted.filter(branch__isnull=False).values_list("staff_id", "branch_id"):
        homes.setdefault(staff_id, set()).add(branch_id)
    return {staff_id: frozenset(branches) for staff_id, branches in homes.items()}


def runs_of(inspection: BranchInspection, staff: Staff) -> Sequence[SamplingRun]:
    """Samples that this person sees and that hold something of the branch or below it."""
    below = subtree_of([inspection.branch_id])
    items = SampleItem.objects.filter(Q(policy__branch__in=below) | Q(customer__home_branch__in=below))
    runs = SamplingRun.objects.visible_to(staff).filter(
        state__in=(RunState.DRAWN, RunState.CONCLUDED), pk__in=items.order_by().values("run_id")
    )
    return list(runs.select_related("plan").order_by("-pk")[:MOST_RUNS])


def sample_counts(inspection: BranchInspection) -> Mapping[str, int]:
    """Items of the attached sample that belong to the branch, by outcome."""
    if inspection.run_id is None:
        return {}
    below = subtree_of([inspection.branch_id])
    items = SampleItem.objects.filter(
        Q(policy__branch__in=below) | Q(customer__home_branch__in=below), run=inspection.run_id
    )
    return dict(items.order_by().values_list("outcome").annotate(n=Count("pk")))
