"""The year's inspections: which branches, how many are done, which are late, and the plan's approval."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audits.inspecting import INSPECT, SEE, coverage_of, with_counts
from audits.inspection_forms import YearForm
from audits.models import BranchInspection, InspectionYear
from audits.operations.inspection_years import (
    APPROVE,
    InspectionRefused,
    cover_missed,
    decide_year,
    plan_year,
    reopen_year,
    send_year,
)
from audits.sampling.choices import InspectionState, PlanState
from workplace.access import requires, staff_of
from workplace.paging import keyset_page, number_of

TABS = {
    "all": pgettext_lazy("inspections", "All"),
    "late": pgettext_lazy("inspections", "Overdue"),
    "planned": gettext_lazy("Planned"),
    "underway": pgettext_lazy("inspection", "Under way"),
    "done": pgettext_lazy("inspection", "Done"),
    "mine": pgettext_lazy("inspections", "Mine"),
}


def late_on(today: date) -> Q:
    return ~Q(state=InspectionState.DONE) & Q(due_on__lt=today)


@requires(SEE)
@require_safe
def inspections(request: HttpRequest) -> HttpResponse:
    staff, today = staff_of(request), timezone.localdate()
    years = list(InspectionYear.objects.select_related("written_by", "decided_by", "checklist__checklist"))
    wanted = number_of(request.GET, "year") or today.year
    year = next((one for one in years if one.year == wanted), years[0] if years else None)
    context: dict[str, Any] = {
        "years": years,
        "year": year,
        "may_plan": staff.has_perm(INSPECT),
        "unplanned": [one for one in (today.year, today.year + 1) if one not in {y.year for y in years}],
    }
    if year is not None:
        tab = request.GET.get("show", "all")
        tab = tab if tab in TABS else "all"
        rows = BranchInspection.objects.visible_to(staff).filter(year=year)
        page = keyset_page(_of_tab(rows, tab, staff.pk, today), request, order="number")
        context |= {
            "page": page,
            "tab": tab,
            "tabs": TABS.items(),
            "coverage": coverage_of(year, staff, today),
            "may_send": year.state == PlanState.DRAFT and year.written_by_id == staff.pk,
            "may_reopen": year.state in (PlanState.SENT, PlanState.REFUSED)
            and year.written_by_id == staff.pk,
            "may_decide": year.state == PlanState.SENT
            and year.written_by_id != staff.pk
            and staff.has_perm(APPROVE),
        }
    return render(request, "audits/inspections.html", context)


def _of_tab(rows: Any, tab: str, me: int, today: date) -> QuerySet[BranchInspection]:
    chosen = {
        "late": late_on(today),
        "mine": Q(inspector=me),
        "all": Q(),
    }.get(tab, Q(state=tab))
    found: QuerySet[BranchInspection] = with_counts(rows.filter(chosen)).annotate(number=F("branch__number"))
    return found.select_related("branch", "branch__parent", "inspector", "run", "run__plan")


@requires(INSPECT)
@require_http_methods(["GET", "HEAD", "POST"])
def inspection_year_add(request: HttpRequest) -> HttpResponse:
    staff = staff_of(request)
    form = YearForm(request.POST or None, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            made = plan_year(**form.cleaned_data, actor=staff, at=timezone.now())
        except InspectionRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return _back(made)
    status = 422 if form.errors else 200
    return render(request, "audits/inspection_year_add.html", {"form": form}, status=status)


@requires(INSPECT)
@require_POST
def inspection_year_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Cover what is missed, send, or take back to a draft."""
    year, staff, now = get_object_or_404(InspectionYear, pk=pk), staff_of(request), timezone.now()
    try:
        if step == "cover":
            count = cover_missed(year=year, actor=staff, at=now)
            messages.info(request, _("%(count)s branches added.") % {"count": count})
        elif step == "send":
            send_year(year=year, actor=staff, at=now)
            messages.info(request, _("Waits for approval by another person."))
        else:
            reopen_year(year=year, actor=staff, at=now)
    except InspectionRefused as refusal:
        messages.error(request, str(refusal))
    return _back(year)


@requires(APPROVE)
@require_POST
def inspection_year_decide(request: HttpRequest, pk: int) -> HttpResponse:
    year = get_object_or_404(InspectionYear, pk=pk)
    try:
        decide_year(
            year=year,
            approve=request.POST.get("verdict") == "approve",
            note=request.POST.get("note", "")[:1000],
            actor=staff_of(request),
            at=timezone.now(),
        )
    except InspectionRefused as refusal:
        messages.error(request, str(refusal))
    return _back(year)


def _back(year: InspectionYear) -> HttpResponse:
    return redirect(f"{reverse('inspections')}?year={year.year}")
