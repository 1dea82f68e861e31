"""Evidence packs of a draw: made by one button, handed out as they were sealed, with a report to sign."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from audits.models import EvidencePack, SamplingRun
from audits.operations.packs import PackRefused, start_pack
from audits.pack_report import report_pdf
from audits.packs import PACK, packs_of, sees_all
from workplace.access import requires, staff_of
from workplace.choices import Access, Purpose
from workplace.operations.access_log import record_look

SEE = "audits.view_samplingrun"


def _run(request: HttpRequest, pk: int) -> SamplingRun:
    found: SamplingRun = get_object_or_404(SamplingRun.objects.visible_to(staff_of(request)), pk=pk)
    return found


@requires(PACK)
@require_POST
def evidence_pack_make(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        start_pack(run=_run(request, pk), actor=staff_of(request), at=timezone.now())
    except PackRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(reverse("sampling_run", args=[pk]) + "#packs")


@requires(SEE)
@require_safe
def evidence_pack_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page while a pack is being made; then it loads itself anew, with its HEAD."""
    run = _run(request, pk)
    context = {"run": run, **packs_of(run, staff_of(request))}
    response = render(request, "audits/parts/run_packs.html", context)
    if context["pack_job"] is None:
        response["HX-Refresh"] = "true"
    return response


def _pack(request: HttpRequest, pk: int) -> EvidencePack:
    """One of a draw that the person sees, whose file is still there."""
    seen = EvidencePack.objects.visible_to(staff_of(request))
    found: EvidencePack = get_object_or_404(
        seen.select_related("run__plan", "file", "seal", "made_by"), pk=pk
    )
    if found.file is None or found.file.removed_at is not None:
        raise Http404
    if not sees_all(staff_of(request), found.run):
        raise Http404
    return found


def _noted(request: HttpRequest, pack: EvidencePack) -> None:
    record_look(
        staff=staff_of(request),
        access=Access.DOWNLOAD,
        purpose=Purpose.AUDIT,
        record_kind="sampling_run",
        record_id=pack.run_id,
        detail=pack.file.name if pack.file else "",
        at=timezone.now(),
    )


@requires(PACK)
@require_safe
def evidence_pack_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """As it was sealed; every look is written down."""
    pack = _pack(request, pk)
    assert pack.file is not None  # noqa: S101 - asked above
    try:
        content = pack.file.content.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    _noted(request, pack)
    response = FileResponse(
        content, content_type="application/zip", filename=pack.file.name, as_attachment=True
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@requires(PACK)
@require_safe
def evidence_pack_report(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper to sign: what the pack says, and the seal by which it is known."""
    pack = _pack(request, pk)
    _noted(request, pack)
    response = HttpResponse(report_pdf(pack), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="report-{pack.run_id}-{pack.pk}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
