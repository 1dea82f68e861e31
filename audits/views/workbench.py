from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audits.checks import check_field
from audits.choices import ExemptionRelation, StepAction
from audits.choices import RectificationState as State
from audits.forms import ContactForm, DisputeForm, EvidenceForm, ReasonForm
from audits.models import Finding, Rectification
from audits.operations.corrections import save_draft, submit_rectification
from audits.operations.disputes import DisputeRefused, raise_dispute
from audits.operations.evidence import EvidenceRefused, add_evidence
from audits.operations.exemptions import USUAL_DAYS
from audits.operations.rectifications import note_contact, reopen_rectification
from audits.standing_in import works_for_owner
from audits.states import REVIEW, UNDER_WAY, WORK
from audits.timeline import last_return, timeline_of
from audits.transitions import StepRefused, may_step
from audits.views.finding_rectification import (
    REFUSALS,
    look_at,
    refusal_text,
    say_refusal,
    seen_rectification,
)
from audits.workbench import Builder, Place, forms_beside, policies_beside, proposals_of
from audits.worklists import next_for, subject_masked
from workplace.access import requires, staff_of
from workplace.choices import SourceChannel
from workplace.models import Staff

MENDABLE = (State.ASSIGNED, State.IN_PROGRESS, State.RETURNED)


@requires("audits.view_rectification", WORK)
def rectification(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbench; a POST submits. A login that ended in between comes back to the page."""
    staff = staff_of(request)
    found = seen_rectification(staff, pk)
    if request.method == "POST":
        return _submit_posted(request, found, staff)
    mine = works_for_owner(rectification=found, staff=staff)
    works = mine and found.state in MENDABLE and staff.has_perm(WORK)
    if works:
        look_at(found, staff, timezone.now())
    return render(request, "audits/rectification.html", _context(found, staff, works))


def _context(found: Rectification, staff: Staff, works: bool) -> dict[str, Any]:
    bench = Builder(found, revealed=works, today=timezone.localdate()).build()
    fields = [one.field for fault in bench.faults for one in fault.inputs]
    beside = policies_beside(found, staff)
    lines = timeline_of(found)
    days = (
        (found.due_on - timezone.localdate()).days if found.due_on and found.state != State.CLOSED else None
    )
    return {
        "r": found,
        "subject": subject_masked(found),
        "works": works,
        "bench": bench,
        "days": days,
        "late": -days if days is not None and days < 0 else 0,
        "policies": beside,
        "forms": forms_beside(found, beside, fields, revealed=works),
        "evidence": list(found.evidence.select_related("file", "file__owner")),
        "timeline": lines,
        "returned": last_return(lines) if found.state in {State.RETURNED, State.IN_PROGRESS} else None,
        "channels": SourceChannel.choices,
        "contact_form": ContactForm(),
        "evidence_form": EvidenceForm(),
        "dispute_form": DisputeForm(),
        "relations": ExemptionRelation,
        "until": timezone.localdate() + timedelta(days=USUAL_DAYS),
        "reopen_form": ReasonForm(),
        "may_reopen": may_step(rectification=found, action=StepAction.REOPEN, actor=staff),
        "may_review": found.state == State.IN_REVIEW and staff.has_perm(REVIEW),
        "may_note": works or (found.state in UNDER_WAY and works_for_owner(rectification=found, staff=staff)),
    }


def _fields(request: HttpRequest) -> dict[str, str]:
    return {name: str(value) for name, value in request.POST.items()}


def _submit_posted(request: HttpRequest, found: Rectification, staff: Staff) -> HttpResponseRedirect:
    posted = _fields(request)
    try:
        submit_rectification(
            rectification=found,
            corrections=proposals_of(posted),
            note=posted.get("note", "").strip()[:1000],
            actor=staff,
            at=timezone.now(),
        )
    except REFUSALS as refusal:
        say_refusal(request, refusal)
        return redirect("rectification", pk=found.pk)
    following = next_for(staff, but=found.pk)
    if following is None:
        messages.info(request, _("Submitted. Nothing else is waiting for you."))
        return redirect("rectification_queue")
    messages.info(request, _("%(number)s submitted. This is the next one.") % {"number": found.number})
    return redirect("rectification", pk=following.pk)


@requires(WORK)
@require_POST
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Keeps what is typed; answers with the words for the status line."""
    staff = staff_of(request)
    found = seen_rectification(staff, pk)
    posted, at = _fields(request), timezone.now()
    context: dict[str, Any] = {"at": at}
    try:
        save_draft(
            rectification=found,
            proposals=proposals_of(posted),
            note=posted.get("note", "")[:1000],
            actor=staff,
            at=at,
        )
    except REFUSALS as refusal:
        context["refusal"] = refusal_text(refusal)
    return render(request, "audits/parts/draft_kept.html", context)


@requires(WORK)
@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """The rules' answer to one field, before anything is saved."""
    staff = staff_of(request)
    found = seen_rectification(staff, pk)
    place = Place.parse(request.POST.get("place", ""))
    if place is None or not works_for_owner(rectification=found, staff=staff):
        return HttpResponse(status=204)
    try:
        answer = check_field(
            rectification=found,
            place=place,
            proposals=proposals_of(_fields(request)),
            actor=staff,
            at=timezone.now(),
        )
    except REFUSALS as refusal:
        return render(request, "audits/parts/answer.html", {"refusal": refusal_text(refusal)})
    words = refusal_text(answer.misshapen) if answer.misshapen else ""
    return render(request, "audits/parts/answer.html", {"answer": answer, "refusal": words})


@requires("audits.add_evidence")
@require_POST
def upload_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    found = seen_rectification(staff, pk)
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose an image or a PDF file."))
        return redirect("rectification", pk=pk)
    given = form.cleaned_data["file"]
    try:
        add_evidence(
            rectification=found,
            name=given.name,
            content=given.read(),
            note=form.cleaned_data["note"],
            actor=staff,
            at=timezone.now(),
        )
    except (EvidenceRefused, StepRefused) as refusal:
        messages.error(request, str(refusal))
    return redirect("rectification", pk=pk)


@requires(WORK)
@require_POST
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    found = seen_rectification(staff, pk)
    form = ContactForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say how the customer was contacted."))
    else:
        try:
            note_contact(
                rectification=found,
                text=form.cleaned_data["text"],
                way=form.cleaned_data["way"],
                actor=staff,
                at=timezone.now(),
            )
        except StepRefused as refusal:
            messages.error(request, str(refusal))
    return redirect("rectification", pk=pk)


@requires("audits.add_ruledispute")
@require_POST
def dispute(request: HttpRequest, pk: int, finding_pk: int) -> HttpResponse:
    staff = staff_of(request)
    found = seen_rectification(staff, pk)
    finding = get_object_or_404(Finding.objects.visible_to(staff), pk=finding_pk, rectification=found)
    try:
        raise_dispute(
            finding=finding, reason=request.POST.get("reason", "")[:1000], actor=staff, at=timezone.now()
        )
    except DisputeRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, _("Compliance has been told; the answer will stand here."))
    return redirect("rectification", pk=pk)


@requires(REVIEW)
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    found = seen_rectification(staff, pk)
    try:
        reopen_rectification(
            rectification=found, actor=staff, at=timezone.now(), reason=request.POST.get("reason", "")[:1000]
        )
    except StepRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("rectification", pk=pk)
