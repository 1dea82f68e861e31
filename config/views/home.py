"""Home: the sentence that matters to this role today, and the first things to take up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Func, IntegerField, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from audits import call_backs, league, sample_reviews
from audits.choices import ChangeState, DisputeState
from audits.choices import RectificationState as State
from audits.clock import overdue
from audits.loads import loads, workers
from audits.models import Rectification, RuleChange, RuleDispute
from audits.performance import as_of, tallies
from audits.standing_in import owners_for
from audits.worklists import AT_WORK, BOARD_TABS, TABS, counted, mine, page_of
from config.navigation import address
from workplace import announced
from workplace.absences import principals_now
from workplace.access import requires, staff_of
from workplace.calendar import WorkingCalendar
from workplace.choices import ConflictState, JobState, Role
from workplace.models import Conflict, Job, Notice, Staff
from workplace.saved_views import counts

HEAD_OF_QUEUE = 15
WORST = 8
Context = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """A clause with its number, and the list of exactly that many rows; `tone` is overdue or due-soon."""

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
    page = PAGES[Role(staff.role)](staff)
    page["figures"] = [figure for figure in page["figures"] if figure.number]
    return render(request, "zhenxin/home.html", page)


# -- clerk, partner ----------------------------------------------------------------------------------


def _queue_page(staff: Staff) -> Context:
    rows = mine(staff)
    n = counted(rows, TABS, timezone.localdate())
    today, overdue, returned, waiting = n["today"], n["overdue"], n["returned"], n["waiting"]
    figures = [
        Figure(
            today, ngettext("%d is due today", "%d are due today", today) % today, _queue("today"), "due-soon"
        ),
        Figure(
            overdue,
            ngettext("%d is overdue", "%d are overdue", overdue) % overdue,
            _queue("overdue"),
            "overdue",
        ),
        Figure(
            returned,
            ngettext("%d was returned to you", "%d were returned to you", returned) % returned,
            _queue("returned"),
            "due-soon",
        ),
        Figure(
            waiting,
            ngettext("%d waits for review", "%d wait for review", waiting) % waiting,
            _queue("waiting"),
        ),
    ]
    head = page_of(rows.filter(state__in=AT_WORK), size=HEAD_OF_QUEUE)
    standing_in = bool(principals_now(staff))
    return {"figures": figures, "page": head, "queue_link": _queue("all"), "standing_in": standing_in}


def _partner_page(staff: Staff) -> Context:
    rows = Rectification.objects.visible_to(staff).exclude(state=State.CLOSED)
    n = counted(rows, TABS, timezone.localdate())
    late, every = n["overdue"], n["all"]
    figures = [
        Figure(late, ngettext("%d is overdue", "%d are overdue", late) % late, _agency("overdue"), "overdue"),
        Figure(
            every,
            ngettext("%d is open at your agency", "%d are open at your agency", every) % every,
            _agency("all"),
        ),
    ]
    return {"figures": figures, "page": page_of(rows, size=HEAD_OF_QUEUE), "queue_link": _agency("all")}


def _queue(tab: str) -> str:
    return link_to("rectification_queue", tab=tab)


def _agency(tab: str) -> str:
    """The agency's own, whoever of its people has them."""
    return link_to("rectification_queue", tab=tab, whose="all")


# -- manager -----------------------------------------------------------------------------------------


def _team_page(staff: Staff) -> Context:
    today, rows = timezone.localdate(), Rectification.objects.visible_to(staff)
    reviewable = Q(state=State.IN_REVIEW) & ~Q(submitted_by=staff) & ~Q(owner=staff)
    told = {name: BOARD_TABS[name] for name in ("overdue", "unassigned")}
    n = counted(rows, {**told, "review": ("", lambda _today: reviewable)}, today)
    overdue, unassigned, review = n["overdue"], n["unassigned"], n["review"]
    figures = [
        Figure(
            overdue,
            ngettext("%d is overdue", "%d are overdue", overdue) % overdue,
            _board("overdue"),
            "overdue",
        ),
        Figure(
            unassigned,
            ngettext("%d is not assigned", "%d are not assigned", unassigned) % unassigned,
            _board("unassigned"),
            "due-soon",
        ),
        Figure(
            review,
            ngettext("%d waits for your review", "%d wait for your review", review) % review,
            link_to("review_queue"),
        ),
    ]
    pressing = rows.exclude(state__in=(State.CLOSED, State.IN_REVIEW))
    calendar = WorkingCalendar()
    return {
        "figures": figures,
        "calendar": calendar,
        "load": loads(workers(staff), today=today, at=timezone.now(), calendar=calendar),
        "page": page_of(pressing, size=HEAD_OF_QUEUE),
        "queue_link": _board("all"),
        "show_owner": True,
    }


def _board(tab: str) -> str:
    return link_to("team_board", tab=tab)


# -- compliance, auditor -----------------------------------------------------------------------------


