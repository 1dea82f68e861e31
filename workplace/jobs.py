"""Background jobs: the row is the truth, the message carries its id, a second copy of it does nothing.

A worker proves that it lives by a session lock, which dies with it, and by a lease, which each chunk
extends; whoever lost either may not write any more. Leases are told by the database's clock.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from kombu.exceptions import OperationalError

from workplace.choices import JobState
from workplace.models import Job, Staff
from workplace.operations.notices import notify

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
RESEND_AFTER = timedelta(seconds=30)
TOLD_AFTER = timedelta(seconds=10)
MAX_ATTEMPTS = 3
RUN_TASK = "workplace.tasks.run_job"
LIVENESS_LOCK = 0x5A58
WORKER_DIED = "worker_died"
UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


class JobCancelled(Exception):
    """Somebody asked this job to stop; the chunk under way is rolled back."""


class LeaseLost(Exception):
    """Another worker has taken the job over: what this one holds must be rolled back."""


class JobRefused(Exception):
    """The job cannot succeed; its message (translated, without personal data) is shown as the error."""


@dataclass
class JobRun:
    """What a handler gets: the job, where the last run stopped, and how to report the next chunk."""

    job: Job
    leases: tuple[datetime, ...]
    """The current lease, and the one before it: a chunk that is rolled back takes its lease along."""

    @property
    def parameters(self) -> dict[str, Any]:
        return dict(self.job.parameters)

    @property
    def cursor(self) -> dict[str, Any]:
        return dict(self.job.cursor)

    @property
    def actor(self) -> Staff | None:
        return self.job.started_by

    def advance(
        self,
        *,
        done: int,
        total: int | None = None,
        cursor: Mapping[str, Any] | None = None,
        lasting: bool = True,
    ) -> None:
        """Called inside the chunk's transaction: keeps the progress with it and extends the lease.

        Progress that a next run would not start from is not `lasting`: it leaves the attempts counted.
        Raises JobCancelled or LeaseLost, both of which must roll the chunk back.
        """
        job = self.job
        values: dict[str, Any] = {"done": done, "attempts": 0} if lasting else {"done": done}
        if total is not None:
            values["total"] = total
        if cursor is not None:
            values["cursor"] = dict(cursor)
        cancelled = Job.objects.filter(pk=job.pk).values_list("cancel_requested", flat=True).first()
        if cancelled:
            raise JobCancelled
        if not _mine(self).update(**values, heartbeat_at=Now(), lease_until=Now() + LEASE):
            raise LeaseLost
        lease = Job.objects.values_list("lease_until", flat=True).get(pk=job.pk)
        assert lease is not None  # noqa: S101 - written above
        self.leases = (lease, self.leases[0])
        for name, value in values.items():
            setattr(job, name, value)


Handler = Callable[[JobRun], dict[str, Any]]
_HANDLERS: dict[str, Handler] = {}
_LABELS: dict[str, Any] = {}


def register_job(kind: str, handler: Handler, label: Any = "") -> None:
    """Called in AppConfig.ready(); `label` is the lazy text that the jobs page shows."""
    _HANDLERS[kind] = handler
    _LABELS[kind] = label or kind


def label_of(kind: str) -> str:
    return str(_LABELS.get(kind, kind))


def start_job(
    *, kind: str, parameters: Mapping[str, Any], actor: Staff | None, at: datetime, unique_key: str = ""
) -> Job:
    """Queue a job; with `unique_key`, the unfinished job of that key if there is one."""
    if kind not in _HANDLERS:
        raise ValueError(f"no handler for jobs of kind {kind}")
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=kind, parameters=dict(parameters), started_by=actor, unique_key=unique_key, created_at=at
            )
    except IntegrityError:
        return Job.objects.get(unique_key=unique_key, state__in=UNFINISHED)
    transaction.on_commit(lambda: send(job.pk))
    return job


def send(job_id: int, countdown: float = 0) -> None:
    """Put the message on the queue; a lost broker loses nothing, the row is sent again later."""
    try:
        current_app.send_task(RUN_TASK, kwargs={"job_id": job_id}, countdown=countdown, retry=False)
    except OperationalError:
        log.warning("job %s waits: the queue cannot be reached", job_id)


def cancel_job(*, job: Job, actor: Staff | None, at: datetime) -> bool:
    """Stop a waiting job now, a running one at its next chunk; false when it had already ended."""
    waiting = Job.objects.filter(pk=job.pk, state=JobState.QUEUED)
    if waiting.update(state=JobState.CANCELLED, cancel_requested=True, finished_at=at):
        return True
    return bool(Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(cancel_requested=True))


@contextmanager
def _alive(job_id: int) -> Iterator[bool]:
    """Holds the sign of life; yields false when somebody else holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LIVENESS_LOCK, job_id])
        held = bool(cursor.fetchone()[0])
    try:
        yield held
    finally:
        if held:
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LIVENESS_LOCK, job_id])
            except DatabaseError:
                log.warning("job %s: the connection was lost, and its lock with it", job_id)


