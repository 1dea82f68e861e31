"""Derives stored facts anew, chunk by chunk: read, derive in parallel, write in one statement.

Each chunk is a transaction of its own. A row written by the present code carries its version and is passed
over, so a run that was killed goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from multiprocessing import get_context
from typing import Any

from django.db import connection
from psycopg import sql

from workplace.intake.write import writing
from workplace.models import Staff
from workplace.refreshing import Derivation

CHUNK = 10_000
PROCESSES = 2
PASSES = 3


@dataclass
class Refreshed:
    """`left` are rows that somebody else kept changing while they were derived."""

    looked_at: int = 0
    stored: int = 0
    left: int = 0


@dataclass
class _Chunk:
    rows: list[tuple[Any, ...]]
    parts: list[Future[list[tuple[Any, ...]]]]
    derived: list[tuple[Any, ...]]

    def results(self) -> list[tuple[Any, ...]]:
        return list(chain.from_iterable(part.result() for part in self.parts)) if self.parts else self.derived


def refresh_derived(
    *,
    derivation: Derivation,
    actor: Staff | None,
    at: datetime,
    every: bool = False,
    chunk: int = CHUNK,
    processes: int = PROCESSES,
) -> Refreshed:
    """Stores what differs, and the version of the fact code; the row version stays."""
    told = Refreshed()
    run = _Run(derivation, every=every, chunk=chunk, processes=processes)
    try:
        for turn in range(PASSES):
            told.left = 0
            for part in run.chunks():
                told.looked_at += len(part.rows) if not turn else 0
                wanted, stored = run.store(part, actor=actor, at=at)
                told.stored += stored
                told.left += wanted - stored
            if not told.left:
                break
    finally:
        run.close()
    return told


class _Run:
    def __init__(self, derivation: Derivation, *, every: bool, chunk: int, processes: int) -> None:
        self.derivation = derivation
        self.size = chunk
        self.processes = processes if derivation.parallel else 0
        self.version = [derivation.now()] if derivation.now else []
        self.compare = every or not self.version
        self.writes = derivation.writes + (("facts_version",) if self.version else ())
        self.pool: ProcessPoolExecutor | None = None
        rows = derivation.model._default_manager.filter(derivation.only).order_by("pk")
        if not self.compare:
            rows = rows.exclude(facts_version=self.version[0])
        kept = self.writes if self.compare else ()
        self.rows = rows.values_list("pk", "version", *derivation.reads, *kept)

    def chunks(self) -> Iterator[_Chunk]:
        """While one chunk is being stored, the next is being derived."""
        waiting: _Chunk | None = None
        last = 0
        while rows := list(self.rows.filter(pk__gt=last)[: self.size]):
            last = rows[-1][0]
            started = self._start(rows)
            if waiting:
                yield waiting
            waiting = started
        if waiting:
            yield waiting

    def _start(self, rows: list[tuple[Any, ...]]) -> _Chunk:
        read = [row[2 : 2 + len(self.derivation.reads)] for row in rows]
        if not self.processes or (len(rows) < self.size and self.pool is None):
            return _Chunk(rows, [], self.derivation.derive(read))
        if self.pool is None:
            hand_over = self.derivation.hand_over
            self.pool = ProcessPoolExecutor(
                self.processes,
                mp_context=get_context("spawn"),
                initializer=hand_over() if hand_over else None,
            )
        step = -(-len(read) // self.processes)
        parts = [read[start : start + step] for start in range(0, len(read), step)]
        return _Chunk(rows, [self.pool.submit(self.derivation.derive, part) for part in parts], [])

    def store(self, part: _Chunk, *, actor: Staff | None, at: datetime) -> tuple[int, int]:
        """(rows that differ, rows stored); one that changed since it was read is left to the next pass."""
        found = [
            (row[0], row[1], *derived, *self.version)
            for row, derived in zip(part.rows, part.results(), strict=True)
        ]
        if self.compare:
            start = 2 + len(self.derivation.reads)
            found = [new for old, new in zip(part.rows, found, strict=True) if tuple(old[start:]) != new[2:]]
        if not found:
            return 0, 0
        with writing(actor=actor, cause="refresh_facts", refreshed_at=at.isoformat()):
            return len(found), self._write(found)

    def _write(self, found: Sequence[tuple[Any, ...]]) -> int:
        names = [sql.Identifier(name) for name in self.writes]
        parts = {
            "table": sql.Identifier(self.derivation.model._meta.db_table),
            "columns": sql.SQL(", ").join(names),
            "sets": sql.SQL(", ").join(sql.SQL("{0} = fresh.{0}").format(name) for name in names),
        }
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pg_temp.fresh_facts")
            cursor.execute(_MAKE.format(**parts).as_string())
            with cursor.copy(_FILL.format(**parts).as_string()) as copy:
                for row in found:
                    copy.write_row(row)
            cursor.execute(_LOCK.format(**parts).as_string())
            cursor.execute(_UPDATE.format(**parts).as_string())
            return int(cursor.rowcount)

    def close(self) -> None:
        if self.pool is not None:
            self.pool.shutdown(cancel_futures=True)


_MAKE = sql.SQL(
    "CREATE TEMP TABLE fresh_facts ON COMMIT DROP AS SELECT id, version, {columns} FROM {table} WHERE false"
)
_FILL = sql.SQL("COPY fresh_facts (id, version, {columns}) FROM STDIN")
# In the order of ids, as everything else that locks several records.
_LOCK = sql.SQL(
    "SELECT count(*) FROM (SELECT 1 FROM {table} AS stored JOIN fresh_facts AS fresh USING (id)"
    " ORDER BY id FOR UPDATE OF stored) AS locked"
)
_UPDATE = sql.SQL(
    "UPDATE {table} AS stored SET {sets} FROM fresh_facts AS fresh"
    " WHERE stored.id = fresh.id AND stored.version = fresh.version"
)
