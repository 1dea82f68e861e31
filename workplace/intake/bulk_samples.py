"""Of a large file its page shows samples: some rows of each verdict, judged like those of a small file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from workplace.choices import RowVerdict
from workplace.intake import bulk_odd
from workplace.intake.parsing import packed
from workplace.intake.plan import take_verdict, try_rows
from workplace.models import BulkLoad, BulkRow, ImportRow

EACH = 40
REJECTED = 200
ANYWHERE = """
    SELECT line FROM workplace_stagedrow s
     WHERE load_id = %(load)s AND line >= %(line)s
       AND NOT EXISTS (SELECT 1 FROM workplace_bulkrow r WHERE r.load_id = %(load)s AND r.line = s.line)
     LIMIT %(count)s
"""


def show_samples(load: BulkLoad, at: datetime) -> None:
    """In place of what an earlier trial showed."""
    lines = sample_lines(load)
    values = bulk_odd.raw_rows(load, lines)
    odd = BulkRow.objects.filter(load=load, line__in=lines)
    doubles = {row.line: row.double_of for row in odd if row.double_of is not None}
    table = [(line, values[line]) for line in lines]
    result, found = try_rows(
        kind=load.kind,
        table=table,
        actor=load.actor,
        at=at,
        extracted_at=load.extracted_at,
        batch=load.batch,
        doubles=doubles,
    )
    shown = []
    for (line, written), row in zip(table, result.rows, strict=True):
        stored = ImportRow(batch=load.batch, line=line, values=packed(written), hits=found.get(line, []))
        take_verdict(stored, row)
        shown.append(stored)
    with transaction.atomic():
        ImportRow.objects.filter(batch=load.batch).delete()
        ImportRow.objects.bulk_create(shown)


def sample_lines(load: BulkLoad) -> list[int]:
    """The first rejected ones, the first changed and new ones of the odd, and some from all over the file."""
    lines: set[int] = set()
    odd = BulkRow.objects.filter(load=load).order_by("line")
    for verdict, count in (
        (RowVerdict.REJECTED, REJECTED),
        (RowVerdict.CHANGED, EACH),
        (RowVerdict.NEW, EACH),
    ):
        lines |= set(odd.filter(verdict=verdict).values_list("line", flat=True)[:count])
    lines |= set(load.samples)
    for turn in range(8):
        lines |= set(_anywhere(load, turn * load.rows // 8, EACH // 8))
    return sorted(lines)


def _anywhere(load: BulkLoad, line: int, count: int) -> Sequence[int]:
    with connection.cursor() as cursor:
        cursor.execute(ANYWHERE, {"load": load.pk, "line": line, "count": count})
        return [row[0] for row in cursor.fetchall()]
