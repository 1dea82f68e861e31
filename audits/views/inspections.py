"""One branch's inspection: its questions, sample, findings, who answers for them, and the report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audits.inspecting import INSPECT, SEE, Asked, findings_of, name_of, questions_of, runs_of, sample_counts
from audits.inspection_forms import AccountForm, FindingForm, SampleForm, SetForm, SummaryForm
from audits.models import BranchInspection, InspectionFinding
from audits.operations.accountability import HOLD, AccountabilityRefused, hold_to_account
from audits.operations.inspection_years import InspectionRefused, set_inspection
from audits.operations.inspections import (
    add_finding,
    answer_questions,
    attach_sample,
    begin_inspection,
    finish_inspection,
    reopen_inspection,
    settle_finding,
)
from audits.sampling.choices import InspectionState, ItemOutcome, PlanState, ReviewAnswer
from audits.views.posted import require_POST_from
from workplace.access import requires, staff_of
from workplace.choices import Access, Purpose
from workplace.operations.access_log import record_look

REFUSALS = (InspectionRefused, AccountabilityRefused)


def _found(request: HttpRequest, pk: int) -> BranchInspection:
    seen = BranchInspection.objects.visible_to(staff_of(request))
    related = ("year", "year__checklist__checklist", "branch", "branch__parent", "inspector", "run__plan")
    found: BranchInspection = get_object_or_404(seen.select_related(*related, "report"), pk=pk)
    return found


@requires(SEE)
@require_safe
def inspection(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _found(request, pk))


def _page(request: HttpRequest, found: BranchInspection, **forms: Any) -> HttpResponse:
    staff, today = staff_of(request), timezone.localdate()
    inspects, holds = staff.has_perm(INSPECT), staff.has_perm(HOLD)
    mine = inspects and found.inspector_id == staff.pk
    works = mine and found.state == InspectionState.UNDER_WAY
    questions = questions_of(found)
    lines = findings_of(found)
    context: dict[str, Any] = {
        "one": found,
        "questions": questions,
        "answered": sum(asked.answer is not None for asked in questions),
        "answers": ReviewAnswer.choices,
        "findings": [(line.finding, [(row, name_of(row)) for row in line.held]) for line in lines],
        "sample": [(ItemOutcome(outcome).label, n) for outcome, n in sorted(sample_counts(found).items())],
        "late": _late(found, today),
        "works": works,
        "mine": mine,
        "may_begin": mine
        and found.state == InspectionState.PLANNED
        and found.year.state == PlanState.APPROVED,
        "holds": holds,
        "may_reopen": inspects and found.state == InspectionState.DONE,
    }
    if inspects and found.state != InspectionState.DONE:
        context["set_form"] = SetForm(inspection=found, today=today)
    if works:
        asked = [(each.question.pk, each.question.text[:60]) for each in questions]
        context |= {
            "finding_form": FindingForm(questions=asked, initial={"question": _still_bare(questions)}),
            "sample_form": SampleForm(runs=runs_of(found, staff), initial={"run": found.run_id}),
            "summary_form": SummaryForm(initial={"summary": found.summary}),
        }
    if holds and lines:
        context["account_form"] = AccountForm(inspection=found, actor=staff, today=today)
    context |= forms
    return render(request, "audits/inspection.html", context, status=422 if forms else 200)


def _still_bare(questions: list[Asked]) -> int | None:
    """The first question that was answered with no and has no finding yet: the next finding is about it."""
    return next((one.question.pk for one in questions if one.fails and not one.findings), None)


def _late(found: BranchInspection, today: Any) -> bool:
    ended = timezone.localdate(found.done_at) if found.done_at else today
    return bool(found.due_on and ended > found.due_on)


def _take(request: HttpRequest, pk: int, step: Callable[[], Any], said: str = "") -> HttpResponse:
    """Takes the step and comes back to the page, with the refusal in words where there is one."""
    try:
        step()
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    else:
        if said:
            messages.info(request, said)
    return redirect("inspection", pk=pk)


@requires(INSPECT)
@require_POST_from("inspection")
def inspection_set(request: HttpRequest, pk: int) -> HttpResponse:
    found, today = _found(request, pk), timezone.localdate()
    form = SetForm(request.POST, inspection=found, today=today)
    if not form.is_valid():
        return _page(request, found, set_form=form)
    said = form.cleaned_data
    actor, at = staff_of(request), timezone.now()
    return _take(request, pk, lambda: set_inspection(inspection=found, **said, actor=actor, at=at))


@requires(INSPECT)
@require_POST
def inspection_begin(request: HttpRequest, pk: int) -> HttpResponse:
    found, actor, at = _found(request, pk), staff_of(request), timezone.now()
    return _take(request, pk, lambda: begin_inspection(inspection=found, actor=actor, at=at))


@requires(INSPECT)
@require_POST
def inspection_answers(request: HttpRequest, pk: int) -> HttpResponse:
    """`answer-<question>` and `text-<question>`; what has no answer yet is left out."""
    found, actor, at = _found(request, pk), staff_of(request), timezone.now()
    given = {
        int(name[7:]): (str(value), request.POST.get(f"text-{name[7:]}", ""))
        for name, value in request.POST.items()
        if name.startswith("answer-") and name[7:].isascii() and name[7:].isdigit() and value
    }
    return _take(
        request,
        pk,
        lambda: answer_questions(inspection=found, answers=given, actor=actor, at=at),
        _("Answers kept."),
    )


@requires(INSPECT)
@require_POST
def inspection_sample(request: HttpRequest, pk: int) -> HttpResponse:
    found, actor, at = _found(request, pk), staff_of(request), timezone.now()
    form = SampleForm(request.POST, runs=runs_of(found, actor))
    if not form.is_valid():
        raise Http404
    run = form.cleaned_data["run"]
    return _take(request, pk, lambda: attach_sample(inspection=found, run=run, actor=actor, at=at))


@requires(INSPECT)
@require_POST_from("inspection")
def inspection_finding(request: HttpRequest, pk: int) -> HttpResponse:
    found, actor, at = _found(request, pk), staff_of(request), timezone.now()
    asked = [(one.question.pk, one.question.text[:60]) for one in questions_of(found)]
    form = FindingForm(request.POST, questions=asked)
    if form.is_valid():
        said = dict(form.cleaned_data)
        question = said.pop("question")
        try:
            add_finding(inspection=found, question_id=question, **said, actor=actor, at=at)
        except InspectionRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return redirect("inspection", pk=pk)
    return _page(request, found, finding_form=form)


@requires(INSPECT)
@require_POST
def inspection_settle(request: HttpRequest, pk: int) -> HttpResponse:
    seen = InspectionFinding.objects.visible_to(staff_of(request)).select_related("inspection")
    finding: InspectionFinding = get_object_or_404(seen, pk=pk)
    said, actor, at = request.POST.get("settlement", ""), staff_of(request), timezone.now()
    return _take(
        request,
        finding.inspection_id,
        lambda: settle_finding(finding=finding, settlement=said, actor=actor, at=at),
    )


@requires(HOLD)
@require_POST_from("inspection")
def inspection_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Names the unit or person who answers for one finding."""
    actor, found = staff_of(request), _found(request, pk)
    form = AccountForm(request.POST, inspection=found, actor=actor, today=timezone.localdate())
    if form.is_valid():
        said = form.cleaned_data
        try:
            hold_to_account(
                inspection_finding=found.found.get(pk=said["finding"]),
                measure=said["measure"],
                reason=said["reason"],
                **said["answerable"],
                actor=actor,
                at=timezone.now(),
            )
        except AccountabilityRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return redirect("inspection", pk=pk)
    return _page(request, found, account_form=form)


