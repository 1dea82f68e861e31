"""Changes that customers ask for: mine, what waits for me, what was decided; one of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audits.change_page import decides, page_context
from audits.changing import AT_HAND, DECIDE, MAKE, SEE, State, waiting_for
from audits.checks import judge_field
from audits.forms import EvidenceForm
from audits.models import ChangeRequest, Evidence
from audits.operations.change_evidence import add_change_evidence, withdraw_change_evidence
from audits.operations.change_requests import (
    accept_change,
    check_places,
    return_change,
    save_change,
    start_change,
    submit_change,
    withdraw_change,
)
from audits.operations.evidence import EvidenceRefused
from audits.posted import Posted, read_post
from audits.views.finding_rectification import REFUSALS, look_at, refusal_text, say_refusal
from audits.workbench import Place
from customers.models import Customer
from policies.models import Policy
from workplace.access import requires, staff_of
from workplace.models import Staff
from workplace.operations.corrections import CorrectionRefused
from workplace.paging import keyset_page

OPENED = (*AT_HAND, State.SUBMITTED)
TABS: dict[str, Callable[[Staff], Q]] = {
    "mine": lambda staff: Q(made_by=staff, state__in=OPENED),
    "waiting": lambda staff: Q(state=State.SUBMITTED),
    "decided": lambda staff: Q(state__in=(State.ACCEPTED, State.WITHDRAWN)),
}


def _seen(staff: Staff) -> QuerySet[ChangeRequest]:
    rows = ChangeRequest.objects.visible_to(staff)
    return rows.select_related("customer", "policy", "made_by", "decided_by", "handled_by")


@requires(SEE)
@require_safe
def change_requests(request: HttpRequest) -> HttpResponse:
    staff = staff_of(request)
    usual = "waiting" if staff.has_perm(DECIDE) else "mine"
    tab = request.GET.get("tab", usual)
    tab = tab if tab in TABS else usual
    rows = _seen(staff).filter(TABS[tab](staff))
    context = {
        "page": keyset_page(rows, request),
        "tab": tab,
        "waiting": waiting_for(staff).count(),
        "decides": staff.has_perm(DECIDE),
    }
    return render(request, "audits/change_requests.html", context)


@requires(MAKE)
@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    customer = get_object_or_404(Customer.objects.visible_to(staff), pk=pk)
    policy = None
    if (number := request.POST.get("policy", "")).isdecimal():
        policy = get_object_or_404(Policy.objects.visible_to(staff), pk=int(number))
    try:
        found = start_change(customer=customer, policy=policy, actor=staff, at=timezone.now())
    except REFUSALS as refusal:
        say_refusal(request, refusal)
        return redirect("customer", pk=pk)
    return redirect("change_request", pk=found.pk)


@requires(SEE, MAKE)
def change_request(request: HttpRequest, pk: int) -> HttpResponse:
    """To look at, and for its maker the form; a POST hands it in."""
    staff = staff_of(request)
    found = get_object_or_404(_seen(staff), pk=pk)
    if request.method == "POST":
        return _submit_posted(request, found, staff)
    look_at(request, found, works=decides(found, staff))
    return render(request, "audits/change_request.html", page_context(found, staff))


def _submit_posted(request: HttpRequest, found: ChangeRequest, staff: Staff) -> HttpResponse:
    posted, at = _read(request, staff), timezone.now()
    typed: dict[str, Any] = {"proposals": posted.proposals, "note": posted.note, "will": posted.will}
    try:
        if posted.problem:
            save_change(request=found, **typed, actor=staff, at=at)
            raise CorrectionRefused(posted.problem)
        despite = "despite" in request.POST
        submit_change(request=found, **typed, despite=despite, actor=staff, at=at)
    except REFUSALS as refusal:
        say_refusal(request, refusal)
    else:
        messages.info(request, _("%(number)s handed in; another person decides.") % {"number": found.number})
    return _sent_back(request, found.pk)


def _sent_back(request: HttpRequest, pk: int) -> HttpResponse:
    answer = redirect("change_request", pk=pk)
    if "HX-Request" not in request.headers:
        return answer
    return HttpResponse(status=204, headers={"HX-Redirect": answer.url})


def _read(request: HttpRequest, staff: Staff) -> Posted:
    return read_post({name: str(value) for name, value in request.POST.items()}, staff)


@requires(MAKE)
@require_POST
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Keeps what is typed; answers with the words for the status line."""
    staff = staff_of(request)
    found = get_object_or_404(_seen(staff), pk=pk)
    posted, at = _read(request, staff), timezone.now()
    words = posted.problem
    try:
        save_change(
            request=found,
            proposals=posted.proposals,
            note=posted.note,
            will=posted.will,
            actor=staff,
            at=at,
        )
    except REFUSALS as refusal:
        words = refusal_text(refusal)
    return render(request, "audits/parts/draft_kept.html", {"at": at, "refusal": words})


