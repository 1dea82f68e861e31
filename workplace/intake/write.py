"""Writes rows of one kind into the book: the one road for files, commands, the demo and tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pghistory
from django.db import transaction

from workplace.choices import RowVerdict
from workplace.intake.columns import Column
from workplace.intake.kinds import Kind, Row, RowErrors, WriteContext, WriteResult, followers_of, kind_of
from workplace.intake.shapes import EXTRA, Misshapen
from workplace.models import ImportBatch, Staff


@contextmanager
def writing(
    *, actor: Staff | None, cause: str, batch: ImportBatch | None = None, **more: Any
) -> Iterator[None]:
    """One transaction whose history rows say who, why and from which import."""
    context = {"actor": actor.pk if actor else None, "cause": cause, **more}
    if batch is not None:
        context["batch"] = batch.pk
    with transaction.atomic(), pghistory.context(**context):
        yield


def write_rows(
    *,
    kind: str,
    rows: Sequence[Mapping[str, str]],
    actor: Staff | None,
    at: datetime,
    extracted_at: datetime,
    batch: ImportBatch | None = None,
    lines: Sequence[int] = (),
    doubles: Mapping[int, int] | None = None,
) -> WriteResult:
    """Writes what has shape and is within the actor's reach; None as actor reaches everything.

    `rows` map column codes to texts; `lines` number them (from 2 on, as under a header). One transaction.
    Of a part of a file, `doubles` names lines whose key stands earlier in it, and where.
    """
    target = kind_of(kind)
    numbers = lines or range(2, len(rows) + 2)
    read = read_rows(target, numbers, rows)
    reject_doubles(read, doubles or {})
    context = WriteContext(kind, actor, at, extracted_at, batch)
    with writing(actor=actor, cause="import", batch=batch):
        target.writer(read, context)
        result = result_of(read)
        if result.record_ids:
            for follow in followers_of(kind):
                follow(result.record_ids, context)
    return result


def read_rows(kind: Kind, lines: Iterable[int], rows: Iterable[Mapping[str, str]]) -> list[Row]:
    """Every cell is read, so that all errors of a row are told at once; column by column, as one after
    another of the same shape takes three quarters of the time."""
    read = [Row(line=line, written=written) for line, written in zip(lines, rows, strict=True)]
    for row in read:
        if EXTRA in row.written:
            row.reject("", "too_many_cells", start=row.written[EXTRA])
    for column in kind.resource.columns().values():
        _read_column(column, read)
    for row in read:
        row.key = (kind.key_of(row) if kind.key_of else joined_key(row, kind.resource.key_codes()))[:120]
    return read


def _read_column(column: Column, rows: Iterable[Row]) -> None:
    code, read = column.code, column.read
    for row in rows:
        if code not in row.written:
            if column.required:
                row.reject(code, "required")
            continue
        try:
            row.values[code] = read(row.written)
        except Misshapen as error:
            row.reject(code, error.code, **error.params)


def joined_key(row: Row, codes: Sequence[str]) -> str:
    return "/".join([str(row.values.get(code) or row.written.get(code, "")).strip() for code in codes])


def reject_doubles(rows: Sequence[Row], known: Mapping[int, int]) -> None:
    """A key that the file has already brought: the first row stands, the later ones name it."""
    first: dict[str, int] = {}
    for row in rows:
        if row.line in known:
            row.reject("", "double_key", line=known[row.line])
            continue
        if not row.key.strip("/"):
            continue
        if row.key in first:
            row.reject("", "double_key", line=first[row.key])
        else:
            first[row.key] = row.line


def result_of(rows: Sequence[Row]) -> WriteResult:
    result = WriteResult(rows=list(rows))
    for row in rows:
        if row.verdict == RowVerdict.REJECTED:
            result.rejected.append(RowErrors(row.line, row.key, row.errors))
        elif row.verdict == RowVerdict.NEW:
            result.new += 1
        elif row.verdict == RowVerdict.CHANGED:
            result.changed += 1
        else:
            result.unchanged += 1
        codes = [note["code"] for note in row.notes]
        result.conflicts += codes.count("conflict")
        result.held += codes.count("held")
        if row.verdict in (RowVerdict.NEW, RowVerdict.CHANGED) and row.record is not None:
            result.record_ids.append(row.record.pk)
    return result
