"""Sampling plans: the list, one plan with its consequence, and the form whose right side renews itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audits.models import PlanVersion, SamplingPlan
from audits.operations.sampling_plans import (
    APPROVE,
    CHANGE,
    PlanRefused,
    approve_plan,
    drop_draft,
    new_plan,
    next_version,
    refuse_plan,
    retire_plan,
    send_plan,
    take_back,
    write_draft,
)
from audits.plan_forms import PlanForm
from audits.plan_page import as_version, consequence
from audits.plan_reading import (
    frame_in_words,
    free_code,
    next_draw,
    out_of_reach,
    plans_seen_by,
    purposes,
    seal_of_version,
)
from audits.runs import why_not_open
from audits.sampling.choices import PlanState, SamplePurpose
from audits.sampling.terms import delivered_terms
from workplace.access import requires, staff_of
from workplace.models import Staff
from workplace.paging import keyset_page

SEE = "audits.view_samplingplan"
TABS = {
    "": gettext_lazy("In use"),
    "waiting": gettext_lazy("Waiting for approval"),
    "drafts": gettext_lazy("Drafts"),
    "retired": pgettext_lazy("plans", "Retired"),
}
VERSION = ("written_by", "decided_by", "checklist__checklist", "plan")


@requires(SEE)
@require_safe
def sampling_plans(request: HttpRequest) -> HttpResponse:
    staff, today = staff_of(request), timezone.localdate()
    seen = plans_seen_by(staff)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else ""
    page = keyset_page(_of_tab(seen, tab).annotate(draws=Count("runs", distinct=True)), request, order="code")
    context = {
        "page": page,
        "lines": _lines(page.rows, today),
        "tab": tab,
        "tabs": TABS.items(),
        "in_force": _of_tab(seen, "").filter(versions__state=PlanState.APPROVED).distinct().count(),
        "waiting": _of_tab(seen, "waiting").count(),
        "may_write": staff.has_perm(CHANGE),
    }
    return render(request, "audits/sampling_plans.html", context)


def _of_tab(seen: Any, tab: str) -> Any:
    if tab == "retired":
        return seen.filter(retired_at__isnull=False)
    alive = seen.filter(retired_at__isnull=True)
    states = {"waiting": PlanState.SENT, "drafts": PlanState.DRAFT}
    return alive.filter(versions__state=states[tab]) if tab in states else alive


def _lines(plans: list[SamplingPlan], today: Any) -> list[dict[str, Any]]:
    """Each plan with the version in force and the one in work."""
    rows = PlanVersion.objects.filter(plan__in=plans).select_related("plan")
    found: dict[int, dict[str, PlanVersion]] = {}
    for version in rows.exclude(state__in=[PlanState.REPLACED]).order_by("number"):
        found.setdefault(version.plan_id, {})[version.state] = version
    days = next_draw([one[PlanState.APPROVED] for one in found.values() if PlanState.APPROVED in one], today)
    return [
        {
            "plan": plan,
            "in_force": (states := found.get(plan.pk, {})).get(PlanState.APPROVED),
            "in_work": states.get(PlanState.SENT) or states.get(PlanState.DRAFT),
            "last": states.get(PlanState.REFUSED),
            "day": None if plan.retired_at else days.get(plan.pk),
        }
        for plan in plans
    ]


@requires(SEE)
@require_safe
def sampling_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The version asked for, else the one in work, else the one in force, else the last."""
    staff, plan = staff_of(request), _found(request, pk)
    versions = list(plan.versions.select_related(*VERSION).order_by("-number"))
    shown = _shown(versions, request.GET.get("version", ""))
    if shown is None:
        raise Http404
    context = {
        "plan": plan,
        "version": shown,
        "versions": versions,
        "in_force": next((one for one in versions if one.state == PlanState.APPROVED), None),
        "reviewers": list(shown.reviewers.order_by("name")),
        "filters": frame_in_words(shown),
        "what": consequence(shown, timezone.localdate()),
        "seal": seal_of_version(shown),
        "runs": plan.runs.visible_to(staff).order_by("-pk")[:5],
        "run_count": plan.runs.visible_to(staff).count(),
        **_may(shown, versions, staff),
    }
    return render(request, "audits/sampling_plan.html", context)


def _shown(versions: list[PlanVersion], asked: str) -> PlanVersion | None:
    by_number = {str(one.number): one for one in versions}
    if asked:
        return by_number.get(asked)
    order = (PlanState.SENT, PlanState.DRAFT, PlanState.APPROVED)
    chosen = [one for state in order for one in versions if one.state == state]
    return next(iter(chosen or versions), None)