def _compliance_page(staff: Staff) -> Context:
    moment = as_of(None, now=timezone.now())
    now = tallies(staff=staff, moment=moment)
    earlier = as_of(moment.day - timedelta(days=7), now=moment.at)
    before = tallies(staff=staff, moment=earlier, works=False)
    total, branches = now.total(), league.branch_lines(staff=staff, now=now, before=before)
    agencies = league.agency_lines(now=now, before=before)
    leagues = [
        {"by": "agency", "lines": league.sorted_lines(agencies, sort="share")[:WORST]},
        {"by": "branch", "lines": league.sorted_lines(branches, sort="share")[:WORST]},
    ]
    disputed, conflicting = _counted_at_once(staff, _open(staff)).values()
    figures = [
        Figure(
            total.defective,
            ngettext("%d policy has open defects", "%d policies have open defects", total.defective)
            % total.defective,
            link_to("performance_policies", measure="defective"),
        ),
        Figure(
            total.overdue,
            ngettext("%d rectification is overdue", "%d rectifications are overdue", total.overdue)
            % total.overdue,
            link_to("performance_rectifications", measure="overdue"),
            "overdue",
        ),
        Figure(
            disputed,
            ngettext("%d rule is disputed", "%d rules are disputed", disputed) % disputed,
            link_to("disputes"),
            "due-soon",
        ),
        Figure(
            conflicting,
            ngettext("%d conflict waits for a decision", "%d conflicts wait for a decision", conflicting)
            % conflicting,
            link_to("conflicts"),
        ),
    ]
    return {"figures": figures, "total": total, "leagues": leagues}


def _open(staff: Staff) -> dict[str, QuerySet[Any]]:
    return {
        "disputes": RuleDispute.objects.visible_to(staff).filter(state=DisputeState.OPEN),
        "conflicts": Conflict.objects.visible_to(staff).filter(state=ConflictState.OPEN),
    }


def _counted_at_once(staff: Staff, rows: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """In one statement; no row of them may come twice, and none of them is cut."""
    numbers = [
        Subquery(
            found.order_by().annotate(n=Func("pk", function="COUNT")).values("n"),
            output_field=IntegerField(),
        )
        for found in rows.values()
    ]
    counted = Staff.objects.filter(pk=staff.pk).values_list(*numbers).get()
    return {name: number or 0 for name, number in zip(rows, counted, strict=True)}


# -- administrator -----------------------------------------------------------------------------------


def _office_page(staff: Staff) -> Context:
    failed = Job.objects.filter(state=JobState.FAILED).count()
    figures = [
        Figure(
            failed,
            ngettext("%d job failed", "%d jobs failed", failed) % failed,
            link_to("jobs", state="failed"),
            "overdue",
        ),
    ]
    recent = list(Job.objects.select_related("started_by").order_by("-id")[:HEAD_OF_QUEUE])
    return {"figures": figures, "jobs": recent, "shows_jobs": True}


PAGES: dict[Role, Callable[[Staff], Context]] = {
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
    """Fetched by the page once it stands, so that no page waits for them."""
    staff, today = staff_of(request), timezone.localdate()
    own = Q(owner__in=owners_for(staff), state__in=AT_WORK)
    reviewable = Q(state=State.IN_REVIEW) & ~Q(submitted_by=staff) & ~Q(owner=staff)
    n = Rectification.objects.visible_to(staff).aggregate(
        mine=Count("pk", filter=own),
        late=Count("pk", filter=own & overdue(today)),
        review=Count("pk", filter=reviewable),
        open=Count("pk", filter=Q(state=State.OPEN)),
        open_late=Count("pk", filter=Q(state=State.OPEN) & overdue(today)),
    )
    told = _told(staff, today)
    return JsonResponse(
        {
            "mine": _badge(n["mine"], n["late"]),
            "review": _badge(n["review"]),
            "unassigned": _badge(n["open"], n["open_late"]),
            "disputes": _badge(told["disputes"]),
            "rule_changes": _badge(told.get("rule_changes", 0)),
            "conflicts": _badge(told["conflicts"]),
            "my_reviews": _badge(told.get("my_reviews", 0), told.get("late_reviews", 0)),
            "call_backs": _badge(told.get("call_backs", 0), told.get("late_call_backs", 0)),
            "notices": _notices(told["notices"]),
            "announcements": _badge(told["announcements"]),
            **counts(staff, today),
        }
    )


def _told(staff: Staff, today: date) -> dict[str, int]:
    """Each only for whoever has something to do with it."""
    rows: dict[str, QuerySet[Any]] = {
        **_open(staff),
        "notices": Notice.objects.visible_to(staff).filter(read_at__isnull=True),
        "announcements": announced.unread(staff),
    }
    if staff.has_perm("audits.approve_rulechange"):
        proposed = RuleChange.objects.filter(state=ChangeState.PROPOSED)
        rows["rule_changes"] = proposed.exclude(proposed_by=staff)
    if staff.has_perm("audits.review_sample"):
        rows["my_reviews"] = sample_reviews.waiting(staff)
        rows["late_reviews"] = sample_reviews.waiting(staff).filter(due_on__lt=today)
    if staff.has_perm("audits.view_callback"):
        rows["call_backs"] = call_backs.waiting(staff)
        rows["late_call_backs"] = call_backs.waiting(staff).filter(ends_on__lt=today)
    return _counted_at_once(staff, rows)


def _notices(unread: int) -> dict[str, Any]:
    return {**_badge(unread), "title": ngettext("%d unread", "%d unread", unread) % unread, "urgent": True}


def _badge(count: int, late: int = 0) -> dict[str, Any]:
    """The title says in words what the colour says."""
    text = ngettext("%d is overdue", "%d are overdue", late) % late if late else ""
    return {"count": count, "urgent": late > 0, "title": text}
