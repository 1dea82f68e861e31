from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from audits.operations import bulk_job, dry_runs, sweep_job
from workplace.jobs import JobRun


@shared_task
def nightly_sweep() -> None:
    sweep_job.start_sweep(actor=None, at=timezone.now())


def run_sweep(run: JobRun) -> dict[str, Any]:
    return sweep_job.run_sweep(run, timezone.now)


def run_dry_run(run: JobRun) -> dict[str, Any]:
    return dry_runs.run_dry_run(run, timezone.now)


def run_bulk(run: JobRun) -> dict[str, Any]:
    return bulk_job.run_bulk(run, timezone.now)
