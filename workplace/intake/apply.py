"""Writes a confirmed file in chunks: each chunk's effect and its progress are one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q

from workplace.choices import BatchState, RowVerdict
from workplace.ids import Among
from workplace.intake import hits
from workplace.intake.kinds import kind_of
from workplace.intake.parsing import unpacked
from workplace.intake.plan import JUDGED, take_verdict, update_rows
from workplace.intake.write import write_rows
from workplace.models import ImportBatch, ImportRow

CHUNK = 5_000
Advance = Callable[[int, int, int], None]


def apply_chunks(*, batch: ImportBatch, at: datetime, after_line: int, advance: Advance) -> None:
    """Goes on after `after_line`; `advance(done, total, line)` is called within each chunk's transaction.

    A chunk that was written before is not written again: its rows say so, and writing twice changes nothing.
    """
    size = batch.rows if kind_of(batch.kind).whole else CHUNK
    total = batch.rows
    done = ImportRow.objects.filter(batch=batch, line__lte=after_line).count()
    line = after_line
    while rows := _next(batch, line, max(size, 1)):
        with transaction.atomic():
            _write(batch, rows, at)
            done += len(rows)
            line = rows[-1].line
            advance(done, total, line)


def _next(batch: ImportBatch, line: int, size: int) -> list[ImportRow]:
    rows = ImportRow.objects.filter(batch=batch, line__gt=line).defer("hits")
    return list(rows.order_by("line")[:size])


def _write(batch: ImportBatch, rows: Sequence[ImportRow], at: datetime) -> None:
    """Rejected rows of the preview stay so; the others are judged anew, the book may have moved since."""
    waiting = [row for row in rows if row.verdict != RowVerdict.REJECTED and not row.applied]
    result = write_rows(
        kind=batch.kind,
        rows=[unpacked(row.values) for row in waiting],
        lines=[row.line for row in waiting],
        actor=batch.created_by,
        at=at,
        extracted_at=batch.extracted_at,
        batch=batch,
    )
    as_shown: list[ImportRow] = []
    moved: list[ImportRow] = []
    for stored, row in zip(waiting, result.rows, strict=True):
        before = [getattr(stored, name) for name in JUDGED]
        take_verdict(stored, row)
        stored.applied = row.verdict != RowVerdict.REJECTED
        same = stored.applied and before == [getattr(stored, name) for name in JUDGED]
        (as_shown if same else moved).append(stored)
    ImportRow.objects.filter(Among("pk", [stored.pk for stored in as_shown])).update(applied=True)
    update_rows(moved, [*JUDGED, "applied"])


def finish(*, batch: ImportBatch, at: datetime) -> None:
    """The counts as they came out, and what follows from new records, in one transaction. Twice is once."""
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if locked.state == BatchState.APPLIED:
            return
        verdicts = {
            row["verdict"]: row["count"]
            for row in ImportRow.objects.filter(batch=batch).values("verdict").annotate(count=Count("pk"))
        }
        locked.new = verdicts.get(RowVerdict.NEW, 0)
        locked.changed = verdicts.get(RowVerdict.CHANGED, 0)
        locked.unchanged = verdicts.get(RowVerdict.UNCHANGED, 0)
        locked.rejected = verdicts.get(RowVerdict.REJECTED, 0)
        locked.conflicts = _noted(locked, "conflict")
        locked.held = _noted(locked, "held")
        locked.state = BatchState.APPLIED
        locked.applied_at = at
        locked.save()
        hits.after_apply(locked, at)


def _noted(batch: ImportBatch, code: str) -> int:
    """How many fields carry that note."""
    rows = ImportRow.objects.filter(Q(notes__contains=[{"code": code}]), batch=batch)
    return sum(note["code"] == code for notes in rows.values_list("notes", flat=True) for note in notes)
