"""Draws: the list of all there ever were, and one with its seed, its strata, its items and its seals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audits.models import SampleItem, SamplingPlan, SamplingRun
from audits.operations.drawing import extend, substitute
from audits.operations.sampling_runs import (
    LEAST_PART,
    RunRefused,
    give_seed,
    open_instead,
    open_run,
    withdraw,
)
from audits.plan_reading import plans_seen_by
from audits.redraws import NotDrawn, redraw
from audits.run_page import OVER, counted, open_steps, progress_of, run_context, shown_to
from audits.runs import DRAW, SEE, SEED
from audits.sampling.choices import RunOccasion, RunState
from audits.sampling.substitution import SubstitutionRule
from audits.views.posted import require_POST_from
from workplace.access import requires, staff_of
from workplace.choices import Access, Purpose
from workplace.operations.access_log import record_look
from workplace.paging import keyset_page, number_of

ITEMS = 50
RULES = dict(SubstitutionRule.choices)


@requires(SEE)
@require_safe
def sampling_runs(request: HttpRequest) -> HttpResponse:
    """All draws, withdrawn ones too; `plan` and `state` narrow them down."""
    staff, today = staff_of(request), timezone.localdate()
    seen: Any = SamplingRun.objects.visible_to(staff)
    overdue = Q(state=RunState.DRAWN, due_on__lt=today)
    numbers = seen.order_by().aggregate(
        framed=Count("pk", filter=Q(state=RunState.FRAMED)),
        drawn=Count("pk", filter=Q(state=RunState.DRAWN)),
        overdue=Count("pk", filter=overdue),
    )
    plan = SamplingPlan.objects.filter(
        pk=number_of(request.GET, "plan"), runs__in=seen.order_by().values("pk")
    ).first()
    rows = seen.filter(plan=plan) if plan else seen
    state = request.GET.get("state", "")
    if state == "overdue":
        rows = rows.filter(overdue)
    elif state in RunState.values:
        rows = rows.filter(state=state)
    page: Any = keyset_page(counted(rows), request)
    for row in page.rows:
        row.is_over = row.state in OVER
    context = {
        "page": page,
        "numbers": numbers,
        "plan": plan,
        "state": state,
        "tabs": [("", _("All")), *RunState.choices],
    }
    return render(request, "audits/runs.html", context)


@requires(SEE)
@require_safe
def sampling_run(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _found(request, pk))


def _page(request: HttpRequest, run: SamplingRun, **more: Any) -> HttpResponse:
    context = run_context(run, staff_of(request), request.GET)
    page: Any = keyset_page(context["items"], request, size=ITEMS, order="pk")
    for item in page.rows:
        item.rule_label = RULES.get(item.substitution_reason, "")
    context["page"] = page
    return render(request, "audits/run.html", {**context, "least_part": LEAST_PART, **more})


@requires(SEE)
@require_safe
def sampling_run_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment while a job is at it; at its end the page loads itself anew."""
    run = _found(request, pk)
    context = {"run": run, "may": open_steps(run, staff_of(request)), **progress_of(run)}
    response = render(request, "audits/parts/run_progress.html", context)
    if not context["under_way"]:
        response["HX-Refresh"] = "true"
    return response


@requires(SEED)
@require_POST
def sampling_run_seed(request: HttpRequest, pk: int) -> HttpResponse:
    run, staff = _found(request, pk), staff_of(request)
    part, digest = request.POST.get("part", ""), request.POST.get("frame_digest", "")[:64]
    return _step(
        request,
        run,
        lambda: give_seed(run=run, part=part, frame_digest=digest, actor=staff, at=timezone.now()),
        _("The seed stands; the sample is being drawn."),
    )


@requires(DRAW)
@require_POST
def sampling_run_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    run, staff = _found(request, pk), staff_of(request)
    reason = request.POST.get("reason", "")[:1000]
    return _step(
        request,
        run,
        lambda: withdraw(run=run, reason=reason, actor=staff, at=timezone.now()),
        _("Withdrawn; it stays to be seen with its reason."),
    )


@requires(DRAW)
@require_POST
def sampling_run_extend(request: HttpRequest, pk: int) -> HttpResponse:
    run, staff = _found(request, pk), staff_of(request)
    return _step(
        request,
        run,
        lambda: extend(run=run, actor=staff, at=timezone.now()),
        _("The sample is extended; the new items are in review."),
    )


@requires(DRAW)
@require_POST
def sampling_run_instead(request: HttpRequest, pk: int) -> HttpResponse:
    run, staff = _found(request, pk), staff_of(request)
    try:
        new = open_instead(run=run, actor=staff, at=timezone.now())
    except RunRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("sampling_run", pk=pk)
    return redirect("sampling_run", pk=new.pk)


@requires(DRAW)
@require_POST
def sampling_run_open(request: HttpRequest, pk: int) -> HttpResponse:
    """By hand, of a plan in force."""
    staff = staff_of(request)
    plan: SamplingPlan = get_object_or_404(plans_seen_by(staff), pk=pk)
    try:
        run = open_run(plan=plan, occasion=RunOccasion.BY_HAND, actor=staff, at=timezone.now())
    except RunRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("sampling_runs")
    return redirect("sampling_run", pk=run.pk)


@requires(DRAW)
@require_POST
def sample_substitute(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    seen = SampleItem.objects.visible_to(staff).select_related("run")
    item: SampleItem = get_object_or_404(seen, pk=pk)
    reason = request.POST.get("reason", "")
    return _step(
        request,
        item.run,
        lambda: substitute(item=item, reason=reason, actor=staff, at=timezone.now()),
        _("The next in order stands for it."),
    )


@requires(SEE)
@require_POST_from("sampling_run")
def sampling_run_redraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows at once what the repetition gave; it changes nothing."""
    run = _found(request, pk)
    try:
        return _page(request, run, redraw=shown_to(staff_of(request), redraw(run=run)))
    except NotDrawn:
        messages.error(request, _("Nothing has been drawn yet."))
        return redirect("sampling_run", pk=pk)


@requires(SEE)
@require_safe
def sampling_run_frame(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The sealed text itself; every download is written down."""
    run, staff = _found(request, pk), staff_of(request)
    if not open_steps(run, staff)["frame"] or run.frame_file is None or run.frame_file.removed_at:
        raise Http404
    try:
        content = run.frame_file.content.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    record_look(
        staff=staff,
        access=Access.DOWNLOAD,
        purpose=Purpose.AUDIT,
        record_kind="sampling_run",
        record_id=run.pk,
        detail=f"frame {run.frame_digest[:12]}",
        at=timezone.now(),
    )
    return FileResponse(content, as_attachment=True, filename=run.frame_file.name, content_type="text/plain")


def _found(request: HttpRequest, pk: int) -> SamplingRun:
    people = ("opened_by", "seeded_by", "withdrawn_by")
    seen = SamplingRun.objects.visible_to(staff_of(request))
    run: SamplingRun = get_object_or_404(
        seen.select_related("plan", "version", "job", "frame_file", "replaces", *people), pk=pk
    )
    return run


def _step(request: HttpRequest, run: SamplingRun, step: Callable[[], object], said: str) -> HttpResponse:
    try:
        step()
    except RunRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("sampling_run", pk=run.pk)
