"""What those who give samples do: to whom, the form images of a whole draw, the word between two."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from audits.eligibility import GIVE
from audits.models import SampleItem, SamplingRun
from audits.operations.form_images import add_form_images
from audits.operations.sample_giving import GivingRefused, give_items, give_to
from audits.operations.sample_keying import ReviewRefused
from audits.operations.sample_reviews import adjudicate
from audits.sample_reviews import reviewers_of
from audits.views.posted import require_POST_from
from workplace.access import requires, staff_of
from workplace.models import Staff

ARCHIVE_BYTES = 300 * 1024 * 1024


@requires(GIVE)
@require_POST
def samples_give(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything of a draw that is in nobody's hands."""
    staff = staff_of(request)
    run = get_object_or_404(SamplingRun.objects.visible_to(staff), pk=pk)
    try:
        given = give_items(run=run, actor=staff, at=timezone.now())
    except GivingRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("sampling_run", pk=pk)
    words = ngettext("%d sample given.", "%d samples given.", given.reviews) % given.reviews
    messages.info(request, words)
    if given.left:
        count = len(given.left)
        text = ngettext("Nobody may review %d of them.", "Nobody may review %d of them.", count)
        messages.error(request, text % count)
    return redirect("sampling_run", pk=pk)


@requires(GIVE)
@require_POST_from("sampling_run")
def form_images_upload(request: HttpRequest, pk: int) -> HttpResponse:
    """A zip archive named by policy number; each entry that was not kept is listed with the reason."""
    staff = staff_of(request)
    run = get_object_or_404(SamplingRun.objects.visible_to(staff), pk=pk)
    file = request.FILES.get("file")
    try:
        if file is None:
            raise ReviewRefused(_("Choose a file."))
        if (file.size or 0) > ARCHIVE_BYTES:
            raise ReviewRefused(_("The archive is larger than 300 MB; send it in parts."))
        kept = add_form_images(run=run, content=file.read(), actor=staff, at=timezone.now())
    except ReviewRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("sampling_run", pk=pk)
    return render(request, "audits/form_images.html", {"run": run, "kept": kept})


def _of_item(request: HttpRequest, pk: int, taken: Callable[[SampleItem, Staff], str]) -> HttpResponse:
    staff = staff_of(request)
    item = get_object_or_404(SampleItem.objects.visible_to(staff).select_related("run__version"), pk=pk)
    try:
        messages.info(request, taken(item, staff))
    except (GivingRefused, ReviewRefused) as refusal:
        messages.error(request, str(refusal))
    return redirect("sample_item", pk=pk)


@requires(GIVE)
@require_POST
def sample_give(request: HttpRequest, pk: int) -> HttpResponse:
    def step(item: SampleItem, staff: Staff) -> str:
        chosen = request.POST.get("reviewer", "")
        person = next((one for one in reviewers_of(item.run) if str(one.pk) == chosen), None)
        if person is None:
            raise GivingRefused(_("Choose a reviewer of the plan."))
        give_to(item=item, reviewer=person, actor=staff, at=timezone.now())
        return _("Given to %(who)s.") % {"who": person.name}

    return _of_item(request, pk, step)


@requires(GIVE)
@require_POST
def sample_adjudicate(request: HttpRequest, pk: int) -> HttpResponse:
    def step(item: SampleItem, staff: Staff) -> str:
        outcome, note = request.POST.get("outcome", ""), request.POST.get("note", "")
        adjudicate(item=item, outcome=outcome, note=note, actor=staff, at=timezone.now())
        return _("Decided.")

    return _of_item(request, pk, step)
