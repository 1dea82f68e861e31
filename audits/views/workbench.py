from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audits.bench_page import MENDABLE, bench_context
from audits.checks import check_field
from audits.field_past import past_of
from audits.models import Rectification
from audits.operations.corrections import save_draft, submit_rectification
from audits.posted import Posted, read_post
from audits.standing_in import works_for_owner
from audits.states import WORK
from audits.views.finding_rectification import (
    REFUSALS,
    look_at,
    refusal_text,
    refusal_texts,
    say_refusal,
    seen_rectification,
)
from audits.workbench import Place
from audits.worklists import next_for
from workplace.access import requires, staff_of
from workplace.correctable import is_correctable
from workplace.models import Staff
from workplace.operations.corrections import CorrectionRefused


@requires("audits.view_rectification", WORK)
def rectification(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbench, or with `beside` its pane next to the list; a POST submits.

    A login that ended in between comes back to the page.
    """
    staff = staff_of(request)
    found = seen_rectification(staff, pk)
    if request.method == "POST":
        return _submit_posted(request, found, staff)
    return _bench(request, found, staff)


def _bench(
    request: HttpRequest, found: Rectification, staff: Staff, *, refusals: list[str] | None = None
) -> HttpResponse:
    at = timezone.now()
    mine = works_for_owner(rectification=found, staff=staff)
    works = mine and found.state in MENDABLE and staff.has_perm(WORK)
    look_at(request, found, works=works)
    beside = "beside" in request.GET
    context = bench_context(found, staff, works=works, at=at)
    context |= {"beside": beside, "refusals": refusals or []}
    page = "audits/rectification_beside.html" if beside else "audits/rectification.html"
    return render(request, page, context)


def _submit_posted(request: HttpRequest, found: Rectification, staff: Staff) -> HttpResponse:
    posted = _read(request, staff)
    try:
        if posted.problem:
            save_draft(
                rectification=found,
                proposals=posted.proposals,
                note=posted.note,
                will=posted.will,
                seen=posted.seen,
                actor=staff,
                at=timezone.now(),
            )
            raise CorrectionRefused(posted.problem)
        submit_rectification(
            rectification=found,
            corrections=posted.proposals,
            note=posted.note,
            will=posted.will,
            seen=posted.seen,
            actor=staff,
            at=timezone.now(),
        )
    except REFUSALS as refusal:
        return _refused(request, found, staff, refusal)
    return _next_one(request, found, staff)


def _refused(request: HttpRequest, found: Rectification, staff: Staff, refusal: Exception) -> HttpResponse:
    """What was typed stands there again, from the draft."""
    if "beside" in request.GET:
        again = seen_rectification(staff, found.pk)
        return _bench(request, again, staff, refusals=refusal_texts(refusal))
    say_refusal(request, refusal)
    return _sent_to(request, reverse("rectification", args=[found.pk]))


def _next_one(request: HttpRequest, done: Rectification, staff: Staff) -> HttpResponse:
    following = next_for(staff, but=done.pk)
    if "beside" in request.GET:
        if following is None:
            answer = render(request, "audits/parts/beside_done.html", {"done": done})
        else:
            answer = _bench(request, seen_rectification(staff, following.pk), staff)
        answer["X-Zx-Done"] = str(done.pk)
        return answer
    if following is None:
        messages.info(request, _("Submitted. Nothing else is waiting for you."))
        return _sent_to(request, reverse("rectification_queue"))
    messages.info(request, _("%(number)s submitted. This is the next one.") % {"number": done.number})
    return _sent_to(request, reverse("rectification", args=[following.pk]))


def _sent_to(request: HttpRequest, address: str) -> HttpResponse:
    """A page that posts in the background is told where to go, and keeps what is typed when it cannot."""
    if "HX-Request" not in request.headers:
        return HttpResponseRedirect(address)
    return HttpResponse(status=204, headers={"HX-Redirect": address})


def _read(request: HttpRequest, staff: Staff) -> Posted:
    return read_post({name: str(value) for name, value in request.POST.items()}, staff)


@requires(WORK)
@require_POST
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Keeps what is typed; answers with the words for the status line."""
    staff = staff_of(request)
    found = seen_rectification(staff, pk)
    posted, at = _read(request, staff), timezone.now()
    context: dict[str, Any] = {"at": at, "refusal": posted.problem}
    try:
        save_draft(
            rectification=found,
            proposals=posted.proposals,
            note=posted.note,
            will=posted.will,
            seen=posted.seen,
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
            proposals=_read(request, staff).proposals,
            actor=staff,
            at=timezone.now(),
        )
    except REFUSALS as refusal:
        return render(request, "audits/parts/answer.html", {"refusal": refusal_text(refusal)})
    words = refusal_text(answer.misshapen) if answer.misshapen else ""
    return render(request, "audits/parts/answer.html", {"answer": answer, "refusal": words})


@requires("audits.view_rectification", WORK)
@require_safe
def field_past(request: HttpRequest, pk: int) -> HttpResponse:
    """The life of one field of the record that is being mended, opened in place."""
    staff = staff_of(request)
    found = seen_rectification(staff, pk)
    place = Place.parse(request.GET.get("place", ""))
    if place is None or not is_correctable(place.kind, place.field):
        return HttpResponse(status=204)
    try:
        lines = past_of(place, rectification=found, reader=staff)
    except CorrectionRefused as refusal:
        raise Http404 from refusal
    return render(request, "audits/parts/field_past.html", {"lines": lines})


def back_to(request: HttpRequest, pk: int) -> HttpResponse:
    """To the page that was posted from: the rectification's own, or the list with it beside."""
    if request.POST.get("beside") == "1":
        return redirect(f"{reverse('rectification_queue')}?open={pk}")
    return redirect("rectification", pk=pk)
