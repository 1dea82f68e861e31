"""Large files: begun, confirmed, ended; the work itself is a job."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection, transaction

from workplace.choices import BatchState, LoadPhase
from workplace.intake import bulk, hits
from workplace.intake.bulk_errors import store_errors
from workplace.intake.bulk_samples import show_samples
from workplace.jobs import UNFINISHED, start_job
from workplace.models import BulkLoad, ImportBatch, Job, Staff

BULK = "bulk_load"
KEPT_AFTER_END = timedelta(hours=12)


def load_of_file(
    *, kind: str, path: Path, extracted_at: datetime, actor: Staff | None, trial: bool, at: datetime
) -> BulkLoad:
    """For a command that runs the job itself: nothing is queued, but a worker finds it when we die."""
    with transaction.atomic():
        load = BulkLoad.objects.create(
            kind=kind,
            path=str(path.resolve()),
            extracted_at=extracted_at,
            actor=actor,
            trial=trial,
            created_at=at,
        )
        load.job = Job.objects.create(
            kind=BULK,
            parameters={"load": load.pk},
            started_by=actor,
            unique_key=f"{BULK}:{load.pk}",
            created_at=at,
        )
        load.save(update_fields=["job"])
    return load


def load_of_batch(*, batch: ImportBatch, at: datetime) -> BulkLoad:
    """An upload that is too large for the small road: first tried, then, once confirmed, written."""
    with transaction.atomic():
        load, _made = BulkLoad.objects.get_or_create(
            batch=batch,
            defaults={
                "kind": batch.kind,
                "extracted_at": batch.extracted_at,
                "actor": batch.created_by,
                "trial": True,
                "created_at": at,
            },
        )
        _start(load, batch.created_by, at)
    return load


def confirm_load(*, load: BulkLoad, actor: Staff, at: datetime) -> Job:
    """Within the confirmation's transaction: what was tried is now written."""
    load.trial = False
    load.save(update_fields=["trial"])
    return _start(load, actor, at)


def _start(load: BulkLoad, actor: Staff | None, at: datetime) -> Job:
    job = start_job(
        kind=BULK,
        parameters={"load": load.pk},
        actor=actor,
        at=at,
        unique_key=f"{BULK}:{load.pk}:{'trial' if load.trial else 'write'}",
    )
    load.job = job
    load.save(update_fields=["job"])
    if load.batch is not None:
        ImportBatch.objects.filter(pk=load.batch.pk).update(job=job)
    return job


def finish_load(*, load: BulkLoad, at: datetime) -> None:
    """The counts, the rejected rows as a file for whoever brought them, and what follows. Twice is once."""
    batch = load.batch
    if batch is None:
        if load.phase == LoadPhase.DONE:
            _follow(load, at)
        return
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if locked.state not in (BatchState.READING, BatchState.APPLYING):
            return
        locked.columns, locked.rows = load.columns, load.rows
        for name in bulk.COUNTS:
            setattr(locked, name, getattr(load, name))
        if load.phase == LoadPhase.REFUSED:
            locked.state, locked.refusal = BatchState.REFUSED, load.refusal
        elif load.phase == LoadPhase.TRIED:
            show_samples(load, at)
            locked.state = BatchState.PREVIEW
        else:
            locked.state, locked.applied_at = BatchState.APPLIED, at
        locked.save()
        store_errors(load, locked, at)
        if locked.state == BatchState.APPLIED:
            _follow(load, at)
            bulk.discard(load)


def _follow(load: BulkLoad, at: datetime) -> None:
    if load.new or load.changed:
        hits.after_load(load.kind, load.actor, at, f"load:{load.pk}")


def discard_left_loads(*, at: datetime) -> int:
    """What killed commands and discarded imports left in the stage; returns how many loads."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT load_id FROM workplace_stagedrow UNION SELECT load_id FROM workplace_bulkrow")
        left = [row[0] for row in cursor.fetchall()]
    known = BulkLoad.objects.select_related("job", "batch").in_bulk(left)
    over = [load_id for load_id in left if load_id not in known or _is_over(known[load_id], at)]
    for load_id in over:
        discard_load(load=known.get(load_id) or BulkLoad(pk=load_id))
    return len(over)


def _is_over(load: BulkLoad, at: datetime) -> bool:
    """Nobody will ask for its rows any more: a command that waits does so while its job runs."""
    if load.batch is not None:
        return load.batch.state in (BatchState.APPLIED, BatchState.REFUSED, BatchState.DISCARDED)
    if load.job is None:
        return True
    ended = load.job.finished_at
    return load.job.state not in UNFINISHED and (ended is None or ended <= at - KEPT_AFTER_END)


def discard_load(*, load: BulkLoad) -> None:
    """The stage and the odd rows go; the counts stay."""
    with transaction.atomic():
        bulk.discard(load)
