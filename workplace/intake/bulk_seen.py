"""Which records a large file has spoken of: an older file must not overwrite what a newer one confirmed.

A record that a file left as it was keeps its age, so the load remembers it: one bit a record id, packed. The
files of kinds that only go row by row remember nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from workplace.choices import LoadPhase, RowVerdict
from workplace.intake.bulk_judge import Cells
from workplace.intake.bulk_plain import Plain
from workplace.models import BulkLoad


class Seen:
    """The records that files newer than a moment have spoken of."""

    def __init__(self, bits: bytes) -> None:
        self.bits = bits

    def __contains__(self, record_id: int) -> bool:
        place = record_id >> 3
        return place < len(self.bits) and bool(self.bits[place] >> (record_id & 7) & 1)

    def __bool__(self) -> bool:
        return bool(self.bits)


def seen_in_newer_loads(kind: str, extracted_at: datetime) -> Seen:
    newer = BulkLoad.objects.filter(
        kind=kind, phase=LoadPhase.DONE, extracted_at__gt=extracted_at, seen__isnull=False
    )
    together = 0
    for packed in newer.values_list("seen", flat=True):
        together |= int.from_bytes(zlib.decompress(bytes(packed or b"")), "little")
    return Seen(together.to_bytes((together.bit_length() + 7) // 8, "little"))


def spoken_of_up_to(load: BulkLoad, plain: Plain) -> int | None:
    """The last record, where the rows just judged speak of every one; the book is counted before it is
    written, because every page that was written must be looked into to be counted."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), coalesce(max(id), 0) FROM {plain.table}")  # noqa: S608 - our own name
        records, last = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM bulk_todo WHERE record_id IS NULL")
        return last if load.rows - cursor.fetchone()[0] == records else None


def remember(load: BulkLoad, plain: Plain, codes: Sequence[str], up_to: int | None) -> None:
    """Sets `seen`, within the transaction that ends the load; new and changed records tell it themselves.

    `up_to` is what `spoken_of_up_to` said.
    """
    if not load.unchanged:
        return
    cells = Cells(codes)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.bulk_meaning")
        cells.learn(cursor, load, plain.few & plain.keys)
        cursor.execute("SET LOCAL enable_nestloop = off")
        rejected = _records(cursor, load, plain, cells, rejected=True) if load.rejected else []
        if up_to is not None:
            bits = bytearray(b"\xff" * (up_to // 8) + bytes([(2 << (up_to & 7)) - 1]))
            for record_id in rejected:
                if record_id <= up_to:
                    bits[record_id >> 3] &= ~(1 << (record_id & 7)) & 0xFF
        else:
            spoken_of = _records(cursor, load, plain, cells, rejected=False)
            bits = bytearray(max(spoken_of, default=0) // 8 + 1)
            for record_id in spoken_of:
                bits[record_id >> 3] |= 1 << (record_id & 7)
        cursor.execute("SET LOCAL enable_nestloop = on")
    load.seen = zlib.compress(bytes(bits), level=1)


def _records(cursor: Any, load: BulkLoad, plain: Plain, cells: Cells, *, rejected: bool) -> list[int]:
    """Of the rejected rows (a later row of one key aside), or of all the others."""
    asked = "odd.verdict = %(rejected)s AND odd.double_of IS NULL"
    chosen = asked if rejected else "odd.verdict IS DISTINCT FROM %(rejected)s"
    cursor.execute(
        f"""SELECT DISTINCT c.id
              FROM workplace_stagedrow s {" ".join(cells.joins)}
              JOIN {plain.book()} ON {plain.match(cells.means)}
              LEFT JOIN workplace_bulkrow odd ON odd.load_id = s.load_id AND odd.line = s.line
             WHERE s.load_id = %(load)s AND {chosen}""",  # noqa: S608 - our own columns
        {"load": load.pk, "rejected": str(RowVerdict.REJECTED)},
    )
    return [row[0] for row in cursor.fetchall()]