def execute(job_id: int) -> None:
    """Run the job if nobody does; meant for the worker, and for commands that wait for the end."""
    with _alive(job_id) as held:
        run = _claim(job_id, held=held)
        if run is None:
            log.info("job %s is not to be run", job_id)
            return
        try:
            result = _HANDLERS[run.job.kind](run)
        except JobCancelled:
            _finish(run, state=JobState.CANCELLED)
        except LeaseLost:
            log.warning("job %s was taken over by another worker", job_id)
        except JobRefused as refusal:
            _finish(run, state=JobState.FAILED, error=str(refusal))
        except Exception as error:  # noqa: BLE001 - whatever it was must become visible on the row
            _failed(run, error)
        else:
            _finish(run, state=JobState.DONE, result=result)


def _claim(job_id: int, *, held: bool) -> JobRun | None:
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=Now())
    if held:
        free |= Q(state=JobState.RUNNING)
    with transaction.atomic():
        waiting = Job.objects.select_for_update(skip_locked=True, of=("self",))
        job = waiting.select_related("started_by").filter(free, pk=job_id).first()
        if job is None:
            return None
        if job.attempts >= MAX_ATTEMPTS or job.kind not in _HANDLERS:
            Job.objects.filter(pk=job_id).update(
                state=JobState.FAILED, finished_at=Now(), error=job.error or WORKER_DIED
            )
            return None
        Job.objects.filter(pk=job_id).update(
            state=JobState.RUNNING,
            attempts=F("attempts") + 1,
            heartbeat_at=Now(),
            lease_until=Now() + LEASE,
            started_at=job.started_at or Now(),
        )
        job.refresh_from_db()
    assert job.lease_until is not None  # noqa: S101 - written above
    return JobRun(job=job, leases=(job.lease_until,))


def _mine(run: JobRun) -> Any:
    return Job.objects.filter(pk=run.job.pk, state=JobState.RUNNING, lease_until__in=run.leases)


def _finish(run: JobRun, *, state: JobState, result: dict[str, Any] | None = None, error: str = "") -> None:
    ended = {"state": state, "result": result or {}, "error": error, "finished_at": Now()}
    with transaction.atomic():
        if _mine(run).update(**ended, lease_until=None):
            _tell(run.job.pk)


def _tell(job_id: int) -> None:
    """Whoever started what took long need not watch it; what tells by itself does so with the same key."""
    job = Job.objects.get(pk=job_id)
    if job.started_by_id is None or job.finished_at is None or job.state == JobState.CANCELLED:
        return
    if job.finished_at - (job.started_at or job.finished_at) > TOLD_AFTER:
        notify(
            recipients=[job.started_by_id],
            kind="job_finished",
            key=f"job:{job.pk}",
            detail={"kind": job.kind, "state": job.state},
            link=reverse("job", args=[job.pk]),
            at=job.finished_at,
        )


def _failed(run: JobRun, error: Exception) -> None:
    """Only the kind and the place of the error are kept: its text may hold personal data.

    A database that is away leaves the row running without its lock: the next round takes it up.
    """
    where = place_of(error)
    log.error("job %s (%s) failed: %s", run.job.pk, run.job.kind, where)
    try:
        if not connection.in_atomic_block and not connection.is_usable():
            connection.close()
        _wait_for_next(run, where)
    except DatabaseError:
        log.warning("job %s waits: the database cannot be reached", run.job.pk)


def _wait_for_next(run: JobRun, where: str) -> None:
    current = _mine(run).values_list("attempts", flat=True).first()
    if current is None:
        return
    if current >= MAX_ATTEMPTS:
        _finish(run, state=JobState.FAILED, error=where)
        return
    _mine(run).update(state=JobState.QUEUED, error=where, lease_until=None)
    send(run.job.pk, countdown=2 * max(current, 1))


def place_of(error: BaseException) -> str:
    """`IntegrityError at audits/operations/sweep.py:120`: the last of our own lines."""
    root = Path(settings.BASE_DIR)
    ours = [
        f"{Path(frame.filename).relative_to(root)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(root) and ".venv" not in frame.filename
    ]
    return f"{type(error).__name__} at {ours[-1]}" if ours else type(error).__name__


def requeue_stale_jobs() -> list[int]:
    """Send again what nobody works on: leases that ran out, workers that died, messages that were lost."""
    waiting = Q(state=JobState.QUEUED, created_at__lt=Now() - RESEND_AFTER)
    stale = list(Job.objects.filter(waiting).values_list("pk", flat=True))
    for job_id in Job.objects.filter(state=JobState.RUNNING).values_list("pk", flat=True):
        with _alive(job_id) as gone, transaction.atomic():
            dead = Q() if gone else Q(lease_until__lt=Now())
            found = Job.objects.select_for_update(skip_locked=True).filter(
                dead, pk=job_id, state=JobState.RUNNING
            )
            if found.exists() and Job.objects.filter(dead, pk=job_id, state=JobState.RUNNING).update(
                state=JobState.QUEUED, lease_until=None
            ):
                stale.append(job_id)
    for job_id in stale:
        send(job_id)
    return stale
