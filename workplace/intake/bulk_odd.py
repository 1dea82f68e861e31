"""The rows of a large file that are not plain, written or tried like the rows of a small one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from workplace.choices import RowVerdict
from workplace.intake.bulk_stage import codes_of
from workplace.intake.copying import update_records
from workplace.intake.kinds import WriteResult
from workplace.intake.shapes import EXTRA, NumberText
from workplace.intake.write import write_rows
from workplace.models import BulkLoad, BulkRow

CHUNK = 1_000
KEPT = 10_000
Advance = Callable[[BulkLoad, int], None]


def keep_all(load: BulkLoad) -> None:
    """Every row goes row by row."""
    _keep(load, "SELECT line, NULL::int AS double_of FROM workplace_stagedrow WHERE load_id = %(load)s")


def keep_odd(load: BulkLoad) -> int:
    """Those that judging left; survives the transaction, other than the tables it worked in."""
    return _keep(load, "SELECT line, double_of FROM bulk_todo WHERE odd")


def _keep(load: BulkLoad, question: str) -> int:
    BulkRow.objects.filter(load=load).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO workplace_bulkrow (load_id, line, double_of, verdict, errors)
                SELECT %(load)s, line, double_of, '', '[]'::jsonb FROM ({question}) odd""",  # noqa: S608 - ours
            {"load": load.pk},
        )
        return int(cursor.rowcount)


def write_odd(load: BulkLoad, at: datetime, *, trial: bool, advance: Advance) -> None:
    """Chunk by chunk: effect, verdicts and progress are one transaction; of a trial the effect goes."""
    last = 0
    while rows := _next(load, last):
        last = rows[-1].line
        if trial:
            result = _tried(load, rows, at)
            with transaction.atomic():
                _settle(load, rows, result)
                advance(load, len(rows))
        else:
            with transaction.atomic():
                _settle(load, rows, _written(load, rows, at))
                advance(load, len(rows))


def _next(load: BulkLoad, last: int) -> list[BulkRow]:
    waiting = BulkRow.objects.filter(load=load, verdict="", line__gt=last)
    return list(waiting.order_by("line")[:CHUNK])


def _tried(load: BulkLoad, rows: Sequence[BulkRow], at: datetime) -> WriteResult:
    with transaction.atomic():
        result = _written(load, rows, at)
        transaction.set_rollback(True)
    return result


def _written(load: BulkLoad, rows: Sequence[BulkRow], at: datetime) -> WriteResult:
    values = raw_rows(load, [row.line for row in rows])
    return write_rows(
        kind=load.kind,
        rows=[values[row.line] for row in rows],
        lines=[row.line for row in rows],
        actor=load.actor,
        at=at,
        extracted_at=load.extracted_at,
        batch=load.batch,
        doubles={row.line: row.double_of for row in rows if row.double_of is not None},
    )


def raw_rows(load: BulkLoad, lines: Sequence[int]) -> dict[int, dict[str, str]]:
    """The rows as the small road reads them: by column, numbers told apart, a cell too many named."""
    codes = codes_of(load)
    places = [place for place, column in enumerate(load.columns) if column["code"]]
    cells = ", ".join(f"c{turn:02d}" for turn in range(len(codes)))
    found: dict[int, dict[str, str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT line, numbers, extra, {cells} FROM workplace_stagedrow
                 WHERE load_id = %s AND line >= %s AND line <= %s AND line = ANY(%s)""",  # noqa: S608 - ours
            [load.pk, min(lines), max(lines), list(lines)],
        )
        for line, numbers, extra, *texts in cursor.fetchall():
            held = {int(place) for place in numbers.split(",")} if numbers else set()
            row = {
                code: NumberText(text) if place in held else text
                for code, place, text in zip(codes, places, texts, strict=True)
            }
            if extra:
                row[EXTRA] = extra
            found[line] = row
    return found


def _settle(load: BulkLoad, rows: Sequence[BulkRow], result: WriteResult) -> None:
    """The verdicts, and the counts of the load with them."""
    for stored, row in zip(rows, result.rows, strict=True):
        stored.verdict, stored.errors = row.verdict, row.errors
    update_records(BulkRow, rows, ["verdict", "errors"])
    load.new += result.new
    load.changed += result.changed
    load.unchanged += result.unchanged
    load.rejected += len(result.rejected)
    load.conflicts += result.conflicts
    load.held += result.held
    load.save(update_fields=["new", "changed", "unchanged", "rejected", "conflicts", "held"])


def rejected(load: BulkLoad) -> Any:
    """The rejected rows of the load, by line."""
    return BulkRow.objects.filter(load=load, verdict=RowVerdict.REJECTED).order_by("line")
