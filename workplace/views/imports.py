"""The way in: template, upload, preview, confirmation."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from workplace.access import requires, staff_of
from workplace.choices import Access, BatchState, JobState, RowVerdict
from workplace.forms import ImportForm
from workplace.intake.errors import words_of
from workplace.intake.kinds import Kind, kind_of, kinds
from workplace.intake.preview import Preview
from workplace.intake.workbooks import CSV_TYPE, XLSX_TYPE, template_csv, template_xlsx
from workplace.models import BulkLoad, ImportBatch, ImportRow
from workplace.operations.access_log import record_look
from workplace.operations.imports import ImportRefused, confirm_import, discard_import, start_import
from workplace.paging import keyset_page
from workplace.views.jobs import line_of

ROWS = 50
SHOWN = (BatchState.PREVIEW, BatchState.APPLIED)
UNDER_WAY = (BatchState.READING, BatchState.APPLYING)
TEMPLATES = {"xlsx": (template_xlsx, XLSX_TYPE), "csv": (template_csv, CSV_TYPE)}


@requires("workplace.view_importbatch", "workplace.add_importbatch")
def imports(request: HttpRequest) -> HttpResponse:
    """My imports, and the form for the next."""
    staff, now = staff_of(request), timezone.now()
    form = ImportForm(now=now)
    if request.method == "POST":
        if not staff.has_perm("workplace.add_importbatch"):
            raise PermissionDenied
        form = ImportForm(request.POST, request.FILES, now=now)
        if form.is_valid():
            try:
                batch = start_import(
                    kind=form.cleaned_data["kind"],
                    content=form.cleaned_data["file"],
                    name=form.cleaned_data["file"].name,
                    extracted_at=form.cleaned_data["extracted_at"],
                    actor=staff,
                    at=now,
                )
            except ImportRefused as refusal:
                form.add_error("file", words_of(vars(refusal)))
            else:
                return redirect("import_batch", pk=batch.pk)
    batches = ImportBatch.objects.visible_to(staff).select_related("file", "job")
    page = keyset_page(batches, request)
    context = {
        "form": form,
        "page": page,
        "rows": [(batch, kind_of(batch.kind).label) for batch in page.rows],
        "kinds": kinds(),
        "waiting": batches.filter(state=BatchState.PREVIEW).count(),
    }
    return render(request, "workplace/imports.html", context)


@require_GET
@requires("workplace.add_importbatch")
def import_template(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    made, media_type = TEMPLATES[form]
    response = HttpResponse(made(_kind(kind)), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{kind}.{form}"'
    return response


@require_GET
@requires("workplace.view_importbatch")
def import_batch(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk)
    kind = kind_of(batch.kind)
    preview = Preview(batch, kind)
    verdict = request.GET.get("verdict", "")
    rows = _sorted(batch, verdict)
    start = _start(request, rows.count())
    context = {
        **_progress(batch),
        "kind": kind,
        "verdict": verdict,
        "totals": _totals(batch),
        "rows": [preview.shown(row) for row in rows[start : start + ROWS]],
        "newer": _at(verdict, start - ROWS) if start else "",
        "older": _at(verdict, start + ROWS) if rows[start + ROWS : start + ROWS + 1].exists() else "",
        "problems": [words_of(problem) for problem in batch.refusal.get("problems", ())],
        "under_way": _is_under_way(batch),
        "stopped": batch.state in UNDER_WAY and not _is_under_way(batch),
        "may_write": staff_of(request).has_perm("workplace.add_importbatch"),
        "to_write": batch.new + batch.changed,
        "sampled": batch.state in SHOWN and BulkLoad.objects.filter(batch=batch).exists(),
    }
    return render(request, "workplace/import_batch.html", context)


@require_GET
@requires("workplace.view_importbatch")
def import_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The moving part of the page; when the work has ended the page loads itself anew."""
    batch = _batch(request, pk)
    response = render(request, "workplace/parts/import_progress.html", _progress(batch))
    if not _is_under_way(batch):
        response["HX-Refresh"] = "true"
    return response


