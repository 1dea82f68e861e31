from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from audits.choices import DisputeState
from audits.forms import AnswerForm
from audits.models import RuleDispute
from audits.operations.disputes import DisputeRefused, answer_dispute
from audits.wording import field_label, finding_text
from workplace.access import requires, staff_of

PAGE = 50


@requires("audits.answer_dispute", "audits.view_ruledispute")
def disputes(request: HttpRequest) -> HttpResponse:
    """What clerks say about rules, the unanswered and oldest first."""
    staff = staff_of(request)
    answered = request.GET.get("tab") == "answered"
    rows = RuleDispute.objects.visible_to(staff)
    numbers = rows.aggregate(open=Count("pk", filter=Q(state=DisputeState.OPEN)))
    rows = (
        rows.exclude(state=DisputeState.OPEN).order_by("-pk")
        if answered
        else rows.filter(state=DisputeState.OPEN).order_by("pk")
    )
    before = request.GET.get("after", "")
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before)) if answered else rows.filter(pk__gt=int(before))
    found = list(
        rows.select_related(
            "finding",
            "finding__rectification",
            "finding__answering_branch",
            "finding__customer",
            "raised_by",
            "answered_by",
        )[: PAGE + 1]
    )
    context = {
        "lines": [(one, finding_text(one.finding), field_label(one.finding)) for one in found[:PAGE]],
        "older": found[PAGE - 1].pk if len(found) > PAGE else "",
        "answered": answered,
        "numbers": numbers,
        "may_answer": staff.has_perm("audits.answer_dispute"),
        "form": AnswerForm(),
    }
    return render(request, "audits/disputes.html", context)


@requires("audits.answer_dispute")
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    found = get_object_or_404(RuleDispute.objects.visible_to(staff), pk=pk)
    try:
        answer_dispute(
            dispute=found,
            verdict=request.POST.get("verdict", ""),
            answer=request.POST.get("answer", "")[:1000],
            actor=staff,
            at=timezone.now(),
        )
    except DisputeRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("disputes")
