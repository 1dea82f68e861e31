"""The history of sweeps, and the buttons that start one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from audits.catalogue import catalogue, message_of, rule_of
from audits.models import Sweep
from audits.operations.sweep_job import start_sweep
from workplace.access import requires, staff_of
from workplace.models import Job
from workplace.paging import keyset_page

SETTLED_AFTER = timedelta(seconds=1)


@dataclass(frozen=True)
class Run:
    """A sweep as the page shows it; `rate` is records a second."""

    sweep: Sweep
    took: timedelta | None
    rate: float | None
    opens: bool

    @property
    def versions(self) -> str:
        """Which rules ran in another version than their first."""
        later = (f"{code} v{number}" for code, number in self.sweep.rule_versions.items() if number > 1)
        return ", ".join(later)


@requires("audits.run_sweep")
@require_safe
def sweeps(request: HttpRequest) -> HttpResponse:
    page: Any = keyset_page(Sweep.objects.select_related("job__started_by"), request)
    jobs = {row.job_id for row in page.rows if row.job_id}
    seen = set(Job.objects.visible_to(staff_of(request)).filter(pk__in=jobs).values_list("pk", flat=True))
    context = {
        "page": page,
        "runs": [_run(row, row.job_id in seen) for row in page.rows],
        "rules": [(code, message_of(code)) for code in catalogue()],
    }
    return render(request, "audits/sweeps.html", context)


@requires("audits.run_sweep")
@require_POST
def start_chosen_sweep(request: HttpRequest) -> HttpResponse:
    """One rule where its code is given, else what changed since the last sweep."""
    code = request.POST.get("rule", "")
    if code and rule_of(code) is None:
        raise BadRequest("rule")
    started = start_sweep(
        actor=staff_of(request), at=timezone.now(), codes=[code] if code else (), incremental=not code
    )
    if Job.objects.visible_to(staff_of(request)).filter(pk=started.pk).exists():
        return redirect("job", pk=started.pk)
    return redirect("sweeps")


def _run(sweep: Sweep, opens: bool) -> Run:
    took = _between(sweep.started_at, sweep.finished_at)
    rate = sweep.records / took.total_seconds() if took and took > SETTLED_AFTER else None
    return Run(sweep, took, rate, opens)


def _between(start: datetime, end: datetime | None) -> timedelta | None:
    return end - start if end else None
