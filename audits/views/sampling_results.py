"""What samples proved: the list of results, one conclusion, and who is held to account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audits.accounts import answerable, seen_accounts
from audits.concluding import CONCLUDE
from audits.models import RunConclusion, SamplingPlan, SamplingRun
from audits.operations.accountability import HOLD, AccountabilityRefused, hold_to_account
from audits.operations.conclusions import ConclusionRefused, conclude
from audits.sampling.choices import AccountableMeasure, RunState, RunVerdict, SamplePurpose
from audits.sampling.results import Results
from workplace.access import requires, staff_of
from workplace.paging import keyset_page, number_of

SEE = "audits.view_samplingrun"


@requires(SEE)
@require_safe
def sampling_results(request: HttpRequest) -> HttpResponse:
    """One line a conclusion, newest first; `plan`, `purpose` and `verdict` narrow them down."""
    seen: Any = RunConclusion.objects.visible_to(staff_of(request))
    plan = SamplingPlan.objects.filter(
        pk=number_of(request.GET, "plan"), runs__conclusions__in=seen.order_by().values("pk")
    ).first()
    rows = seen.filter(run__plan=plan) if plan else seen
    purpose, verdict = request.GET.get("purpose", ""), request.GET.get("verdict", "")
    if purpose in SamplePurpose.values:
        rows = rows.filter(run__plan__purpose=purpose)
    if verdict in RunVerdict.values:
        rows = rows.filter(verdict=verdict)
    page: Any = keyset_page(rows.select_related("run__plan", "run__version", "concluded_by"), request)
    for row in page.rows:
        row.results = Results.from_json(row.figures)
    waiting = SamplingRun.objects.visible_to(staff_of(request)).filter(state=RunState.DRAWN)
    context = {
        "page": page,
        "plan": plan,
        "purpose": purpose,
        "verdict": verdict,
        "purposes": SamplePurpose.choices,
        "verdicts": RunVerdict.choices,
        "rejected": seen.filter(verdict=RunVerdict.REJECT).count(),
        "concluded": seen.count(),
        "waiting": waiting.count(),
    }
    return render(request, "audits/sampling_results.html", context)


@requires(CONCLUDE)
@require_POST
def sampling_run_conclude(request: HttpRequest, pk: int) -> HttpResponse:
    run = _found(request, pk)
    note = request.POST.get("note", "")
    try:
        made = conclude(run=run, actor=staff_of(request), at=timezone.now(), note=note)
    except ConclusionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Concluded: %(verdict)s.") % {"verdict": RunVerdict(made.verdict).label})
    return redirect("sampling_run", pk=run.pk)


@requires(SEE)
@require_safe
def accountability(request: HttpRequest) -> HttpResponse:
    """Units and persons held to account; `run` narrows them down to one sample."""
    rows: Any = seen_accounts(staff_of(request))
    run = SamplingRun.objects.visible_to(staff_of(request)).filter(pk=number_of(request.GET, "run")).first()
    if run is not None:
        rows = rows.filter(sample_item__run=run)
    page: Any = keyset_page(rows, request)
    return render(request, "audits/accountability.html", {"page": page, "run": run, "total": rows.count()})


@requires(HOLD)
@require_http_methods(["GET", "HEAD", "POST"])
def sampling_run_account(request: HttpRequest, pk: int) -> HttpResponse:
    """The failed items with who answers for them; one row for each unit or person named."""
    run, staff = _found(request, pk), staff_of(request)
    rows = answerable(run, staff)
    context = {"run": run, "rows": rows, "measures": AccountableMeasure.choices, "given": request.POST}
    if request.method != "POST":
        return render(request, "audits/sampling_account.html", context)
    chosen = next((row for row in rows if str(row.item.pk) == request.POST.get("item", "")), None)
    kind, username = request.POST.get("who", ""), request.POST.get("username", "").strip()
    who: dict[str, Any] = chosen.who(kind) if chosen else {}
    if kind == "person":
        who = {"person": get_user_model()._default_manager.filter(username=username, is_active=True).first()}
    try:
        hold_to_account(
            sample_item=chosen.item if chosen else None,
            measure=request.POST.get("measure", ""),
            reason=request.POST.get("reason", "")[:2000],
            actor=staff,
            at=timezone.now(),
            **who,
        )
    except AccountabilityRefused as refusal:
        return render(
            request,
            "audits/sampling_account.html",
            {**context, "refusal": str(refusal), "at_field": refusal.field},
            status=422,
        )
    messages.success(request, _("It is kept with its reason."))
    return redirect("sampling_run_account", pk=run.pk)


def _found(request: HttpRequest, pk: int) -> SamplingRun:
    rows = SamplingRun.objects.visible_to(staff_of(request)).select_related("plan", "version")
    found: SamplingRun = get_object_or_404(rows, pk=pk)
    return found
