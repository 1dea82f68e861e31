"""One's own reviews: the queue, and one item from the first field to the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audits.contact_forms import AttemptForm
from audits.eligibility import GIVE, REVIEW
from audits.models import SampleItem, SampleReview
from audits.models.sampling_queryset import READERS_OF_SAMPLES
from audits.operations.evidence import EvidenceRefused
from audits.operations.form_images import add_form_page
from audits.operations.sample_giving import GivingRefused, hand_back
from audits.operations.sample_keying import ReviewRefused, key_field
from audits.operations.sample_reviews import contact_for_review, finish_review, prove
from audits.sample_page import keying_context, page_context, reader_context
from audits.sample_queue import queue_context
from audits.sample_reviews import ABOUT, IN_HAND, may_get, neighbour, seen_review
from audits.sampling.choices import FieldVerdict, ItemOutcome
from customers.operations.contacts import ContactRefused
from workplace.access import requires, staff_of
from workplace.choices import Purpose
from workplace.models import Staff
from workplace.operations.access_log import record_opening

SEE = "audits.view_sampleitem"
ILLEGIBLE, ABSENT = ("?", "？"), ("-", "－", "无")
REFUSALS = (ReviewRefused, ContactRefused, EvidenceRefused)


@requires(REVIEW)
@require_safe
def my_reviews(request: HttpRequest) -> HttpResponse:
    staff, today = staff_of(request), timezone.localdate()
    return render(request, "audits/my_reviews.html", queue_context(staff, request.GET, today=today))


@requires(REVIEW, SEE)
@require_safe
def sample_item(request: HttpRequest, pk: int) -> HttpResponse:
    """To its reviewer the review, to who plans and judges what came of it, to anybody else nothing."""
    staff, at = staff_of(request), timezone.now()
    review = seen_review(staff, pk, today=timezone.localdate(at))
    if review is not None:
        if review.state in IN_HAND:
            _look(review, staff)
        return _private(render(request, "audits/sample_review.html", page_context(review, staff, at=at)))
    in_hand = SampleReview.objects.filter(item=pk, reviewer=staff, state__in=IN_HAND)
    if in_hand.exists() or staff.role not in READERS_OF_SAMPLES or not staff.has_perm(SEE):
        raise Http404
    about = [name.removeprefix("item__") for name in ABOUT if name.startswith("item__")]
    item = get_object_or_404(SampleItem.objects.visible_to(staff).select_related(*about), pk=pk)
    context = reader_context(item, staff)
    if staff.has_perm(GIVE) and item.outcome == ItemOutcome.PENDING:
        context["people"] = may_get(item, today=timezone.localdate(at))
    return render(request, "audits/sample_item.html", context)


def _look(review: SampleReview, staff: Staff) -> None:
    record_opening(
        staff=staff,
        purpose=Purpose.AUDIT,
        record=subject_of(review.item),
        detail=f"sample {review.item_id}",
        at=timezone.now(),
    )


def subject_of(item: SampleItem) -> tuple[str, int]:
    kinds = (
        ("policy", item.policy_id),
        ("customer", item.customer_id),
        ("rectification", item.rectification_id),
        ("customer", item.change_request.customer_id if item.change_request else None),
    )
    return next((kind, pk) for kind, pk in kinds if pk is not None)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response


def own_review(request: HttpRequest, pk: int) -> tuple[SampleReview, Staff]:
    """404 for whoever has it not in hand, or may not review it any more."""
    staff = staff_of(request)
    review = seen_review(staff, pk, today=timezone.localdate())
    if review is None:
        raise Http404
    return review, staff


@requires(REVIEW)
@require_POST
def sample_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Compares one field; HTMX gets the typed and the next one back, anybody else the page."""
    review, staff = own_review(request, pk)
    refusal = ""
    try:
        key_field(
            review=review,
            role=request.POST.get("role", "")[:12],
            field=request.POST.get("field", "")[:40],
            actor=staff,
            at=timezone.now(),
            **_said(request),
        )
    except ReviewRefused as refused:
        refusal = str(refused)
    if "HX-Request" not in request.headers:
        if refusal:
            messages.error(request, refusal)
        return redirect("sample_item", pk=pk)
    again, _staff = own_review(request, pk)
    _look(again, staff)
    context: dict[str, Any] = {"item": again.item, "review": again, "works": True, "refusal": refusal}
    context |= {"kept": request.POST.get("typed", "")[:300] if refusal else ""}
    context |= keying_context(again, works=True)
    return _private(render(request, "audits/parts/sample_keying.html", context))


