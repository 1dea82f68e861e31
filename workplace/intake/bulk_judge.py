"""Which rows of the stage the book already has, which are plain, and which go row by row.

Works in temporary tables of one transaction: `bulk_todo` (line, record, its version, odd, line of the first
with the same key), `bulk_finished` with what the reading processes made of the plain rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from psycopg import sql

from workplace.choices import HoldState
from workplace.intake.bulk_plain import Plain, readable_texts
from workplace.intake.bulk_workers import NULL, finished_blocks
from workplace.intake.kinds import kind_of
from workplace.models import BulkLoad

BLOCK_ROWS = 10_000
PROCESSES = 2
INLINE = 20


@dataclass
class Cells:
    """SQL of the staged cells of one file, and of what their texts mean."""

    codes: Sequence[str]
    joins: list[str] = field(default_factory=list)
    _means: dict[str, str] = field(default_factory=dict)

    def cell(self, code: str) -> str:
        return f"s.c{self.codes.index(code):02d}"

    def means(self, code: str) -> str:
        if code not in self.codes:
            return "''"
        return self._means.get(code, self.cell(code))

    def learn(self, cursor: Any, load: BulkLoad, few: frozenset[str]) -> None:
        """Each different text is read once; where all of them mean themselves nothing is joined."""
        cursor.execute("CREATE TEMP TABLE bulk_meaning (place int, text text, meaning text) ON COMMIT DROP")
        columns = kind_of(load.kind).resource.columns()
        for place, code in enumerate(self.codes):
            texts = load.few.get(str(place))
            if code not in few:
                continue
            if texts is None:
                self._means[code] = "NULL"
                continue
            meanings = readable_texts(columns[code], texts)
            if all(meanings.get(text) == text for text in texts):
                continue
            if 0 < len(meanings) <= INLINE:
                self._means[code] = chosen(self.cell(code), meanings)
                continue
            with cursor.copy("COPY bulk_meaning (place, text, meaning) FROM STDIN") as copy:
                for text, meaning in meanings.items():
                    copy.write_row((place, text, meaning))
            self.joins.append(
                f"LEFT JOIN bulk_meaning m{place} ON m{place}.place = {place}"
                f" AND m{place}.text = {self.cell(code)}"
            )
            self._means[code] = f"m{place}.meaning"
        cursor.execute("ANALYZE bulk_meaning")


def chosen(cell: str, meanings: Mapping[str, str]) -> str:
    """Without a table to join, and so for more than one processor."""
    cases = " ".join(f"WHEN {sql.quote(text)} THEN {sql.quote(said)}" for text, said in meanings.items())
    return f"(CASE {cell} {cases} END)".replace("%", "%%")


def judge(
    load: BulkLoad,
    plain: Plain,
    codes: Sequence[str],
    extracted_at: datetime,
    seen: bytes = b"",
    *,
    rising: bool = False,
) -> None:
    """Fills `bulk_todo` with every row that is not just what the book says.

    `seen` has a bit for each record that a newer file spoke of: their rows go row by row. Where the keys
    are `rising` none is looked for twice.
    """
    cells = Cells(codes)
    with connection.cursor() as cursor:
        cells.learn(cursor, load, plain.few)
        cursor.execute(_todo(plain, cells), _todo_values(load, plain, extracted_at, seen))
        if not rising:
            cursor.execute(_doubles(plain, cells), {"load": load.pk})
            cursor.execute("DELETE FROM bulk_todo todo USING bulk_double d WHERE d.line = todo.line")
            cursor.execute("INSERT INTO bulk_todo SELECT line, NULL, NULL, true, first FROM bulk_double")
        cursor.execute("CREATE INDEX ON bulk_todo (line)")
        cursor.execute("ANALYZE bulk_todo")


def _todo(plain: Plain, cells: Cells) -> str:
    same = [plain.same(code, cells.cell(code), cells.means) for code in cells.codes]
    held = "c.id = ANY(%(held)s::bigint[])"
    return f"""
        CREATE TEMP TABLE bulk_todo ON COMMIT DROP AS
        SELECT s.line, c.id AS record_id, c.version,
               (s.numbers <> '' OR s.extra <> '' OR s.key = '' OR coalesce({held}, false)
                OR coalesce(c.extracted_at > %(extracted_at)s, false)
                OR CASE WHEN c.id < %(bits)s THEN get_bit(%(seen)s, c.id) = 1 ELSE false END) AS odd,
               NULL::int AS double_of
          FROM workplace_stagedrow s
          {" ".join(cells.joins)}
          LEFT JOIN {plain.book()} ON {plain.match(cells.means)}
         WHERE s.load_id = %(load)s
           AND NOT coalesce(c.id IS NOT NULL AND s.numbers = '' AND s.extra = '' AND s.key <> ''
                            AND NOT {held} AND {" AND ".join(f"({one})" for one in same)}, false)
    """  # noqa: S608 - our own columns


def _todo_values(load: BulkLoad, plain: Plain, extracted_at: datetime, seen: bytes) -> dict[str, Any]:
    return {
        "seen": seen,
        "bits": len(seen) * 8,
        "load": load.pk,
        "extracted_at": extracted_at,
        "held": _held(plain),
    }


def _held(plain: Plain) -> list[int]:
    """The database looks them up by hash, whatever it thinks how many rows there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT record_id FROM workplace_hold WHERE record_kind = %s AND state = %s",
            [plain.record_kind, str(HoldState.HOLDING)],
        )
        return [record_id for (record_id,) in cursor.fetchall()]


