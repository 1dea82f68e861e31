from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audits.choices import RectificationState as State
from audits.choices import StepAction
from audits.clock import overdue
from audits.forms import ReturnForm
from audits.forms_beside import forms_beside
from audits.models import Rectification
from audits.operations.corrections import (
    accept_rectification,
    accept_rectifications,
    return_rectification,
)
from audits.reviewing import compared, for_others_eyes, neighbour, own, waiting
from audits.saved_lists import review_rows
from audits.sight import Sight, people_about, shows_scans
from audits.states import REVIEW
from audits.timeline import timeline_of
from audits.transitions import may_step, origin_of
from audits.views.finding_rectification import REFUSALS, look_at, say_refusal, seen_rectification
from audits.workbench import Builder, policies_beside
from audits.worklists import Filters, page_of, subject_masked
from workplace.access import requires, staff_of
from workplace.choices import CorrectionState
from workplace.correctable import correctable
from workplace.models import Correction, Staff
from workplace.saved_views import view_context


@requires(REVIEW)
@require_safe
def review_queue(request: HttpRequest) -> HttpResponse:
    """What waits for a second person; one's own stand apart, for somebody else."""
    staff, today = staff_of(request), timezone.localdate()
    rows = waiting(staff)
    filters = Filters.of(request.GET)
    late = overdue(today) & ~Q(pk__in=rows.filter(own(staff)).order_by().values("pk"))
    numbers = rows.aggregate(
        all=Count("pk"), mine=Count("pk", filter=own(staff)), overdue=Count("pk", filter=late)
    )
    saved = view_context(request, page="review")
    chosen = review_rows(staff, request.GET, today).annotate(proofs=Count("evidence", distinct=True))
    chosen = chosen.select_related("submitted_by")
    context = {
        **saved,
        "numbers": {**numbers, "others": numbers["all"] - numbers["mine"]},
        "filters": filters,
        "show": request.GET.get("show", ""),
        "page": page_of(chosen, after=request.GET.get("after", ""), order=saved["views"].order),
    }
    return render(request, "audits/review_queue.html", context)


@requires(REVIEW)
@require_safe
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Before, after and evidence in one look."""
    staff = staff_of(request)
    found = seen_rectification(staff, pk)
    if found.state != State.IN_REVIEW:
        return redirect("rectification", pk=pk)
    decides = may_step(rectification=found, action=StepAction.ACCEPT, actor=staff)
    look_at(request, found, works=decides)
    submitted = Correction.objects.filter(origin=origin_of(found), state=CorrectionState.SUBMITTED)
    corrections = list(submitted.select_related("proposed_by").order_by("id"))
    sight = Sight(staff, timezone.localdate(), revealed=decides)
    bench = Builder(found, replace(sight, revealed=False)).build()
    fields = [correctable(row.record_kind).fields[row.field] for row in corrections]
    context = {
        "r": found,
        "subject": subject_masked(found),
        "decides": decides,
        "bench": bench,
        "compared": compared(corrections, sight),
        "forms": forms_beside(found, policies_beside(found, staff), fields, sight),
        "evidence": list(found.evidence.select_related("file", "file__owner")),
        "scans": shows_scans(staff, sight.today, people_about("rectification", found.pk)),
        "timeline": timeline_of(found),
        "return_form": ReturnForm(),
        "left": for_others_eyes(staff).count(),
        "before": neighbour(staff, found, back=True),
        "after": neighbour(staff, found),
    }
    return render(request, "audits/review.html", context)


@requires(REVIEW)
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    found = seen_rectification(staff, pk)
    try:
        accept_rectification(
            rectification=found,
            actor=staff,
            at=timezone.now(),
            reason=request.POST.get("words", "")[:1000],
            seen_version=_version(request),
        )
    except REFUSALS as refusal:
        say_refusal(request, refusal)
        return redirect("review", pk=pk)
    messages.info(request, _("%(number)s accepted and closed.") % {"number": found.number})
    return _on(staff, found)


@requires(REVIEW)
@require_POST
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """A reason from the list and words."""
    staff = staff_of(request)
    found = seen_rectification(staff, pk)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a reason and say in words what is to be done."))
        return redirect("review", pk=pk)
    try:
        return_rectification(
            rectification=found,
            actor=staff,
            at=timezone.now(),
            reason=form.cleaned_data["words"],
            why=form.cleaned_data["why"],
            seen_version=_version(request),
        )
    except REFUSALS as refusal:
        say_refusal(request, refusal)
        return redirect("review", pk=pk)
    messages.info(request, _("%(number)s returned.") % {"number": found.number})
    return _on(staff, found)


@requires(REVIEW)
@require_POST
def accept_many(request: HttpRequest) -> HttpResponse:
    """Each is judged by itself; what was refused is listed with the reason."""
    staff = staff_of(request)
    ids = [int(pk) for pk in request.POST.getlist("id") if pk.isdecimal()][:500]
    rows = list(waiting(staff).filter(pk__in=ids).order_by(F("due_on").asc(nulls_last=True), "pk"))
    result = accept_rectifications(rectifications=rows, actor=staff, at=timezone.now())
    context = {
        "title": _("Accepted"),
        "result": result,
        "gone": len(set(ids)) - len(rows),
        "back": "review_queue",
    }
    return render(request, "audits/bulk_result.html", context)


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else None


def _on(staff: Staff, found: Rectification) -> HttpResponseRedirect:
    """The next one opens by itself; after the last one the first that is left."""
    following = neighbour(staff, found) or for_others_eyes(staff).first()
    return redirect("review", pk=following.pk) if following else redirect("review_queue")
