"""The job of a large file: it tells its progress and keeps its lease while a statement runs for minutes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workplace.choices import LoadPhase
from workplace.intake import bulk
from workplace.jobs import JobCancelled, JobRefused, JobRun, LeaseLost, register_job
from workplace.models import BulkLoad
from workplace.operations.bulk_loads import BULK, finish_load

BEAT_SECONDS = 5.0


class JobWatch:
    """A thread with a connection of its own extends the lease; it stops the work when the job is not ours."""

    def __init__(self, run: JobRun) -> None:
        self.run = run
        self.done, self.total = run.job.done, run.job.total
        self._lost: Exception | None = None
        self._ours = threading.Lock()
        self._end = threading.Event()
        self._work = connection.connection
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> JobWatch:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._end.set()
        self._thread.join(timeout=2 * BEAT_SECONDS)

    def tell(self, done: int, total: int) -> None:
        self.done, self.total = done, max(total, done)
        self.raise_lost()

    @contextmanager
    def settle(self, done: int, total: int) -> Iterator[None]:
        """Effect and progress are one transaction: who has lost the job loses the effect."""
        self.raise_lost()
        self.done, self.total = done, total
        with self._ours:
            self.run.advance(done=done, total=total)
            if connection.in_atomic_block:
                self._pause_until_commit()
        yield

    def raise_lost(self) -> None:
        if self._lost is not None:
            raise self._lost

    def _pause_until_commit(self) -> None:
        """Until then the row is ours and its new lease is seen by nobody else."""
        self._paused = True
        transaction.on_commit(self._resume)

    _paused = False

    def _resume(self) -> None:
        self._paused = False

    def _beat(self) -> None:
        try:
            while not self._end.wait(BEAT_SECONDS):
                with self._ours:
                    if not self._paused:
                        self.run.advance(done=self.done, total=self.total, lasting=False)
        except (JobCancelled, LeaseLost) as lost:
            self._lost = lost
            if self._work is not None:
                self._work.cancel()
        except DatabaseError as error:
            self._lost = error
        finally:
            connection.close()


def run_bulk(run: JobRun) -> dict[str, Any]:
    load = BulkLoad.objects.select_related("batch", "batch__file", "actor").get(pk=run.parameters["load"])
    path = Path(load.batch.file.content.path) if load.batch else Path(load.path)
    name = load.batch.file.name if load.batch else path.name
    if load.phase == LoadPhase.READING and not path.is_file():
        raise JobRefused(_("The file is no longer there. Start the import again."))
    with JobWatch(run) as watch:
        try:
            bulk.run(load, path=path, name=name, at=timezone.now(), watch=watch)
        except DatabaseError:
            watch.raise_lost()
            raise
    finish_load(load=load, at=timezone.now())
    return {name: getattr(load, name) for name in ("rows", *bulk.COUNTS)}


def register() -> None:
    register_job(BULK, run_bulk, gettext_lazy("Large file"))
