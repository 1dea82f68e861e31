"""Files on their way into the book: taken, read, shown, then written or discarded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction

from workplace.choices import BatchState, FilePurpose, JobState, RowVerdict
from workplace.intake.kinds import kind_of
from workplace.intake.plan import FileRefused, preview, read_table, too_large
from workplace.intake.workbooks import XLSX_TYPE, error_workbook
from workplace.jobs import start_job
from workplace.models import BulkLoad, ImportBatch, ImportRow, Job, Staff, UploadedFile
from workplace.operations.bulk_loads import confirm_load, discard_load, load_of_batch
from workplace.operations.files import remove_file, store_file

READ = "read_import"
APPLY = "apply_import"
MEGABYTE = 1024 * 1024
Step = Callable[[int, int], None]


def unwatched(done: int, total: int) -> None:
    """Nobody waits for the progress."""


class ImportRefused(Exception):
    """The step cannot be taken now; `code` is put into words by `workplace.intake.errors`."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def start_import(
    *,
    kind: str,
    content: bytes | File[bytes],
    name: str,
    extracted_at: datetime,
    actor: Staff,
    at: datetime,
) -> ImportBatch:
    """Keeps the file and queues its reading. Raises KeyError for an unknown kind, ImportRefused."""
    size = len(content) if isinstance(content, bytes) else content.size or 0
    limit = bytes_limit(kind)
    if size > limit:
        raise ImportRefused("too_many_bytes", limit=limit // MEGABYTE)
    if not size:
        raise ImportRefused("empty_file")
    with transaction.atomic():
        file = store_file(
            content=content,
            name=name,
            purpose=FilePurpose.IMPORT,
            owner=actor,
            at=at,
            expires_at=at + timedelta(days=settings.UPLOAD_DAYS),
        )
        batch = ImportBatch.objects.create(
            kind=kind, file=file, extracted_at=extracted_at, created_by=actor, created_at=at
        )
        batch.job = start_job(
            kind=READ,
            parameters={"batch": batch.pk},
            actor=actor,
            at=at,
            unique_key=f"{READ}:{batch.pk}",
        )
        batch.save(update_fields=["job"])
    return batch


def bytes_limit(kind: str) -> int:
    """Rows that may name each other are written together, so such a file stays small."""
    return settings.IMPORT_BYTES_LIMIT if kind_of(kind).whole else settings.BULK_BYTES_LIMIT


def read_import(*, batch: ImportBatch, at: datetime, step: Step = unwatched) -> ImportBatch:
    """Reads the file, shows what writing it would do, and makes the error workbook. Writes no record.

    `step(done, total)` is called after each of its parts.
    """
    whole = kind_of(batch.kind).whole
    if not whole and batch.file.size > settings.IMPORT_BYTES_LIMIT:
        load_of_batch(batch=batch, at=at)
        return batch
    try:
        table = read_table(kind=batch.kind, content=_content(batch.file), name=batch.file.name)
    except FileRefused as refusal:
        if too_large(refusal.problems) and not whole:
            load_of_batch(batch=batch, at=at)
            return batch
        batch.state = BatchState.REFUSED
        batch.refusal = {"problems": refusal.problems}
        batch.save(update_fields=["state", "refusal"])
        return batch
    step(1, 3)
    preview(batch, table, at)
    step(2, 3)
    make_error_workbook(batch=batch, at=at)
    return batch


def _content(file: UploadedFile) -> bytes:
    if file.removed_at is not None:
        raise FileRefused([{"code": "removed_file", "params": {}}])
    with file.content.open("rb") as opened:
        return bytes(opened.read())


def make_error_workbook(*, batch: ImportBatch, at: datetime) -> UploadedFile | None:
    """Only for who uploaded the file, and gone with it; None when no row was rejected."""
    rows = ImportRow.objects.filter(batch=batch, verdict=RowVerdict.REJECTED).order_by("line")
    former = batch.error_file
    batch.error_file = None
    if rows.exists():
        batch.error_file = store_file(
            content=error_workbook(batch, rows),
            name=f"{batch.kind}-{batch.pk}-rejected.xlsx",
            purpose=FilePurpose.ERRORS,
            owner=batch.created_by,
            at=at,
            expires_at=batch.file.expires_at,
            media_type=XLSX_TYPE,
        )
    batch.save(update_fields=["error_file"])
    if former is not None:
        remove_file(file=former, actor=None, at=at)
    return batch.error_file


def confirm_import(*, batch: ImportBatch, actor: Staff, at: datetime) -> ImportBatch:
    """Queues the writing of what was shown; twice is once. What stopped half-way goes on where it was."""
    with transaction.atomic():
        locked: ImportBatch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        under_way = locked.state == BatchState.APPLYING and not _stopped(locked)
        if under_way or locked.state == BatchState.APPLIED:
            return locked
        if locked.state not in (BatchState.PREVIEW, BatchState.APPLYING):
            raise ImportRefused("not_waiting")
        locked.state = BatchState.APPLYING
        load = BulkLoad.objects.filter(batch=locked).first()
        if load is not None:
            locked.job = confirm_load(load=load, actor=actor, at=at)
        else:
            locked.job = start_job(
                kind=APPLY,
                parameters={"batch": locked.pk},
                actor=actor,
                at=at,
                unique_key=f"{APPLY}:{locked.pk}",
            )
        locked.save(update_fields=["state", "job"])
    return locked


def _stopped(batch: ImportBatch) -> bool:
    """Its job ended without having done its work."""
    ended = (JobState.FAILED, JobState.CANCELLED)
    return batch.job_id is not None and Job.objects.filter(pk=batch.job_id, state__in=ended).exists()


def discard_import(*, batch: ImportBatch, actor: Staff, at: datetime) -> ImportBatch:
    """Nothing is written; the file and the rows read from it go."""
    with transaction.atomic():
        locked: ImportBatch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if locked.state == BatchState.DISCARDED:
            return locked
        unread = locked.state == BatchState.READING and _stopped(locked)
        if not unread and locked.state not in (BatchState.PREVIEW, BatchState.REFUSED):
            raise ImportRefused("not_waiting")
        locked.state = BatchState.DISCARDED
        locked.save(update_fields=["state"])
        ImportRow.objects.filter(batch=locked).delete()
        for load in BulkLoad.objects.filter(batch=locked):
            discard_load(load=load)
        for file in (locked.file, locked.error_file):
            if file is not None:
                remove_file(file=file, actor=actor, at=at)
    return locked
