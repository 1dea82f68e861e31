"""Checklists: their versions, what each asks and which article it answers to."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audits.checklist_forms import ChecklistForm, lines_of, questions_posted
from audits.models import Checklist, ChecklistVersion, InspectionYear, PlanVersion
from audits.operations.checklists import (
    APPROVE,
    CHANGE,
    ChecklistRefused,
    approve_checklist,
    drop_checklist_version,
    new_checklist,
    next_checklist_version,
    write_checklist,
)
from audits.sampling.choices import AnswerKind, PlanState
from authenticity.models import Article
from workplace.access import requires, staff_of
from workplace.paging import keyset_page

SEE = "audits.view_samplingplan"


@requires(SEE)
@require_safe
def checklists(request: HttpRequest) -> HttpResponse:
    page = keyset_page(Checklist.objects.all(), request, order="code")
    versions = ChecklistVersion.objects.filter(checklist__in=page.rows).annotate(questions=Count("items"))
    found: dict[int, list[ChecklistVersion]] = {}
    for version in versions.order_by("-number"):
        found.setdefault(version.checklist_id, []).append(version)
    lines = [
        {
            "checklist": one,
            "approved": next((v for v in found.get(one.pk, []) if v.approved_at), None),
            "in_work": next((v for v in found.get(one.pk, []) if not v.approved_at), None),
        }
        for one in page.rows
    ]
    context = {
        "page": page,
        "lines": lines,
        "waiting": sum(line["in_work"] is not None for line in lines),
        "may_write": staff_of(request).has_perm(CHANGE),
    }
    return render(request, "audits/checklists.html", context)


@requires(SEE)
@require_safe
def checklist(request: HttpRequest, pk: int) -> HttpResponse:
    """The version asked for, else the one in work, else the last approved."""
    staff, found = staff_of(request), get_object_or_404(Checklist, pk=pk)
    versions = list(found.versions.select_related("made_by", "approved_by").order_by("-number"))
    asked = request.GET.get("version", "")
    shown = next((one for one in versions if str(one.number) == asked), None if asked else versions[0])
    if shown is None:
        raise Http404
    draft = shown.approved_at is None
    context = {
        "checklist": found,
        "version": shown,
        "versions": versions,
        "items": list(shown.items.select_related("article").order_by("place")),
        "used_by": PlanVersion.objects.filter(checklist=shown, state=PlanState.APPROVED).select_related(
            "plan"
        ),
        "years": InspectionYear.objects.filter(checklist=shown).order_by("year"),
        "may_edit": draft and staff.has_perm(CHANGE),
        "may_approve": draft and shown.made_by_id != staff.pk and staff.has_perm(APPROVE),
        "waits_for_another": draft and shown.made_by_id == staff.pk,
        "may_renew": all(one.approved_at for one in versions) and staff.has_perm(CHANGE),
    }
    return render(request, "audits/checklist.html", context)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def checklist_add(request: HttpRequest) -> HttpResponse:
    form = ChecklistForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = new_checklist(**said, actor=staff_of(request), at=timezone.now())
        except ChecklistRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return redirect("checklist_edit", pk=made.checklist_id)
    return render(request, "audits/checklist_add.html", {"form": form})


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def checklist_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """All questions of the version in work; lines left empty fall away."""
    version = get_object_or_404(
        ChecklistVersion.objects.select_related("checklist"), checklist_id=pk, approved_at__isnull=True
    )
    context: dict[str, Any] = {
        "checklist": version.checklist,
        "version": version,
        "kinds": AnswerKind.choices,
    }
    posted = questions_posted(request.POST) if request.method == "POST" else None
    if posted is not None:
        try:
            write_checklist(version=version, questions=posted, actor=staff_of(request), at=timezone.now())
        except ChecklistRefused as refusal:
            context |= {"fault": str(refusal), "fault_line": refusal.line}
        else:
            return redirect("checklist", pk=pk)
    context["lines"] = lines_of(version, posted)
    context["articles"] = Article.objects.order_by("pk")
    return render(request, "audits/checklist_edit.html", context)


@requires(CHANGE, APPROVE)
@require_POST
def checklist_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Approve, drop or go on from the version; each operation asks for its own right."""
    staff, found, now = staff_of(request), get_object_or_404(Checklist, pk=pk), timezone.now()
    draft = found.versions.filter(approved_at__isnull=True).first()
    try:
        if step == "renew":
            next_checklist_version(checklist=found, actor=staff, at=now)
            return redirect("checklist_edit", pk=pk)
        if draft is None:
            raise Http404
        if step == "approve":
            approve_checklist(version=draft, actor=staff, at=now)
        elif step == "drop":
            if drop_checklist_version(version=draft, actor=staff, at=now) is None:
                return redirect("checklists")
        else:
            raise Http404
    except ChecklistRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("checklist", pk=pk)
