"""Background jobs: what runs, how far it is, and how to stop it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from workplace.access import requires, staff_of
from workplace.choices import JobState
from workplace.jobs import UNFINISHED, cancel_job, label_of
from workplace.models import Job, Staff
from workplace.paging import keyset_page

SETTLED_AFTER = timedelta(seconds=2)


@dataclass(frozen=True)
class JobLine:
    """A job as a page shows it; `rate` is records a second, `left` is when it is likely to end."""

    job: Job
    label: str
    under_way: bool
    rate: float | None
    left: timedelta | None
    took: timedelta | None


def line_of(job: Job, now: datetime) -> JobLine:
    under_way = job.state in UNFINISHED
    took = (job.finished_at or now) - job.started_at if job.started_at else None
    rate = left = None
    if took and took > SETTLED_AFTER and job.done:
        rate = job.done / took.total_seconds()
        if under_way and job.total:
            left = timedelta(seconds=round((job.total - job.done) / rate))
    return JobLine(job, label_of(job.kind), under_way, rate, left, took)


@requires("workplace.view_job")
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    found = Job.objects.visible_to(staff_of(request)).select_related("started_by")
    if (state := request.GET.get("state", "")) in JobState.values:
        found = found.filter(state=state)
    page = keyset_page(found, request)
    now = timezone.now()
    context = {
        "page": page,
        "lines": [line_of(job, now) for job in page.rows],
        "states": JobState.choices,
        "state": state,
    }
    return render(request, "workplace/jobs.html", context)


@requires()
@require_safe
def job(request: HttpRequest, pk: int) -> HttpResponse:
    found = _seen(request, pk)
    return render(request, "workplace/job.html", _context(found, staff_of(request)))


@requires()
@require_safe
def job_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment that a page polls; once the job has ended it asks the page to load itself anew."""
    found = _seen(request, pk)
    response = render(request, "workplace/job_progress.html", _context(found, staff_of(request)))
    if found.state not in UNFINISHED:
        response["HX-Refresh"] = "true"
    return response


@requires()
@require_POST
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    found, staff = _seen(request, pk), staff_of(request)
    if not _may_cancel(found, staff):
        raise PermissionDenied
    if cancel_job(job=found, actor=staff, at=timezone.now()):
        messages.success(request, _("The job stops after the part that it is at."))
    else:
        messages.info(request, _("The job had already ended."))
    return redirect("job", pk=found.pk)


def _may_cancel(found: Job, staff: Staff) -> bool:
    return found.started_by_id == staff.pk or staff.has_perm("workplace.change_job")


def _seen(request: HttpRequest, pk: int) -> Job:
    found: Job = get_object_or_404(
        Job.objects.visible_to(staff_of(request)).select_related("started_by"), pk=pk
    )
    return found


def _context(found: Job, staff: Staff) -> dict[str, Any]:
    return {
        "line": line_of(found, timezone.now()),
        "job": found,
        "all_jobs": staff.has_perm("workplace.view_job"),
        "may_cancel": found.state in UNFINISHED and not found.cancel_requested and _may_cancel(found, staff),
        "results": _results(found),
    }


def _results(found: Job) -> list[tuple[str, Any]]:
    words = {
        "opened": _("Findings opened"),
        "reopened": _("Findings reopened"),
        "changed": _("Findings changed"),
        "closed": _("Findings closed"),
    }
    return [(words[name], value) for name, value in found.result.items() if name in words]
