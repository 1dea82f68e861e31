"""Who of the team is away in two months, who stands in, and one's own absences."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from workplace.absence_forms import LEAD, AbsenceForm, BackForm, SubstituteForm, colleagues_of
from workplace.absences import Away, calendar_of
from workplace.access import requires, staff_of
from workplace.calendar import WorkingCalendar
from workplace.models import Absence, Staff
from workplace.operations.absences import (
    AbsenceRefused,
    cut_short,
    name_substitute,
    record_absence,
)

SHOWN = 200


@dataclass(frozen=True)
class Cell:
    """One day of one person; `kind` is here, away (somebody stands in) or alone (nobody does)."""

    day: date
    kind: str
    working: bool
    said: str = ""


@requires()
@require_http_methods(["GET", "POST"])
def absences(request: HttpRequest) -> HttpResponse:
    staff, today = staff_of(request), timezone.localdate()
    colleagues = colleagues_of(staff)
    form = AbsenceForm(request.POST or None, actor=staff, colleagues=colleagues, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            record_absence(**form.cleaned_data, actor=staff, at=timezone.now())
        except AbsenceRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.info(request, _("Noted."))
            return redirect("absences")
    return render(request, "workplace/absences.html", _context(request, staff, today, form, colleagues))


def _context(
    request: HttpRequest, staff: Staff, today: date, form: AbsenceForm, colleagues: list[Staff]
) -> dict[str, Any]:
    first = _month(request.GET.get("month", ""), today)
    following = _next_month(first)
    last = _next_month(following) - timedelta(days=1)
    seen = Absence.objects.filter(since__lte=last, until__gte=first, staff__in=[one.pk for one in colleagues])
    rows = list(seen.select_related("staff", "substitute").order_by("staff__name", "since", "pk")[:SHOWN])
    leads, calendar, working = staff.has_perm(LEAD), calendar_of(first, last), WorkingCalendar()
    now = calendar.get(today) or calendar_of(today, today)[today]
    mine = {pk for pk, away in now.items() if away.substitute == staff.pk}
    ends = {away.substitute or 0 for those in calendar.values() for away in those.values()}
    names = dict(Staff.objects.filter(pk__in=ends | mine).values_list("pk", "name"))
    people = {row.staff_id: row.staff for row in rows}
    return {
        "form": form,
        "refused": form.is_bound,
        "leads": leads,
        "months": [(first, monthrange(first.year, first.month)[1]), (following, (last - following).days + 1)],
        "days": [(day, working.is_working(day), day == today) for day in calendar],
        "grid": [(one, _cells(pk, calendar, working, names)) for pk, one in people.items()],
        "rows": [(row, leads or row.staff_id == staff.pk, row.staff_id == staff.pk) for row in rows],
        "earlier": (first - timedelta(days=1)).strftime("%Y-%m"),
        "later": following.strftime("%Y-%m"),
        "principals": sorted(names[pk] for pk in mine),
        "out": [(one, now[one.pk].substitute is None) for one in colleagues if one.pk in now],
        "people": colleagues,
    }


def _cells(
    pk: int, calendar: dict[date, dict[int, Away]], working: WorkingCalendar, names: dict[int, str]
) -> list[Cell]:
    cells = []
    for day, those in calendar.items():
        away = those.get(pk)
        works = working.is_working(day)
        if away is None:
            cells.append(Cell(day, "here", works))
        elif away.substitute is None:
            cells.append(Cell(day, "alone", works, _("nobody stands in")))
        else:
            said = _("%(name)s stands in") % {"name": names.get(away.substitute, "")}
            cells.append(Cell(day, "away", works, said))
    return cells


def _month(text: str, today: date) -> date:
    """The first day of the month asked for; anything else is this month."""
    year, _dash, month = text.partition("-")
    if year.isdecimal() and month.isdecimal() and 2000 <= int(year) < 2100 and 1 <= int(month) <= 12:
        return date(int(year), int(month), 1)
    return today.replace(day=1)


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


@requires()
@require_POST
def absence_back(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    found = get_object_or_404(Absence.objects.visible_to(staff).select_related("staff"), pk=pk)
    form = BackForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Name the first day back."))
        return redirect("absences")
    try:
        left = cut_short(absence=found, back_on=form.cleaned_data["back_on"], actor=staff, at=timezone.now())
    except AbsenceRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, _("Noted.") if left else _("The absence is taken back."))
    return redirect("absences")


@requires()
@require_POST
def absence_substitute(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    found = get_object_or_404(Absence.objects.visible_to(staff).select_related("staff"), pk=pk)
    form = SubstituteForm(request.POST, colleagues=colleagues_of(staff))
    if not form.is_valid():
        messages.error(request, _("Choose somebody from the list."))
        return redirect("absences")
    try:
        name_substitute(
            absence=found, substitute=form.cleaned_data["substitute"], actor=staff, at=timezone.now()
        )
    except AbsenceRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, _("Noted."))
    return redirect("absences")
