"""How rectifications are worked off, by clerk, unit, agency and rule, and the rows behind each figure."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agents.models import Agency, Branch
from audits import league
from audits.catalogue import message_of
from audits.measures import BY, MEASURES, Period, Worked, figures, hours_of, measured, of_rule, period, worked
from audits.models import Rectification
from audits.views.performance import after_key, next_page
from workplace.access import requires, staff_of
from workplace.models import Staff

PAGE = 100
NOBODY = "none"
LONGEST_CODE = 20


@requires("audits.view_performance")
@require_safe
def measures(request: HttpRequest) -> HttpResponse:
    staff, during = staff_of(request), _period(request)
    by = request.GET.get("by", BY[0])
    if by not in BY:
        raise BadRequest("by")
    found = figures(worked(staff=staff, during=during), by=by, moment=during.until)
    context = {
        "by": by,
        "tabs": [(name, label, _link("measures", by=name, **_days(during))) for name, label in _titles()],
        "during": during,
        "lines": _lines(staff, by, found),
        "where": urlencode({"by": by, **_days(during)}),
        "total": sum(found.values(), Worked()) if by != "rule" else None,
    }
    return render(request, "audits/measures.html", context)


@requires("audits.view_performance")
@require_safe
def measures_rectifications(request: HttpRequest) -> HttpResponse:
    """Exactly the rectifications that the figure counts, each with the working hours it took."""
    staff, during = staff_of(request), _period(request)
    measure = request.GET.get("measure", MEASURES[0])
    if measure not in MEASURES:
        raise Http404
    unit = _unit(staff, request.GET.get("by", ""), request.GET.get("unit", ""))
    found = worked(staff=staff, during=during).filter(unit.condition, measured(measure))
    rows = found.filter(after_key(request, "pk")).order_by("pk")
    page = list(rows.select_related("customer", "policy", "seller", "branch", "agency", "owner")[: PAGE + 1])
    shown = page[:PAGE]
    took = hours_of(shown, moment=during.until)
    for row in shown:
        row.took = took.get(row.pk)
    context = {
        "rows": shown,
        "with_hours": True,
        "heading": _headings()[measure],
        "next": next_page(request, shown[-1].pk) if len(page) > PAGE else "",
        "moment": during.until,
        "unit": unit,
        "total": found.count(),
        "back_link": _link("measures", by=request.GET.get("by", "") or BY[0], **_days(during)),
    }
    return render(request, "audits/performance_rectifications.html", context)


def _period(request: HttpRequest) -> Period:
    """400 for what is no date."""
    given: dict[str, date | None] = {}
    for name in ("since", "until"):
        text = request.GET.get(name, "")
        try:
            given[name] = date.fromisoformat(text) if text else None
        except ValueError as error:
            raise BadRequest(name) from error
    return period(given["since"], given["until"], now=timezone.now())


def _days(during: Period) -> dict[str, str]:
    return {"since": during.since.isoformat(), "until": during.until.day.isoformat()}


def _link(name: str, **query: str) -> str:
    return f"{reverse(name)}?{urlencode(query)}"


def _lines(staff: Staff, by: str, found: dict[Any, Worked]) -> list[dict[str, Any]]:
    """Most closed first; a branch with all below it."""
    if by == "branch":
        branches = {branch.pk: branch for branch in Branch.objects.visible_to(staff)}
        found = league.rolled_up(found, branches, Worked())
        names = {pk: branch.name for pk, branch in branches.items()}
    else:
        names = _names(by, [key for key in found if key is not None])
    nobody = _("Without an agency") if by == "agency" else _("Nobody")
    lines = [
        {
            "key": NOBODY if key is None else str(key),
            "name": nobody if key is None else names.get(key, str(key)),
            "worked": one,
        }
        for key, one in found.items()
    ]
    return sorted(lines, key=lambda line: (-line["worked"].closed, line["name"]))


def _names(by: str, keys: list[Any]) -> dict[Any, str]:
    if by == "rule":
        return {code: f"{code} {message_of(code)}" for code in keys}
    rows: QuerySet[Any] = Staff.objects.all() if by == "clerk" else Agency.objects.all()
    return dict(rows.filter(pk__in=keys).values_list("pk", "name"))


def _unit(staff: Staff, by: str, key: str) -> league.Unit:
    """404 for what is no unit, or none that this person may see."""
    if by == "rule" and key and len(key) <= LONGEST_CODE:
        return league.Unit(f"{key} {message_of(key)}", of_rule(key))
    if by == "clerk" and key:
        return _clerk(staff, key)
    try:
        return league.unit_of(staff=staff, by=by if key else "", key=key)
    except league.UnknownUnit as error:
        raise Http404 from error


def _clerk(staff: Staff, key: str) -> league.Unit:
    if key == NOBODY:
        return league.Unit(_("Nobody"), Q(clerk__isnull=True))
    if not key.isascii() or not key.isdecimal() or len(key) > 18:
        raise Http404
    seen = Rectification.objects.visible_to(staff)
    handed_in = seen.filter(timeline__actor=int(key)) | seen.filter(owner=int(key))
    clerk = Staff.objects.filter(pk=int(key)).first()
    if clerk is None or not handed_in.exists():
        raise Http404
    return league.Unit(clerk.name, Q(clerk=clerk.pk))


def _titles() -> list[tuple[str, str]]:
    return [
        ("clerk", _("By clerk")),
        ("branch", _("By branch")),
        ("agency", _("By agency")),
        ("rule", _("By rule")),
    ]


def _headings() -> dict[str, str]:
    return {
        "closed": _("Closed rectifications"),
        "on_time": _("Rectifications closed on time"),
        "accepted": _("Accepted rectifications"),
        "first_right": _("Right the first time"),
        "reviewed": _("Reviewed rectifications"),
        "returned": _("Returned rectifications"),
        "ended": _("Rectifications closed at some time"),
        "reopened": _("Reopened rectifications"),
    }
