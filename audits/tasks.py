from __future__ import annotations

import logging
from typing import Any

from celery import shared_task
from django.utils import timezone

from audits.operations import (
    absences,
    assigning,
    bulk_job,
    call_backs,
    drawing,
    dry_runs,
    escalation,
    late_letters,
    leaving,
    packs,
    round_trip,
    sample_closing,
    sampling_runs,
    second_looks,
    sweep_job,
)
from workplace.jobs import JobRun

log = logging.getLogger(__name__)


@shared_task
def nightly_sweep() -> None:
    """Rules look at what is no longer exempt themselves; what a sample found is opened again beside them."""
    sweep_job.start_sweep(actor=None, at=timezone.now())
    sample_closing.reopen_expired(at=timezone.now())


@shared_task
def keep_call_backs() -> None:
    call_backs.keep_call_backs(at=timezone.now())
    call_backs.report_missed(at=timezone.now())


@shared_task
def choose_second_looks() -> None:
    second_looks.choose_second_looks(at=timezone.now())


@shared_task
def escalate() -> None:
    done = escalation.escalate(today=timezone.localdate(), at=timezone.now())
    if done.steps:
        log.info("escalation: %s steps in %s notices", done.steps, done.notices)


@shared_task
def tell_of_late_letters() -> None:
    late_letters.tell_of_late_letters(today=timezone.localdate(), at=timezone.now())


@shared_task
def open_due_samples() -> None:
    for run in sampling_runs.open_due_runs(at=timezone.now()):
        log.info("draw %s opened for %s", run.pk, run.period)


def run_sampling(run: JobRun) -> dict[str, Any]:
    return drawing.run_sampling(run, timezone.now)


def run_pack(run: JobRun) -> dict[str, Any]:
    return packs.run_pack(run, timezone.now)


def run_sweep(run: JobRun) -> dict[str, Any]:
    return sweep_job.run_sweep(run, timezone.now)


def run_dry_run(run: JobRun) -> dict[str, Any]:
    return dry_runs.run_dry_run(run, timezone.now)


def run_round_trip(run: JobRun) -> dict[str, Any]:
    return round_trip.run_round_trip(run, timezone.now)


def run_bulk(run: JobRun) -> dict[str, Any]:
    return bulk_job.run_bulk(run, timezone.now)


@shared_task
def assign_by_rule() -> None:
    leaving.let_go_out_of_reach(at=timezone.now())
    assigning.assign_by_rule(now=timezone.now)


@shared_task
def tell_uncovered() -> None:
    absences.tell_uncovered(day=timezone.localdate(), at=timezone.now())


def run_assigning(run: JobRun) -> dict[str, Any]:
    return assigning.run_assigning(run, timezone.now)