@requires(MAKE)
@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """The rules' answer to one field, before anything is saved."""
    staff = staff_of(request)
    found = get_object_or_404(_seen(staff).filter(made_by=staff), pk=pk)
    place = Place.parse(request.POST.get("place", ""))
    if place is None:
        return HttpResponse(status=204)
    proposals = _read(request, staff).proposals
    try:
        check_places(found, proposals)
        answer = judge_field(place=place, proposals=proposals, actor=staff, at=timezone.now())
    except REFUSALS as refusal:
        return render(request, "audits/parts/answer.html", {"refusal": refusal_text(refusal)})
    words = refusal_text(answer.misshapen) if answer.misshapen else ""
    return render(request, "audits/parts/answer.html", {"answer": answer, "refusal": words})


@requires(MAKE)
@require_POST
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    found = get_object_or_404(_seen(staff), pk=pk)
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose an image or a PDF file."))
        return redirect("change_request", pk=pk)
    given = form.cleaned_data["file"]
    try:
        add_change_evidence(
            request=found,
            name=given.name,
            content=given.read(),
            kind=form.cleaned_data["kind"],
            note=form.cleaned_data["note"],
            actor=staff,
            at=timezone.now(),
        )
    except (EvidenceRefused, *REFUSALS) as refusal:
        say_refusal(request, refusal)
    return redirect("change_request", pk=pk)


@requires(MAKE)
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    rows = Evidence.objects.visible_to(staff).filter(change_request__isnull=False)
    found = get_object_or_404(rows, pk=pk)
    try:
        withdraw_change_evidence(evidence=found, actor=staff, at=timezone.now())
    except REFUSALS as refusal:
        say_refusal(request, refusal)
    return redirect("change_request", pk=found.change_request_id or 0)


@requires(MAKE)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    found = get_object_or_404(_seen(staff), pk=pk)
    try:
        withdraw_change(request=found, actor=staff, at=timezone.now())
    except REFUSALS as refusal:
        say_refusal(request, refusal)
    return redirect("change_request", pk=pk)


@requires(DECIDE)
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    found = get_object_or_404(_seen(staff), pk=pk)
    try:
        accept_change(request=found, actor=staff, at=timezone.now(), seen_version=_version(request))
    except REFUSALS as refusal:
        say_refusal(request, refusal)
        return redirect("change_request", pk=pk)
    messages.info(request, _("%(number)s accepted; the record is changed.") % {"number": found.number})
    return _on(staff)


@requires(DECIDE)
@require_POST
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    found = get_object_or_404(_seen(staff), pk=pk)
    words = request.POST.get("words", "")[:1000]
    try:
        return_change(
            request=found, reason=words, actor=staff, at=timezone.now(), seen_version=_version(request)
        )
    except REFUSALS as refusal:
        say_refusal(request, refusal)
        return redirect("change_request", pk=pk)
    messages.info(request, _("%(number)s returned.") % {"number": found.number})
    return _on(staff)


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else None


def _on(staff: Staff) -> HttpResponseRedirect:
    """The oldest that still waits for this person opens by itself."""
    following = waiting_for(staff).first()
    return redirect("change_request", pk=following.pk) if following else redirect("change_requests")