def _may(version: PlanVersion, versions: list[PlanVersion], staff: Staff) -> dict[str, bool]:
    mine = version.written_by_id == staff.pk
    writes, alive = staff.has_perm(CHANGE), version.plan.retired_at is None
    in_work = any(one.state in (PlanState.DRAFT, PlanState.SENT) for one in versions)
    draft, sent = version.state == PlanState.DRAFT, version.state == PlanState.SENT
    return {
        "may_edit": writes and mine and draft,
        "may_take_back": writes and mine and sent,
        "may_decide": sent and not mine and staff.has_perm(APPROVE),
        "waits_for_another": sent and mine,
        "may_renew": writes and alive and not in_work,
        "may_retire": writes and alive and not in_work,
        "may_draw": version.state == PlanState.APPROVED and not why_not_open(version.plan, staff),
    }


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def sampling_plan_add(request: HttpRequest) -> HttpResponse:
    """First what for, then the plan as it is delivered for that; posting keeps a draft."""
    staff, purpose = staff_of(request), request.GET.get("purpose", "")
    if purpose not in SamplePurpose.values:
        return render(request, "audits/sampling_plan_purpose.html", {"purposes": purposes()})
    form = PlanForm(request.POST if request.method == "POST" else None, purpose=purpose, actor=staff)
    if request.method == "GET":
        form.initial["code"] = free_code(purpose)
    elif form.is_valid():
        said = form.cleaned_data
        try:
            version = new_plan(
                code=said["code"],
                name=said["name"],
                purpose=purpose,
                terms=form.terms(),
                checklist=said["checklist"],
                reviewers=said["reviewers"],
                reason=said["reason"],
                actor=staff,
                at=timezone.now(),
            )
        except PlanRefused as refusal:
            _tell(form, refusal)
        else:
            return _kept_posted(request, version)
    return _edit_page(request, form, None)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def sampling_plan_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Its writer's draft alone."""
    staff = staff_of(request)
    drafts = PlanVersion.objects.filter(
        plan__in=plans_seen_by(staff), state=PlanState.DRAFT, written_by=staff
    )
    version = get_object_or_404(drafts.select_related(*VERSION), plan_id=pk)
    purpose = version.plan.purpose
    given = request.POST if request.method == "POST" else None
    form = PlanForm(given, purpose=purpose, actor=staff, version=version)
    if given is not None and form.is_valid():
        said = form.cleaned_data
        try:
            version = write_draft(
                version=version,
                terms=form.terms(),
                checklist=said["checklist"],
                reviewers=said["reviewers"],
                reason=said["reason"],
                actor=staff,
                at=timezone.now(),
            )
        except PlanRefused as refusal:
            _tell(form, refusal)
        else:
            return _kept_posted(request, version)
    return _edit_page(request, form, version)


@requires(CHANGE)
@require_POST
def sampling_plan_preview(request: HttpRequest) -> HttpResponse:
    """The right side for the choices as they stand; nothing is saved. With faults only those are renewed."""
    staff, purpose = staff_of(request), request.GET.get("purpose", "")
    if purpose not in SamplePurpose.values:
        raise Http404
    form = PlanForm(request.POST, purpose=purpose, actor=staff)
    for name in ("name", "code"):
        form.fields.pop(name, None)
    what = consequence(as_version(form.terms(), purpose), timezone.localdate()) if form.is_valid() else None
    response = render(
        request, "audits/parts/plan_preview.html", {"form": form, "what": what, "editing": True}
    )
    if what is None:
        response["HX-Reswap"] = "none"
    return response


STEPS = {"take-back": take_back, "send": send_plan}


@requires(CHANGE)
@require_POST
def sampling_plan_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """What the writer does with a version, or anybody who writes plans with the plan."""
    staff, plan, now = staff_of(request), _found(request, pk), timezone.now()
    version = _in_work(plan)
    try:
        if step == "renew":
            next_version(plan=plan, actor=staff, at=now)
            return redirect("sampling_plan_edit", pk=pk)
        if step == "retire":
            retire_plan(plan=plan, actor=staff, at=now)
        elif step == "drop" and version is not None:
            if drop_draft(version=version, actor=staff, at=now) is None:
                return redirect("sampling_plans")
        elif step in STEPS and version is not None:
            STEPS[step](version=version, actor=staff, at=now)
        else:
            raise Http404
    except PlanRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("sampling_plan", pk=pk)


@requires(APPROVE)
@require_POST
def sampling_plan_decide(request: HttpRequest, pk: int) -> HttpResponse:
    staff, plan = staff_of(request), _found(request, pk)
    version = get_object_or_404(plan.versions, number=request.POST.get("version", "0"))
    decide = approve_plan if request.POST.get("verdict") == "approve" else refuse_plan
    try:
        decide(version=version, note=request.POST.get("note", "")[:1000], actor=staff, at=timezone.now())
    except PlanRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("sampling_plan", pk=pk)


def _found(request: HttpRequest, pk: int) -> SamplingPlan:
    found: SamplingPlan = get_object_or_404(plans_seen_by(staff_of(request)), pk=pk)
    return found


def _in_work(plan: SamplingPlan) -> PlanVersion | None:
    return plan.versions.filter(state__in=[PlanState.DRAFT, PlanState.SENT]).first()


def _kept_posted(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    if "send" in request.POST:
        try:
            send_plan(version=version, actor=staff_of(request), at=timezone.now())
        except PlanRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("sampling_plan_edit", pk=version.plan_id)
        messages.success(request, _("Waits for approval by another person."))
    return redirect("sampling_plan", pk=version.plan_id)


def _tell(form: PlanForm, refusal: PlanRefused) -> None:
    if not refusal.errors:
        form.add_error(None, str(refusal))
    for name, text in refusal.errors.items():
        form.add_error(name if name in form.fields else None, text)


def _edit_page(request: HttpRequest, form: PlanForm, version: PlanVersion | None) -> HttpResponse:
    """The right side is that of the form as it came; of one with faults it is empty until they are mended."""
    drawn: PlanVersion | None = None
    if form.is_bound:
        drawn = as_version(form.terms(), form.purpose) if not _of_terms(form) else None
    else:
        delivered = delivered_terms(form.purpose)
        drawn = version
        if drawn is None and not out_of_reach(delivered, staff_of(request)):
            drawn = as_version(delivered, form.purpose)
    context = {
        "form": form,
        "version": version,
        "plan": version.plan if version else None,
        "purpose": form.purpose,
        "what": consequence(drawn, timezone.localdate()) if drawn else None,
        "editing": True,
    }
    return render(request, "audits/sampling_plan_edit.html", context)


def _of_terms(form: PlanForm) -> bool:
    return bool(set(form.errors) - {"name", "code", "reason", "checklist", "reviewers"})