@requires(INSPECT)
@require_POST_from("inspection")
def inspection_finish(request: HttpRequest, pk: int) -> HttpResponse:
    found, actor, at = _found(request, pk), staff_of(request), timezone.now()
    form = SummaryForm(request.POST)
    if not form.is_valid():
        return _page(request, found, summary_form=form)
    try:
        finish_inspection(inspection=found, **form.cleaned_data, actor=actor, at=at)
    except InspectionRefused as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return _page(request, found, summary_form=form)
    messages.info(request, _("Done; the report is filed."))
    return redirect("inspection", pk=pk)


@requires(INSPECT)
@require_POST
def inspection_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    found, actor, at = _found(request, pk), staff_of(request), timezone.now()
    why = request.POST.get("reason", "")[:1000]
    return _take(request, pk, lambda: reopen_inspection(inspection=found, reason=why, actor=actor, at=at))


@requires(SEE)
@require_safe
def inspection_report(request: HttpRequest, pk: int) -> HttpResponseBase:
    """As it was filed; every look is written down."""
    found = _found(request, pk)
    if found.report is None or found.report.removed_at is not None:
        raise Http404
    try:
        content = found.report.content.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    record_look(
        staff=staff_of(request),
        access=Access.DOWNLOAD,
        purpose=Purpose.AUDIT,
        record_kind="branch",
        record_id=found.branch_id,
        detail=found.report.name,
        at=timezone.now(),
    )
    response = FileResponse(content, content_type="application/pdf", filename=found.report.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
