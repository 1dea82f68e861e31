from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from customers.operations import duplicates
from workplace.jobs import JobRun


@shared_task
def nightly_search() -> None:
    duplicates.start_search(actor=None, at=timezone.now())


def run_search(run: JobRun) -> dict[str, Any]:
    return duplicates.run_search(run, timezone.now)
