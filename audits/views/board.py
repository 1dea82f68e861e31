from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from audits.board import BoardFilters, conditions, on_board, words_of
from audits.board_absences import fortnight
from audits.board_numbers import GROUPINGS, lanes, people, summed, tallies, working_days
from audits.choices import RectificationState as State
from audits.loads import Candidates, loads, spread, workers
from audits.models import Rectification
from audits.operations.rectifications import BulkResult, assign_each, unassign_rectifications
from audits.states import ASSIGN
from audits.worklists import (
    BOARD_TABS,
    FIELD_GROUPS,
    line_of,
    page_of,
    tab_of,
    with_lines,
)
from workplace.absences import absent
from workplace.access import requires, staff_of
from workplace.calendar import WorkingCalendar
from workplace.models import Staff
from workplace.saved_views import view_context

MOST = 500
BY = {
    "person": gettext_lazy("By person"),
    "state": gettext_lazy("By state"),
    "unit": gettext_lazy("By unit"),
    "agency": gettext_lazy("By agency"),
    "rule": gettext_lazy("By rule"),
    "age": gettext_lazy("By age"),
}


@requires(ASSIGN)
def board(request: HttpRequest) -> HttpResponse:
    """Who has how much and what is late; every number opens exactly its rows."""
    staff, today = staff_of(request), timezone.localdate()
    rows, calendar = Rectification.objects.visible_to(staff), WorkingCalendar()
    tabs = conditions(today, calendar)
    by = request.GET.get("by", "")
    by = by if by in GROUPINGS else "person"
    parts = tallies(rows, by, tabs, today)
    numbers = summed(parts if by != "rule" else tallies(rows, "state", tabs, today), tabs)
    filters = _filters(request, numbers)
    people_here = list(workers(staff))
    away = fortnight(people_here, today, calendar)
    found = on_board(staff, filters, today, tabs)
    saved = view_context(request, page="board", filters={"tab": filters.tab})
    context: dict[str, Any] = {
        **saved,
        "calendar": calendar,
        "by": by,
        "ways": BY.items(),
        "parameter": GROUPINGS[by].parameter,
        "tab": filters.tab,
        "tabs": [(name, label, numbers.get(name)) for name, (label, _condition) in BOARD_TABS.items()],
        "numbers": numbers,
        "filters": filters,
        "groups": [(name, label) for name, (label, _fields) in FIELD_GROUPS.items()],
        "away": away,
        "workers": [(one, away.until.get(one.pk)) for one in people_here],
        "chips": words_of(replace(filters, tab="", search="", group="", severity=""), staff),
        "said": urlencode(filters.said()),
        "page": page_of(found, after=request.GET.get("after", ""), order=saved["views"].order),
    }
    if filters.tab != "closed":
        context["matching"] = found.count() if filters.narrows else numbers[filters.tab]
    if by == "person":
        parts = people(parts, people_here, away.until, working_days(rows, timezone.now(), calendar))
    context |= {"lanes": lanes(rows, parts)} if by == "state" else {"tallies": parts}
    return render(request, "audits/board.html", context)


def _filters(request: HttpRequest, numbers: dict[str, int]) -> BoardFilters:
    """Without a tab: what is urgent first, unless the rows are narrowed otherwise."""
    filters = BoardFilters.of(request.GET)
    urgent = next((name for name in ("unassigned", "overdue") if numbers[name]), "all")
    return replace(filters, tab=tab_of(filters.tab, BOARD_TABS, "all" if filters.narrows else urgent))


@requires(ASSIGN)
def assign(request: HttpRequest) -> HttpResponse:
    """GET shows who would get what; POST does exactly that."""
    staff = staff_of(request)
    given = request.POST if request.method == "POST" else request.GET
    rows = _chosen(staff, given.getlist("id"))
    if not rows:
        return redirect("team_board")
    if request.method == "POST":
        return _assign_posted(request, staff, rows)
    people = list(workers(staff))
    who = Candidates(people)
    load = {one.staff.pk: one.open for one in loads(people, today=timezone.localdate(), at=timezone.now())}
    picked = {int(pk) for pk in request.GET.getlist("to") if pk.isdecimal()}
    reaching = {person.pk for row in rows for person in who.of(row)}
    chosen = [person for person in people if person.pk in picked & reaching]
    plan = spread(rows, chosen, load, who)
    context = {
        "lines": [
            (line_of(row), [(p, load.get(p.pk, 0)) for p in who.of(row)], plan.get(row.pk)) for row in rows
        ],
        "people": [(p, load.get(p.pk, 0), p.pk in picked) for p in people if p.pk in reaching],
        "shares": _shares(chosen, plan, load),
        "chosen": chosen,
        "away": absent(timezone.localdate()),
    }
    return render(request, "audits/assign.html", context)


def _chosen(staff: Staff, ids: Sequence[str]) -> list[Rectification]:
    wanted = [int(pk) for pk in ids if pk.isdecimal()][:MOST]
    rows = Rectification.objects.visible_to(staff).filter(pk__in=wanted).exclude(state=State.CLOSED)
    return list(with_lines(rows).order_by(F("due_on").asc(nulls_last=True), "pk"))


def _shares(
    chosen: Sequence[Staff], plan: dict[int, Staff | None], load: dict[int, int]
) -> list[tuple[Staff, int, int, int]]:
    """(person, has, gets, will have)"""
    gets = {p.pk: sum(1 for one in plan.values() if one is not None and one.pk == p.pk) for p in chosen}
    return [(p, load.get(p.pk, 0), gets[p.pk], load.get(p.pk, 0) + gets[p.pk]) for p in chosen]


def _assign_posted(request: HttpRequest, staff: Staff, rows: Sequence[Rectification]) -> HttpResponse:
    people = {str(person.pk): person for person in workers(staff)}
    owners: dict[int, Staff] = {}
    seen: dict[int, int] = {}
    for row in rows:
        owner = people.get(request.POST.get(f"owner-{row.pk}", ""))
        version = request.POST.get(f"version-{row.pk}", "")
        if owner is not None:
            owners[row.pk] = owner
        if version.isdecimal():
            seen[row.pk] = int(version)
    result = assign_each(
        rectifications=[row for row in rows if row.pk in owners],
        owners=owners,
        seen_versions=seen,
        actor=staff,
        at=timezone.now(),
        note=request.POST.get("note", "")[:1000],
    )
    return _told(request, _("Assigned"), result)


@requires(ASSIGN)
@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    staff = staff_of(request)
    rows = _chosen(staff, request.POST.getlist("id"))
    result = unassign_rectifications(
        rectifications=rows,
        actor=staff,
        at=timezone.now(),
        reason=request.POST.get("note", "")[:1000],
    )
    return _told(request, _("Taken back"), result)


def _told(request: HttpRequest, title: str, result: BulkResult) -> HttpResponse:
    context: dict[str, Any] = {"title": title, "result": result, "gone": 0, "back": "team_board"}
    return render(request, "audits/bulk_result.html", context)
