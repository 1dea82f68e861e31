"""One's rectifications in Excel: taken out, filled, brought back, looked over, taken over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audits.operations.round_trip import SHOWN, apply_list, upload_list
from audits.operations.take_out import take_out, waiting_for
from audits.queries import rectification_settings
from audits.round_trip import COLUMNS, KIND, MOST
from audits.states import WORK
from workplace.access import requires, staff_of
from workplace.choices import Access, JobState
from workplace.exports import as_download
from workplace.jobs import UNFINISHED
from workplace.models import ExportedList, Job, Staff, UploadedFile
from workplace.operations.access_log import record_look
from workplace.operations.exported_lists import ListRefused
from workplace.paging import keyset_page

LISTS = "workplace.view_exportedlist"
RECENT = 5


@requires(WORK, LISTS)
def round_trip(request: HttpRequest) -> HttpResponse:
    """Take out, bring back, and what one brought back before; a POST uploads."""
    staff = staff_of(request)
    if request.method == "POST":
        upload = request.FILES.get("file")
        try:
            job = upload_list(
                content=upload.read() if upload else b"",
                name=(upload.name if upload else "") or "file",
                actor=staff,
                at=timezone.now(),
            )
        except ListRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("round_trip")
        return redirect("round_trip_result", pk=job.pk)
    today = timezone.localdate()
    open_lists = ExportedList.objects.filter(owner=staff, kind=KIND, destroyed_at__isnull=True)
    page: Any = keyset_page(_own(staff), request)
    context = {
        "count": waiting_for(staff).count(),
        "most": MOST,
        "days": rectification_settings().list_days,
        "lists": [(one, one.expires_on < today) for one in open_lists.order_by("-pk")[:RECENT]],
        "page": page,
        "columns": COLUMNS,
    }
    return render(request, "audits/round_trip.html", context)


@requires(WORK, LISTS)
@require_POST
def round_trip_take_out(request: HttpRequest) -> HttpResponse:
    try:
        exported, content = take_out(
            actor=staff_of(request), at=timezone.now(), days=rectification_settings().list_days
        )
    except ListRefused as refusal:
        messages.warning(request, str(refusal))
        return redirect("round_trip")
    return as_download(content, f"{exported.number}.xlsx")


@requires(WORK, LISTS)
@require_safe
def round_trip_result(request: HttpRequest, pk: int) -> HttpResponse:
    """Of a trial what would become of each row, of the taking over what became of it."""
    job = _seen(staff_of(request), pk)
    return render(request, "audits/round_trip_result.html", _context(job))


@requires(WORK, LISTS)
@require_safe
def round_trip_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment that the page polls; at the end the page loads itself anew."""
    job = _seen(staff_of(request), pk)
    response = render(request, "audits/parts/round_trip_progress.html", _context(job))
    if job.state not in UNFINISHED:
        response["HX-Refresh"] = "true"
    return response


@requires(WORK, LISTS)
@require_POST
def round_trip_write(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    try:
        job = apply_list(tried=_seen(staff, pk), actor=staff, at=timezone.now())
    except ListRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("round_trip_result", pk=pk)
    return redirect("round_trip_result", pk=job.pk)


@requires(WORK, LISTS)
@require_safe
def round_trip_errors(request: HttpRequest, pk: int) -> HttpResponse:
    """The refused rows as a workbook, to whoever brought the list back, while it is kept."""
    staff, now = staff_of(request), timezone.now()
    job = _seen(staff, pk)
    kept = UploadedFile.objects.visible_to(staff).filter(removed_at__isnull=True, expires_at__gt=now)
    file = get_object_or_404(kept, pk=int(job.result.get("errors") or 0))
    if not file.content.storage.exists(file.content.name or ""):
        raise Http404
    record_look(
        staff=staff, access=Access.DOWNLOAD, record_kind=KIND, record_id=job.pk, detail=file.name, at=now
    )
    with file.content.open("rb") as opened:
        return as_download(opened.read(), file.name)


def _own(staff: Staff) -> Any:
    return Job.objects.visible_to(staff).filter(kind=KIND, started_by=staff)


def _seen(staff: Staff, pk: int) -> Job:
    found: Job = get_object_or_404(_own(staff), pk=pk)
    return found


def _context(job: Job) -> dict[str, Any]:
    counts = job.result.get("counts", {})
    written = bool(job.parameters.get("write"))
    done = job.state == JobState.DONE
    following = Job.objects.filter(kind=KIND, parameters__tried=job.pk).order_by("-pk").first()
    return {
        "job": job,
        "under_way": job.state in UNFINISHED,
        "done": done,
        "written": written,
        "counts": counts,
        "result": job.result,
        "shown": SHOWN,
        "errors": bool(job.result.get("errors")),
        "may_write": done and not written and following is None and bool(counts.get("taken")),
        "following": following,
        "title": _("What became of it") if written else _("What would become of it"),
    }
