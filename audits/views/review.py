from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audits.choices import RectificationState as State
from audits.choices import StepAction
from audits.forms import ReturnForm
from audits.models import Rectification
from audits.operations.corrections import (
    accept_rectification,
    accept_rectifications,
    return_rectification,
)
from audits.states import REVIEW
from audits.timeline import timeline_of
from audits.transitions import may_step, origin_of
from audits.views.finding_rectification import REFUSALS, look_at, say_refusal, seen_rectification
from audits.workbench import Builder, forms_beside, policies_beside
from audits.worklists import Filters, next_to_review, page_of, subject_masked
from authenticity.masking import mask
from workplace.access import requires, staff_of
from workplace.choices import CorrectionState, SourceChannel
from workplace.correctable import correctable
from workplace.models import Correction, Staff


def _waiting(staff: Staff) -> QuerySet[Rectification]:
    return Rectification.objects.visible_to(staff).filter(state=State.IN_REVIEW)


def _own(staff: Staff) -> Q:
    return Q(submitted_by=staff) | Q(owner=staff)


@requires(REVIEW)
def review_queue(request: HttpRequest) -> HttpResponse:
    """What waits for a second person; one's own stand apart, for somebody else."""
    staff, today = staff_of(request), timezone.localdate()
    rows = _waiting(staff).annotate(proofs=Count("evidence", distinct=True))
    filters = Filters.of(request.GET)
    waiting = _waiting(staff)
    numbers = waiting.aggregate(
        mine=Count("pk", filter=_own(staff)),
        others=Count("pk", filter=~Q(submitted_by=staff) & ~Q(owner=staff)),
        overdue=Count("pk", filter=Q(due_on__lt=today) & ~Q(submitted_by=staff) & ~Q(owner=staff)),
    )
    shown = request.GET.get("show", "")
    rows = rows.filter(_own(staff)) if shown == "own" else rows.exclude(_own(staff))
    if shown == "overdue":
        rows = rows.filter(due_on__lt=today)
    context = {
        "numbers": numbers,
        "filters": filters,
        "show": shown,
        "page": page_of(filters.narrow(rows), after=request.GET.get("after", "")),
    }
    return render(request, "audits/review_queue.html", context)


@requires(REVIEW)
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Before, after and evidence in one look."""
    staff = staff_of(request)
    found = seen_rectification(staff, pk)
    if found.state != State.IN_REVIEW:
        return redirect("rectification", pk=pk)
    decides = may_step(rectification=found, action=StepAction.ACCEPT, actor=staff)
    if decides:
        look_at(found, staff, timezone.now())
    waiting = Correction.objects.filter(origin=origin_of(found), state=CorrectionState.SUBMITTED)
    corrections = list(waiting.select_related("proposed_by").order_by("id"))
    bench = Builder(found, revealed=False, today=timezone.localdate()).build()
    fields = [correctable(row.record_kind).fields[row.field] for row in corrections]
    context = {
        "r": found,
        "subject": subject_masked(found),
        "decides": decides,
        "bench": bench,
        "compared": [_compared(row, decides) for row in corrections],
        "forms": forms_beside(found, policies_beside(found, staff), fields, revealed=decides),
        "evidence": list(found.evidence.select_related("file", "file__owner")),
        "timeline": timeline_of(found),
        "return_form": ReturnForm(),
    }
    return render(request, "audits/review.html", context)


def _compared(row: Correction, revealed: bool) -> dict[str, Any]:
    field = correctable(row.record_kind).fields[row.field]
    labels = {str(key): str(label) for key, label in field.choices}

    def shown(value: str) -> str:
        return labels.get(value) or (value if revealed or not field.mask else mask(field.mask, value))

    return {
        "label": field.label,
        "old": shown(row.old_raw or row.old_normal),
        "new": shown(row.new_raw),
        "normal": shown(row.new_normal) if row.new_normal != row.new_raw and not labels else "",
        "channel": dict(SourceChannel.choices).get(row.source_channel, ""),
        "by": row.proposed_by.name,
    }


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
    return _on(staff, pk)


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
    return _on(staff, pk)


@requires(REVIEW)
@require_POST
def accept_many(request: HttpRequest) -> HttpResponse:
    """Each is judged by itself; what was refused is listed with the reason."""
    staff = staff_of(request)
    ids = [int(pk) for pk in request.POST.getlist("id") if pk.isdecimal()][:500]
    rows = list(_waiting(staff).filter(pk__in=ids).order_by(F("due_on").asc(nulls_last=True), "pk"))
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


def _on(staff: Staff, pk: int) -> HttpResponseRedirect:
    following = next_to_review(staff, but=pk)
    return redirect("review", pk=following.pk) if following else redirect("review_queue")
