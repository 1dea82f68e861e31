"""Images and files of a review, to its reviewer while it is in hand, evidence also to who judges."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from audits.eligibility import REVIEW
from audits.models import ReviewEvidence, SampleItem
from audits.sample_page import customer_images, form_pages
from audits.sample_reviews import IN_HAND
from audits.sight import people_about, shows_scans
from audits.views.evidence import EXTENSIONS, LOCKED
from audits.views.sample_reviews import own_review, subject_of
from workplace.access import requires, staff_of
from workplace.choices import Access, Purpose
from workplace.models import Staff, UploadedFile
from workplace.operations.access_log import record_look


@requires(REVIEW)
@require_safe
def sample_form_page(request: HttpRequest, pk: int, page: int) -> HttpResponseBase:
    review, staff = own_review(request, pk)
    found = next((one for one in form_pages(review.item) if one.page == page), None)
    if found is None or review.state not in IN_HAND:
        raise Http404
    return _served(staff, found.image, review.item, f"form-{page}")


@requires(REVIEW)
@require_safe
def sample_image(request: HttpRequest, pk: int, image: int) -> HttpResponseBase:
    review, staff = own_review(request, pk)
    found = next((one for one in customer_images(review.item) if one.pk == image), None)
    if found is None or review.state not in IN_HAND:
        raise Http404
    return _served(staff, found.file, review.item, f"image-{image}")


@requires(REVIEW, "audits.view_sampleitem")
@require_safe
def sample_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A child's file asks for the right that its values ask for; while another has the item it stays shut."""
    staff = staff_of(request)
    seen = ReviewEvidence.objects.visible_to(staff).select_related("file", "review__item__change_request")
    found = get_object_or_404(seen, pk=pk)
    others = found.review.item.reviews.exclude(pk=found.review_id)
    if found.review.reviewer_id != staff.pk and others.filter(state__in=IN_HAND).exists():
        raise Http404
    kind, subject = subject_of(found.review.item)
    if not shows_scans(staff, timezone.localdate(), people_about(kind, subject)):
        raise Http404
    return _served(staff, found.file, found.review.item, f"evidence-{found.pk}")


def _served(staff: Staff, file: UploadedFile, item: SampleItem, name: str) -> FileResponse:
    extension = EXTENSIONS.get(file.media_type)
    if extension is None or file.removed_at is not None:
        raise Http404
    try:
        content = file.content.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    kind, pk = subject_of(item)
    record_look(
        staff=staff,
        access=Access.DOWNLOAD,
        purpose=Purpose.AUDIT,
        record_kind=kind,
        record_id=pk,
        detail=f"sample {item.pk} {name} {file.sha256[:12]}",
        at=timezone.now(),
    )
    response = FileResponse(content, content_type=file.media_type, filename=f"{name}.{extension}")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = LOCKED
    response["Cache-Control"] = "private, no-store"
    return response
