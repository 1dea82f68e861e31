"""A large file from its first byte to the book: staged, judged, merged, its odd rows written, told.

Every phase is one transaction with the mark of its end, so that a killed load goes on with the phase it was
in; twice is once.
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Protocol

from django.db import connection, transaction

from workplace.choices import LoadPhase
from workplace.intake import bulk_odd
from workplace.intake.bulk_judge import finish_rows, judge
from workplace.intake.bulk_merge import Merge, merged_counts, sample_lines
from workplace.intake.bulk_plain import Plain, plain_of
from workplace.intake.bulk_seen import remember, seen_in_newer_loads, spoken_of_up_to
from workplace.intake.bulk_stage import codes_of, forget, stage, staged_rows
from workplace.intake.plan import FileRefused
from workplace.intake.write import writing
from workplace.models import BulkLoad, BulkRow

COUNTS = ("new", "changed", "unchanged", "rejected", "conflicts", "held")

# They end with the transaction; within a larger one, those of an earlier load may still stand.
OWN_TABLES = (
    *("bulk_meaning", "bulk_todo", "bulk_double", "bulk_finished"),
    *("bulk_held", "bulk_touched", "bulk_changes"),
)


class Watch(Protocol):
    """Whoever waits: `tell` what is done, `settle` within a transaction whose effect must be ours alone."""

    def tell(self, done: int, total: int) -> None: ...
    def settle(self, done: int, total: int) -> AbstractContextManager[None]: ...


class Unwatched:
    """Nobody waits."""

    def tell(self, done: int, total: int) -> None:
        """Nobody is told."""

    def settle(self, done: int, total: int) -> AbstractContextManager[None]:
        return nullcontext()


def run(
    load: BulkLoad,
    *,
    path: Path,
    name: str,
    at: datetime,
    watch: Watch,
) -> None:
    """Until the load is tried (`load.trial`), done or refused."""
    if load.phase in (LoadPhase.DONE, LoadPhase.REFUSED):
        return
    staged = load.rows and staged_rows(load) == load.rows
    rising = False
    if load.phase == LoadPhase.READING or not staged:
        rising = _read(load, path, name, watch)
        if load.phase == LoadPhase.REFUSED:
            return
    if load.phase == LoadPhase.TRIED:
        if load.trial:
            return
        load.phase = LoadPhase.STAGED
    up_to = None
    if load.phase == LoadPhase.STAGED:
        up_to = _merge(load, at, watch, rising=rising)
    _odd(load, at, watch, up_to)


def _read(load: BulkLoad, path: Path, name: str, watch: Watch) -> bool:
    """True when no key comes twice in the file; false where that is not known."""
    started = time.monotonic()
    try:
        rising = stage(load, path, name, lambda lines: watch.tell(lines // 4, 0))
    except FileRefused as refusal:
        load.phase = LoadPhase.REFUSED
        load.refusal = {"problems": refusal.problems}
        load.save(update_fields=["phase", "refusal"])
        return False
    if load.phase == LoadPhase.READING:
        load.phase = LoadPhase.STAGED
    _note(load, "read", started)
    load.save(update_fields=["phase", "seconds"])
    return rising


def _merge(load: BulkLoad, at: datetime, watch: Watch, *, rising: bool) -> int | None:
    """The plain rows in one transaction; whoever reaches only a part has no plain rows.

    Returns what `spoken_of_up_to` says.
    """
    up_to = None
    codes = codes_of(load)
    plain = plain_of(load.kind, codes)
    if plain is not None and not plain.open_to(load.actor):
        plain = None
    for count in COUNTS:
        setattr(load, count, 0)
    with writing(actor=load.actor, cause="import", batch=load.batch, load=load.pk):
        if plain is None:
            bulk_odd.keep_all(load)
        else:
            up_to = _merge_plain(load, plain, codes, at, watch, rising=rising)
        if not load.trial:
            load.phase = LoadPhase.MERGED
        load.save()
        with watch.settle(load.rows - _waiting(load), load.rows):
            pass
    return up_to


def _merge_plain(
    load: BulkLoad, plain: Plain, codes: list[str], at: datetime, watch: Watch, *, rising: bool
) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(OWN_TABLES)}")
        # Nobody has counted the rows of a stage just filled: a loop over them twice would never end, and
        # two processors would not be thought worth their while.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute("SET LOCAL min_parallel_table_scan_size = 0")
    started = time.monotonic()
    seen = seen_in_newer_loads(load.kind, load.extracted_at).bits
    judge(load, plain, codes, load.extracted_at, seen, rising=rising)
    up_to = spoken_of_up_to(load, plain)
    started = _note(load, "judge", started)
    finish_rows(load, plain, codes, lambda done: watch.tell(load.rows // 4 + done // 2, load.rows))
    started = _note(load, "facts", started)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = on")
        cursor.execute("SET LOCAL min_parallel_table_scan_size = DEFAULT")
        cursor.execute("SET LOCAL random_page_cost = 1.1")  # a few records are looked up, not the book read
    merge = Merge(load, plain, plain.expressions(codes), at)
    merge.check()
    merged = merge.count() if load.trial else merge.write()
    _note(load, "merge", started)
    if load.trial:
        load.samples = sample_lines()
    odd = bulk_odd.keep_odd(load)
    for name, count in merged_counts(load, merged, odd).items():
        setattr(load, name, count)
    return up_to


def _waiting(load: BulkLoad) -> int:
    return BulkRow.objects.filter(load=load, verdict="").count()


def _odd(load: BulkLoad, at: datetime, watch: Watch, up_to: int | None) -> None:
    """Row by row, then the end: a trial keeps its stage for the confirmation that may follow."""
    started = time.monotonic()
    done = load.rows - _waiting(load)

    def advance(load: BulkLoad, rows: int) -> None:
        nonlocal done
        done += rows
        with watch.settle(done, load.rows):
            pass

    bulk_odd.write_odd(load, at, trial=load.trial, advance=advance)
    started = _note(load, "odd", started)
    codes = codes_of(load)
    with transaction.atomic():
        load.phase = LoadPhase.TRIED if load.trial else LoadPhase.DONE
        plain = plain_of(load.kind, codes)
        if plain is not None and not load.trial:
            remember(load, plain, codes, up_to)
            _note(load, "remember", started)
        load.save(update_fields=["phase", "seconds", "seen"])


def discard(load: BulkLoad) -> None:
    """The stage and the odd rows go; what the load counted stays."""
    forget(load)
    BulkRow.objects.filter(load=load).delete()


def _note(load: BulkLoad, phase: str, started: float) -> float:
    now = time.monotonic()
    load.seconds = {**load.seconds, phase: round(now - started, 2)}
    return now
