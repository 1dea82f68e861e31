"""The two jobs of an import: reading a file for its preview, and writing what was confirmed."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workplace.choices import BatchState
from workplace.intake.apply import apply_chunks, finish
from workplace.jobs import JobRun, register_job
from workplace.models import ImportBatch
from workplace.operations.imports import APPLY, READ, make_error_workbook, read_import


@contextmanager
def without_collector() -> Iterator[None]:
    """Rows hold no circles, and looking for some among a file's takes a third of the time."""
    working = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if working:
            gc.enable()


@without_collector()
def run_read(run: JobRun) -> dict[str, Any]:
    """Starts over when it was interrupted: until it ends nothing of it counts."""
    batch = _batch(run)
    if batch.state == BatchState.READING:

        def step(done: int, total: int) -> None:
            with transaction.atomic():
                run.advance(done=done, total=total, lasting=False)

        step(0, 3)
        batch = read_import(batch=batch, at=timezone.now(), step=step)
        step(3, 3)
    return {"rows": batch.rows, "rejected": batch.rejected}


@without_collector()
def run_apply(run: JobRun) -> dict[str, Any]:
    batch = _batch(run)

    def advance(done: int, total: int, line: int) -> None:
        run.advance(done=done, total=total, cursor={"line": line})

    if batch.state == BatchState.APPLYING:
        apply_chunks(batch=batch, at=timezone.now(), after_line=run.cursor.get("line", 0), advance=advance)
        finish(batch=batch, at=timezone.now())
        batch.refresh_from_db()
        if batch.rejected:
            make_error_workbook(batch=batch, at=timezone.now())
    return {"new": batch.new, "changed": batch.changed, "unchanged": batch.unchanged}


def _batch(run: JobRun) -> ImportBatch:
    batches = ImportBatch.objects.select_related("file", "error_file", "created_by")
    batch: ImportBatch = batches.get(pk=run.parameters["batch"])
    return batch


def register() -> None:
    register_job(READ, run_read, _("Reading a file"))
    register_job(APPLY, run_apply, _("Writing a file into the book"))