def _doubles(plain: Plain, cells: Cells) -> str:
    parts = [
        f"{part} AS part{turn}"
        for turn, part in enumerate(plain.key_parts(cells.codes, cells.cell, cells.means))
    ]
    names = ["key", *(f"part{turn}" for turn in range(len(parts)))]
    keyed = f"""
        SELECT {", ".join(["s.line", "s.key", *parts])} FROM workplace_stagedrow s {" ".join(cells.joins)}
         WHERE s.load_id = %(load)s AND s.key <> ''
    """  # noqa: S608 - our own columns
    together = " AND ".join(f"k.{name} IS NOT DISTINCT FROM d.{name}" for name in names[1:]) or "true"
    return f"""
        CREATE TEMP TABLE bulk_double ON COMMIT DROP AS
        SELECT k.line, d.first
          FROM (SELECT {", ".join(names)}, min(line) AS first FROM ({keyed}) one
                 GROUP BY {", ".join(names)} HAVING count(*) > 1) d
          JOIN ({keyed}) k ON k.key = d.key AND {together}
         WHERE k.line > d.first
    """  # noqa: S608 - the same


def finish_rows(load: BulkLoad, plain: Plain, codes: Sequence[str], tick: Callable[[int], None]) -> None:
    """Derives the plain rows in parallel processes into `bulk_finished`; the others become odd."""
    columns = plain.expressions(codes).finished
    named = ", ".join(f'"{name}" {kind}' for name, kind in columns)
    names = ", ".join(["line", "record_id", "version", *(f'"{name}"' for name, _kind in columns)])
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE bulk_finished (line int, record_id bigint, version int, {named})"
            " ON COMMIT DROP"
        )
        done = 0
        for finished, odd in finished_blocks(_blocks(cursor, load, codes), plain.reader(codes), PROCESSES):
            with cursor.copy(f"COPY bulk_finished ({names}) FROM STDIN WITH (NULL '{NULL}')") as copy:
                copy.write(finished)
            if odd:
                cursor.execute("UPDATE bulk_todo SET odd = true WHERE line = ANY(%s)", [odd])
            done += finished.count(b"\n") + len(odd)
            tick(done)
        # The other columns are written and never asked for; counting all of them would take seconds.
        cursor.execute("ANALYZE bulk_finished (line, record_id)")


def _blocks(cursor: Any, load: BulkLoad, codes: Sequence[str]) -> Iterator[bytes]:
    """The plain rows, some thousands at a time, in COPY's text format."""
    cells = "".join(f", s.c{place:02d}" for place in range(len(codes)))
    last = -1
    while True:
        cursor.execute(
            "SELECT max(line), count(*) FROM (SELECT line FROM bulk_todo WHERE NOT odd AND line > %s"
            " ORDER BY line LIMIT %s) part",
            [last, BLOCK_ROWS],
        )
        end, count = cursor.fetchone()
        if not count:
            return
        statement = f"""
            COPY (SELECT todo.line, todo.record_id, todo.version{cells}
                    FROM bulk_todo todo JOIN workplace_stagedrow s ON s.line = todo.line
                   WHERE NOT todo.odd AND todo.line > {last} AND todo.line <= {end}
                     AND s.load_id = {load.pk} AND s.line > {last} AND s.line <= {end}) TO STDOUT
        """  # noqa: S608 - our own numbers
        with cursor.copy(statement) as copy:
            block = b"".join(copy)
        last = end
        yield block