@require_POST
@requires("workplace.add_importbatch")
def import_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk)
    try:
        confirm_import(batch=batch, actor=staff_of(request), at=timezone.now())
    except ImportRefused as refusal:
        _say(request, words_of(vars(refusal)))
    return redirect("import_batch", pk=batch.pk)


@require_POST
@requires("workplace.add_importbatch")
def import_discard(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk)
    try:
        discard_import(batch=batch, actor=staff_of(request), at=timezone.now())
    except ImportRefused as refusal:
        _say(request, words_of(vars(refusal)))
        return redirect("import_batch", pk=batch.pk)
    return redirect("imports")


@require_GET
@requires("workplace.view_importbatch")
def import_errors(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """Unmasked, to who uploaded it only, and written down."""
    batch = _batch(request, pk)
    file, now = batch.error_file, timezone.now()
    gone = (
        file is None
        or file.removed_at is not None
        or (file.expires_at is not None and file.expires_at <= now)
    )
    if file is None or gone or file.owner_id != staff_of(request).pk:
        raise Http404
    record_look(
        staff=staff_of(request),
        access=Access.DOWNLOAD,
        record_kind="import",
        record_id=batch.pk,
        detail=file.name,
        at=now,
    )
    response: HttpResponse | FileResponse
    if file.size > settings.IMPORT_BYTES_LIMIT:
        response = FileResponse(file.content.open("rb"), content_type=file.media_type)
    else:
        with file.content.open("rb") as opened:
            response = HttpResponse(opened.read(), content_type=file.media_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _batch(request: HttpRequest, pk: int) -> ImportBatch:
    mine = ImportBatch.objects.visible_to(staff_of(request))
    batch: ImportBatch = get_object_or_404(mine.select_related("file", "error_file", "job"), pk=pk)
    return batch


def _kind(code: str) -> Kind:
    try:
        return kind_of(code)
    except KeyError as error:
        raise Http404 from error


def _say(request: HttpRequest, text: str) -> None:
    messages.warning(request, text)


def _progress(batch: ImportBatch) -> dict[str, Any]:
    """The batch, and how fast its job is."""
    return {"batch": batch, "line": line_of(batch.job, timezone.now()) if batch.job else None}


def _is_under_way(batch: ImportBatch) -> bool:
    ended = (JobState.FAILED, JobState.CANCELLED)
    return batch.state in UNDER_WAY and (batch.job is None or batch.job.state not in ended)


def _totals(batch: ImportBatch) -> list[dict[str, Any]]:
    return [
        {"verdict": RowVerdict.REJECTED, "label": _("Rejected"), "count": batch.rejected, "look": "error"},
        {"verdict": RowVerdict.NEW, "label": _("New"), "count": batch.new, "look": "ok"},
        {"verdict": RowVerdict.CHANGED, "label": _("Changed"), "count": batch.changed, "look": "accent"},
        {"verdict": RowVerdict.UNCHANGED, "label": _("Unchanged"), "count": batch.unchanged, "look": ""},
    ]


def _sorted(batch: ImportBatch, verdict: str) -> QuerySet[ImportRow]:
    """The rejected first, then what will be written, then what stays."""
    order = (RowVerdict.REJECTED, RowVerdict.CHANGED, RowVerdict.NEW, RowVerdict.UNCHANGED)
    whens = [When(verdict=value, then=Value(place)) for place, value in enumerate(order)]
    rows = ImportRow.objects.filter(batch=batch)
    if verdict in RowVerdict.values:
        rows = rows.filter(verdict=verdict)
    place = Case(*whens, default=Value(9), output_field=IntegerField())
    return rows.annotate(place=place).order_by("place", "line")


def _start(request: HttpRequest, total: int) -> int:
    text = request.GET.get("from", "0")
    start = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    return min(start, max(total - 1, 0)) // ROWS * ROWS


def _at(verdict: str, start: int) -> str:
    return f"?verdict={verdict if verdict in RowVerdict.values else ''}&from={start}"
