"""The clock of one rectification, more time asked and answered, and ends without a correction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from audits.choices import ExtensionState
from audits.clock import may_answer
from audits.models import Extension, Rectification
from audits.operations.clock import (
    answer_extension,
    ask_extension,
    pause_rectification,
    resume_rectification,
    withdraw_asked_extension,
)
from audits.operations.endings import hand_in_end
from audits.operations.evidence import EvidenceRefused
from audits.states import ASSIGN, WORK
from audits.transitions import StepRefused
from audits.views.finding_rectification import seen_rectification
from audits.worklists import subject_masked
from workplace.access import requires, staff_of
from workplace.models import Staff
from workplace.paging import keyset_page, number_of

TABS = {
    "waiting": [ExtensionState.ASKED],
    "answered": [ExtensionState.GRANTED, ExtensionState.REFUSED],
}


@requires(WORK, ASSIGN)
@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(
        request,
        pk,
        lambda found, staff: pause_rectification(
            rectification=found,
            reason=request.POST.get("reason", ""),
            note=request.POST.get("note", "")[:200],
            actor=staff,
            at=timezone.now(),
        ),
        _("The clock stands still until you let it go on."),
    )


@requires(WORK, ASSIGN)
@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(
        request,
        pk,
        lambda found, staff: resume_rectification(rectification=found, actor=staff, at=timezone.now()),
        _("The clock runs again; the working days of the pause were added."),
    )


@requires(WORK)
@require_POST
def ask_for_days(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(
        request,
        pk,
        lambda found, staff: ask_extension(
            rectification=found,
            days=number_of(request.POST, "days"),
            reason=request.POST.get("reason", "")[:300],
            actor=staff,
            at=timezone.now(),
        ),
        _("Asked. The due date stays until another person grants it."),
    )


@requires(WORK)
@require_POST
def take_days_back(request: HttpRequest, pk: int) -> HttpResponse:
    """What one asked for oneself, before it is answered."""
    staff = staff_of(request)
    asked = get_object_or_404(Extension.objects.visible_to(staff).select_related("rectification"), pk=pk)
    try:
        withdraw_asked_extension(extension=asked, actor=staff, at=timezone.now())
    except StepRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("rectification", asked.rectification_id)


@requires(WORK)
@require_POST
def end_without(request: HttpRequest, pk: int) -> HttpResponse:
    """May stand, or cannot be put right: with the reason, what was tried, and until when."""
    until = _day(request.POST.get("expires_on", ""))
    given = request.FILES.get("evidence")
    if until is None:
        messages.error(request, _("Name the last day until which it may stand."))
        return redirect("rectification", pk)
    return _act(
        request,
        pk,
        lambda found, staff: hand_in_end(
            rectification=found,
            end=request.POST.get("end", ""),
            reason=request.POST.get("reason", "")[:1000],
            expires_on=until,
            evidence=(given.name or "file", given.read()) if given else None,
            actor=staff,
            at=timezone.now(),
        ),
        _("Handed in for review."),
    )


def _day(text: str) -> date | None:
    """Nothing for the 30th of February either."""
    try:
        return parse_date(text)
    except ValueError:
        return None


@requires(ASSIGN)
@require_safe
def extensions(request: HttpRequest) -> HttpResponse:
    """What was asked for, and what was answered."""
    staff = staff_of(request)
    tab = request.GET.get("tab", "waiting")
    tab = tab if tab in TABS else "waiting"
    seen = Extension.objects.visible_to(staff)
    related = ("customer", "policy", "seller", "branch", "owner")
    rows = seen.filter(state__in=TABS[tab]).select_related(
        "asked_by", "decided_by", *(f"rectification__{name}" for name in related)
    )
    page = keyset_page(rows, request)
    context: dict[str, Any] = {
        "page": page,
        "lines": [
            (one, subject_masked(one.rectification), tab == "waiting" and may_answer(one, staff))
            for one in page.rows
        ],
        "tab": tab,
        "waiting": seen.filter(state=ExtensionState.ASKED).count(),
    }
    return render(request, "audits/extensions.html", context)


@requires(ASSIGN)
@require_POST
def answer_days(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    asked = get_object_or_404(Extension.objects.visible_to(staff).select_related("rectification"), pk=pk)
    grant = request.POST.get("action") == "grant"
    try:
        answer_extension(
            extension=asked,
            grant=grant,
            answer=request.POST.get("answer", "")[:300],
            actor=staff,
            at=timezone.now(),
        )
    except StepRefused as refusal:
        messages.error(request, str(refusal))
    else:
        said = ngettext("%(days)d working day granted.", "%(days)d working days granted.", asked.days)
        messages.info(request, said % {"days": asked.days} if grant else _("Refused."))
    return redirect("extensions")


def _act(
    request: HttpRequest, pk: int, act: Callable[[Rectification, Staff], object], done: str
) -> HttpResponse:
    staff = staff_of(request)
    found = seen_rectification(staff, pk)
    try:
        act(found, staff)
    except (StepRefused, EvidenceRefused) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, done)
    return redirect("rectification", pk)
