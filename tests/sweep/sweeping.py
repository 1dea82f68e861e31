"""Runs sweeps as the worker does, and compares what they leave."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from unittest.mock import patch

from audits.models import Finding, FindingEpisode, Rectification
from audits.operations.sweep_job import run_sweep, start_sweep
from tests.factories import AT
from workplace.jobs import execute
from workplace.models import Job


def sweep(at: datetime = AT, **scope: Any) -> Job:
    job = start_sweep(actor=None, at=at, **scope)
    run_job(job, at)
    job.refresh_from_db()
    return job


def run_job(job: Job, at: datetime = AT) -> None:
    """With the clock standing at `at`."""
    with patch.dict("workplace.jobs._HANDLERS", {"sweep": lambda run: run_sweep(run, lambda: at)}):
        execute(job.pk)


def findings() -> set[tuple[Any, ...]]:
    """The current state, without surrogate keys and clocks."""
    return set(
        Finding.objects.values_list(
            "rule", "subject_key", "field", "part", "state", "severity", "value_hash", "reopened",
            "answering_branch__number", "answering_agency__number", "answering_policy__number",
            "rectification__customer__number", "rectification__policy__number", "due_on",
        )
    )  # fmt: skip


def episodes() -> list[tuple[Any, ...]]:
    rows = FindingEpisode.objects.order_by("finding__rule", "finding__subject_key", "pk")
    return list(rows.values_list("finding__rule", "finding__subject_key", "episode", "began_by", "ended_by"))


def rectifications() -> list[tuple[Any, ...]]:
    rows = Rectification.objects.order_by("customer__number", "policy__number", "branch__number")
    return list(
        rows.values_list(
            "customer__number", "policy__number", "branch__number", "agency__number", "state", "reopened"
        )
    )
