"""Celery's side of the jobs: wrappers that carry ids."""

from __future__ import annotations

import logging
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.db import OperationalError, ProgrammingError, connection
from django.utils import timezone

from workplace import jobs
from workplace.operations import digests, expiring, pushing
from workplace.operations.bulk_loads import discard_left_loads
from workplace.operations.files import remove_expired_files
from workplace.operations.notices import remove_old_notices
from workplace.partitions import make_partitions, rows_without_month

log = logging.getLogger(__name__)


@shared_task
def run_job(*, job_id: int) -> None:
    jobs.execute(job_id)


@shared_task
def requeue_stale_jobs() -> None:
    jobs.requeue_stale_jobs()


@shared_task
def ensure_partitions() -> None:
    """Makes the coming months; rows that were too early for theirs raise an alarm in the log."""
    make_partitions(today=timezone.localdate())
    for table, count in rows_without_month().items():
        log.error("%s rows of %s have no month of their own", count, table)


@shared_task
def remove_expired() -> None:
    """Uploads whose time has passed go, with the rows that were read from them, stages left behind, and
    notices that are too old to matter."""
    remove_expired_files(actor=None, at=timezone.now())
    discard_left_loads(at=timezone.now())
    if removed := remove_old_notices(actor=None, at=timezone.now()):
        log.info("%s notices were too old", removed)


@shared_task
def send_digests() -> None:
    """Several times an hour, each person's hour decides; a mail that failed goes with the next round."""
    sent = digests.send_digests(at=timezone.now())
    if sent.mailed or sent.failed:
        log.info("digests: %s mailed, %s failed", sent.mailed, sent.failed)


@shared_task
def push_notices() -> None:
    pushing.push_notices(at=timezone.now())


@shared_task
def tell_of_expiring_lists() -> None:
    expiring.tell_of_expiring_lists(today=timezone.localdate(), at=timezone.now())


@worker_ready.connect
def take_over(**kwargs: Any) -> None:
    """A worker that starts takes up at once what a killed one left."""
    try:
        jobs.requeue_stale_jobs()
    except (OperationalError, ProgrammingError):
        log.warning("the database is not ready: jobs left behind wait for the next round")
    finally:
        connection.close()
