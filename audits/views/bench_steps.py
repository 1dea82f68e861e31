"""What is done on the workbench besides correcting: evidence, contacts, disputes, reopening."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from audits.contact_log import ADD, customer_to_ask
from audits.forms import ContactForm, EvidenceForm
from audits.models import Evidence, Finding
from audits.operations.disputes import DisputeRefused, raise_dispute
from audits.operations.evidence import (
    EvidenceRefused,
    add_evidence,
    others_with_image,
    withdraw_evidence,
)
from audits.operations.rectifications import note_contact, reopen_rectification
from audits.states import REVIEW, WORK
from audits.transitions import StepRefused
from audits.views.contacts import contact_posted
from audits.views.finding_rectification import seen_rectification
from audits.views.workbench import back_to
from workplace.access import requires, staff_of


@requires("audits.add_evidence")
@require_POST
def upload_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Says at once when the same image stands for somebody else already (requirement 117)."""
    staff = staff_of(request)
    found = seen_rectification(staff, pk)
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose an image or a PDF file."))
        return back_to(request, pk)
    given = form.cleaned_data["file"]
    try:
        evidence = add_evidence(
            rectification=found,
            name=given.name,
            content=given.read(),
            kind=form.cleaned_data["kind"],
            note=form.cleaned_data["note"],
            actor=staff,
            at=timezone.now(),
        )
    except (EvidenceRefused, StepRefused) as refusal:
        messages.error(request, str(refusal))
        return back_to(request, pk)
    if others := others_with_image(evidence):
        text = ngettext(
            "The same image stands for %(n)s other customer already; that is a finding now. Withdraw it if "
            "it is the wrong one.",
            "The same image stands for %(n)s other customers already; that is a finding now. Withdraw it if "
            "it is the wrong one.",
            others,
        )
        messages.warning(request, text % {"n": others})
    return back_to(request, pk)


@requires("audits.add_evidence")
@require_POST
def take_back_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    rows = Evidence.objects.visible_to(staff).filter(rectification__isnull=False)
    found = get_object_or_404(rows, pk=pk)
    try:
        withdraw_evidence(evidence=found, actor=staff, at=timezone.now())
    except StepRefused as refusal:
        messages.error(request, str(refusal))
    return back_to(request, found.rectification_id or 0)


@requires(WORK)
@require_POST
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """In the customer's log for whoever keeps it; a partner notes it on the timeline alone."""
    staff = staff_of(request)
    found = seen_rectification(staff, pk)
    if staff.has_perm(ADD) and customer_to_ask(found) is not None:
        contact_posted(request, found, staff)
        return back_to(request, pk)
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
    return back_to(request, pk)


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
    return back_to(request, pk)


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
    return back_to(request, pk)
