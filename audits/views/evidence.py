from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from audits.models import Evidence, Exemption
from audits.sight import people_about, shows_scans
from workplace.access import requires, staff_of
from workplace.choices import Access, Purpose
from workplace.models import Staff, UploadedFile
from workplace.operations.access_log import record_look

EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "application/pdf": "pdf",
}
# Whatever is inside runs nothing and loads nothing.
LOCKED = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox"


@requires("audits.view_evidence")
def evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Only to whoever may open what it proves; every look is written down."""
    staff = staff_of(request)
    found = get_object_or_404(
        Evidence.objects.visible_to(staff).select_related("file", "rectification", "change_request"), pk=pk
    )
    about = ("rectification", found.rectification_id)
    if found.change_request is not None:
        about = ("customer", found.change_request.customer_id)
    return served_file(staff, found.file, about, f"evidence-{found.pk}")


@requires("audits.view_exemption")
@require_safe
def exemption_evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who approves an exemption has to see what it stands on; every look is written down."""
    staff = staff_of(request)
    found = get_object_or_404(
        Exemption.objects.visible_to(staff).select_related("evidence", "finding"), pk=pk
    )
    if found.evidence is None:
        raise Http404
    about = (found.finding.subject_kind, found.finding.subject_id)
    return served_file(staff, found.evidence, about, f"exemption-{found.pk}")


def served_file(staff: Staff, file: UploadedFile, of: tuple[str, int], name: str) -> FileResponse:
    """A child's file asks for the right that its values ask for: without it there is none."""
    extension = EXTENSIONS.get(file.media_type)
    shown = shows_scans(staff, timezone.localdate(), people_about(*of))
    if extension is None or file.removed_at is not None or not shown:
        raise Http404
    try:
        content = file.content.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    record_look(
        staff=staff,
        access=Access.DOWNLOAD,
        purpose=Purpose.RECTIFICATION,
        record_kind=of[0],
        record_id=of[1],
        detail=f"{name} {file.sha256[:12]}",
        at=timezone.now(),
    )
    response = FileResponse(content, content_type=file.media_type, filename=f"{name}.{extension}")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = LOCKED
    response["Cache-Control"] = "private, no-store"
    return response