def _said(request: HttpRequest) -> dict[str, str]:
    """A sign alone says that it cannot be read or is not there, so that no hand leaves the keys."""
    typed, verdict = request.POST.get("typed", "").strip(), request.POST.get("verdict", "")
    if verdict:
        return {"verdict": verdict}
    if typed in ILLEGIBLE:
        return {"verdict": FieldVerdict.ILLEGIBLE}
    if typed in ABSENT:
        return {"verdict": FieldVerdict.ABSENT}
    return {"typed": typed}


def _step(request: HttpRequest, pk: int, taken: Callable[[SampleReview, Staff], str]) -> HttpResponse:
    review, staff = own_review(request, pk)
    try:
        messages.info(request, taken(review, staff))
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    return redirect("sample_item", pk=pk)


@requires(REVIEW)
@require_POST
def sample_contact(request: HttpRequest, pk: int) -> HttpResponse:
    def take(review: SampleReview, staff: Staff) -> str:
        form = AttemptForm(request.POST)
        if not form.is_valid():
            raise ReviewRefused(_("Say in which way the customer was contacted and how it ended."))
        contact_for_review(review=review, actor=staff, at=timezone.now(), **form.said)
        return _("The contact is noted.")

    return _step(request, pk, take)


@requires(REVIEW)
@require_POST
def sample_upload(request: HttpRequest, pk: int) -> HttpResponse:
    """A page of the form, or what proves an answer."""

    def take(review: SampleReview, staff: Staff) -> str:
        file = request.FILES.get("file")
        if file is None:
            raise ReviewRefused(_("Choose a file."))
        name, content, at = file.name or "", file.read(), timezone.now()
        if request.POST.get("as") == "form":
            page = add_form_page(review=review, name=name, content=content, actor=staff, at=at)
            return _("Page %(page)s of the form was added.") % {"page": page.page}
        note = request.POST.get("note", "")
        prove(review=review, name=name, content=content, note=note, actor=staff, at=at)
        return _("The evidence was added.")

    return _step(request, pk, take)


@requires(REVIEW)
@require_POST
def sample_finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends it and opens the next one."""
    review, staff = own_review(request, pk)
    following = neighbour(staff, review)
    try:
        finish_review(
            review=review,
            actor=staff,
            at=timezone.now(),
            truth=request.POST.get("truth", ""),
            answers=_answers(request),
            note=request.POST.get("note", ""),
        )
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        return redirect("sample_item", pk=pk)
    if following is None:
        messages.info(request, _("Finished. No other sample is waiting for you."))
        return redirect("my_reviews")
    messages.info(request, _("%(number)s finished. This is the next one.") % {"number": review.item.key})
    return redirect("sample_item", pk=following.item_id)


@requires(REVIEW)
@require_POST
def sample_hand_back(request: HttpRequest, pk: int) -> HttpResponse:
    """For another reviewer; the next one opens."""
    review, staff = own_review(request, pk)
    following = neighbour(staff, review)
    try:
        hand_back(review=review, reason=request.POST.get("reason", ""), actor=staff, at=timezone.now())
    except GivingRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("sample_item", pk=pk)
    messages.info(request, _("%(number)s handed back.") % {"number": review.item.key})
    return redirect("sample_item", pk=following.item_id) if following else redirect("my_reviews")


def _answers(request: HttpRequest) -> dict[int, tuple[str, str]]:
    """By id of the question: `q:…` yes, no or neither, `t:…` the words."""
    numbers = {name[2:] for name in request.POST if name[:2] in ("q:", "t:") and name[2:].isdecimal()}
    return {
        int(number): (request.POST.get(f"q:{number}", ""), request.POST.get(f"t:{number}", "")[:300])
        for number in numbers
    }
