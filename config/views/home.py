"""Home: the sentence that matters to this role today, and the first things to take up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from audits import league
from audits.choices import DisputeState, RectificationState
from audits.models import Rectification, RuleDispute
from audits.performance import as_of, tallies
from config.navigation import address
from workplace.access import requires, staff_of
from workplace.choices import ConflictState, JobState, Role
from workplace.models import Conflict, Job, Staff

HEAD_OF_QUEUE = 15
WORST = 8
IN_HAND = Q(
    state__in=[RectificationState.ASSIGNED, RectificationState.IN_PROGRESS, RectificationState.RETURNED]
)
UNFINISHED = ~Q(state=RectificationState.CLOSED)
SUBJECTS = ("customer", "policy", "seller", "branch", "agency", "owner")
Context = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """A number that opens its list; `tone` is overdue, due-soon or nothing."""

    number: int
    text: str
    link: str = ""
    tone: str = ""


def link_to(name: str, **query: str) -> str:
    link = address(name)
    return f"{link}?{urlencode(query)}" if link and query else link


@requires()
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    staff = staff_of(request)
    page = PAGES[Role(staff.role)]
    return render(request, "zhenxin/home.html", page(staff, timezone.localdate()))


# -- clerk, partner ----------------------------------------------------------------------------------


def _queue_page(staff: Staff, today: date) -> Context:
    mine = Rectification.objects.visible_to(staff).filter(owner=staff)
    counts = mine.aggregate(
        today=Count("pk", filter=IN_HAND & Q(due_on=today)),
        overdue=Count("pk", filter=IN_HAND & Q(due_on__lt=today)),
        returned=Count("pk", filter=Q(state=RectificationState.RETURNED)),
        waiting=Count("pk", filter=Q(state=RectificationState.IN_REVIEW)),
    )
    figures = [
        Figure(counts["today"], _("due today"), _queue("today"), "due-soon"),
        Figure(counts["overdue"], _("overdue"), _queue("overdue"), "overdue"),
        Figure(counts["returned"], _("returned to you"), _queue("returned"), "due-soon"),
        Figure(counts["waiting"], _("waiting for review"), _queue("waiting")),
    ]
    return {"figures": figures, "queue": _head(mine.filter(IN_HAND)), "queue_link": _queue("all")}


def _partner_page(staff: Staff, today: date) -> Context:
    ours = Rectification.objects.visible_to(staff).filter(UNFINISHED)
    counts = ours.aggregate(open=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=today)))
    figures = [
        Figure(counts["overdue"], _("overdue"), _queue("overdue"), "overdue"),
        Figure(counts["open"], _("open at your agency"), _queue("all")),
    ]
    return {"figures": figures, "queue": _head(ours), "queue_link": _queue("all")}


def _queue(tab: str) -> str:
    return link_to("rectification_queue", tab=tab)


def _head(found: QuerySet[Rectification]) -> list[Rectification]:
    open_findings = Count("findings", filter=Q(findings__state="open"))
    rows = found.select_related(*SUBJECTS).annotate(open_findings=open_findings)
    return list(rows.order_by(F("due_on").asc(nulls_last=True), "pk")[:HEAD_OF_QUEUE])


# -- manager -----------------------------------------------------------------------------------------


def _team_page(staff: Staff, today: date) -> Context:
    team = Rectification.objects.visible_to(staff)
    counts = team.aggregate(
        unassigned=Count("pk", filter=Q(state=RectificationState.OPEN)),
        overdue=Count("pk", filter=UNFINISHED & Q(due_on__lt=today)),
        review=Count("pk", filter=Q(state=RectificationState.IN_REVIEW) & ~Q(submitted_by=staff)),
        today=Count("pk", filter=UNFINISHED & Q(due_on=today)),
    )
    figures = [
        Figure(counts["overdue"], _("overdue"), link_to("team_board", tab="overdue"), "overdue"),
        Figure(counts["today"], _("due today"), link_to("team_board", tab="today"), "due-soon"),
        Figure(counts["unassigned"], _("not assigned"), link_to("team_board", tab="unassigned")),
        Figure(counts["review"], _("to review"), link_to("review_queue")),
    ]
    pressing = team.filter(UNFINISHED).exclude(state=RectificationState.IN_REVIEW)
    return {
        "figures": figures,
        "load": _load(team, today),
        "queue": _head(pressing),
        "queue_link": link_to("team_board"),
        "with_owner": True,
    }


def _load(team: QuerySet[Rectification], today: date) -> list[dict[str, Any]]:
    """Who has how much in hand; the most overdue first."""
    owned = team.filter(UNFINISHED, owner__isnull=False).order_by().values("owner", "owner__name")
    counted = owned.annotate(
        in_hand=Count("pk", filter=IN_HAND),
        overdue=Count("pk", filter=IN_HAND & Q(due_on__lt=today)),
        returned=Count("pk", filter=Q(state=RectificationState.RETURNED)),
        waiting=Count("pk", filter=Q(state=RectificationState.IN_REVIEW)),
    )
    return list(counted.order_by("-overdue", "-in_hand", "owner__name"))


# -- compliance, auditor -----------------------------------------------------------------------------


def _compliance_page(staff: Staff, today: date) -> Context:
    moment = as_of(today, now=timezone.now())
    now = tallies(staff=staff, moment=moment)
    before = tallies(staff=staff, moment=as_of(today - timedelta(days=7), now=moment.at))
    total = now.total()
    agencies = league.sorted_lines(league.agency_lines(now=now, before=before), sort="share")
    branches = league.branch_lines(staff=staff, now=now, before=before)
    disputes = RuleDispute.objects.visible_to(staff).filter(state=DisputeState.OPEN).count()
    conflicts = Conflict.objects.visible_to(staff).filter(state=ConflictState.OPEN).count()
    overdue = link_to("performance_rectifications", measure="overdue")
    figures = [
        Figure(total.overdue, _("rectifications overdue"), overdue, "overdue"),
        Figure(disputes, _("rules disputed"), link_to("disputes"), "due-soon"),
        Figure(conflicts, _("conflicts to decide"), link_to("conflicts")),
    ]
    leagues = [
        {"by": "agency", "lines": agencies[:WORST]},
        {"by": "branch", "lines": league.sorted_lines(branches, sort="share")[:WORST]},
    ]
    return {"figures": figures, "total": total, "leagues": leagues, "benchmark": league.BENCHMARK}


# -- administrator -----------------------------------------------------------------------------------


def _office_page(staff: Staff, today: date) -> Context:
    jobs = Job.objects.aggregate(
        failed=Count("pk", filter=Q(state=JobState.FAILED)),
        running=Count("pk", filter=Q(state__in=[JobState.RUNNING, JobState.QUEUED])),
    )
    people = Staff.objects.visible_to(staff).aggregate(
        active=Count("pk", filter=Q(is_active=True)),
        new=Count("pk", filter=Q(is_active=True, must_change_password=True)),
    )
    everybody = "admin:workplace_staff_changelist"
    figures = [
        Figure(jobs["failed"], _("jobs failed"), link_to("jobs", state="failed"), "overdue"),
        Figure(jobs["running"], _("jobs running or waiting"), link_to("jobs", state="unfinished")),
        Figure(people["active"], _("people can log in"), link_to(everybody, is_active__exact="1")),
        Figure(
            people["new"],
            _("have not yet set a password of their own"),
            link_to(everybody, must_change_password__exact="1", is_active__exact="1"),
        ),
    ]
    recent = list(Job.objects.select_related("started_by").order_by("-id")[:HEAD_OF_QUEUE])
    return {"figures": figures, "jobs": recent, "shows_jobs": True}


PAGES: dict[Role, Callable[[Staff, date], Context]] = {
    Role.CLERK: _queue_page,
    Role.MANAGER: _team_page,
    Role.COMPLIANCE: _compliance_page,
    Role.AUDITOR: _compliance_page,
    Role.PARTNER: _partner_page,
    Role.ADMINISTRATOR: _office_page,
}


# -- live counts of the navigation -------------------------------------------------------------------


@requires()
@require_safe
@never_cache
def badges(request: HttpRequest) -> JsonResponse:
    """Fetched by the page after it stands, so that no page waits for them."""
    staff, today = staff_of(request), timezone.localdate()
    late = UNFINISHED & Q(due_on__lt=today)
    counts = Rectification.objects.visible_to(staff).aggregate(
        mine=Count("pk", filter=IN_HAND & Q(owner=staff)),
        late=Count("pk", filter=late & IN_HAND & Q(owner=staff)),
        review=Count("pk", filter=Q(state=RectificationState.IN_REVIEW) & ~Q(submitted_by=staff)),
        unassigned=Count("pk", filter=Q(state=RectificationState.OPEN)),
        unassigned_late=Count("pk", filter=late & Q(state=RectificationState.OPEN)),
    )
    open_disputes = RuleDispute.objects.visible_to(staff).filter(state=DisputeState.OPEN).count()
    open_conflicts = Conflict.objects.visible_to(staff).filter(state=ConflictState.OPEN).count()
    return JsonResponse(
        {
            "mine": _badge(counts["mine"], _("in your hand"), counts["late"]),
            "review": _badge(counts["review"], _("wait for review")),
            "unassigned": _badge(counts["unassigned"], _("not assigned"), counts["unassigned_late"]),
            "disputes": _badge(open_disputes, _("wait for an answer")),
            "conflicts": _badge(open_conflicts, _("wait for a decision")),
        }
    )


def _badge(count: int, text: str, late: int = 0) -> dict[str, Any]:
    title = f"{count} {text}" + (f" · {late} {_('overdue')}" if late else "")
    return {"count": count, "title": title, "urgent": late > 0}
