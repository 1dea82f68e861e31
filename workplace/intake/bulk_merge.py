"""Writes the finished rows of a large file into the book: new ones by one insert, changed ones by one update.

Records that somebody else changed, corrected or brought since the rows were judged go row by row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models

from workplace.choices import HoldState
from workplace.first_load import begin_first_load, end_first_load
from workplace.intake.bulk_plain import Expressions, Plain
from workplace.models import BulkLoad

FIRST_LOAD_FROM = 5_000


@dataclass(frozen=True)
class Merged:
    new: int
    changed: int


@dataclass(frozen=True)
class Merge:
    """One merge; `written` are the columns that each record carries of its file."""

    load: BulkLoad
    plain: Plain
    expressions: Expressions
    at: datetime

    @property
    def values(self) -> dict[str, Any]:
        return {
            "at": self.at,
            "extracted_at": self.load.extracted_at,
            "batch": self.load.batch_id,
            "record_kind": self.plain.record_kind,
            "holding": str(HoldState.HOLDING),
        }

    def check(self) -> None:
        """What lost its reference, or whose record moved, is judged row by row."""
        with connection.cursor() as cursor:
            for needed in self.expressions.needed:
                cursor.execute(
                    f"""UPDATE bulk_todo todo SET odd = true
                          FROM (SELECT f.line FROM bulk_finished f {self.expressions.joins}
                                 WHERE NOT coalesce({needed}, false)) bad
                         WHERE bad.line = todo.line"""  # noqa: S608 - our own columns
                )
            for steady in self.expressions.steady:
                cursor.execute(
                    f"""UPDATE bulk_todo todo SET odd = true
                          FROM (SELECT f.line FROM bulk_finished f
                                  JOIN {self.plain.table} c ON c.id = f.record_id {self.expressions.joins}
                                 WHERE NOT coalesce({steady}, false)) bad
                         WHERE bad.line = todo.line"""  # noqa: S608 - our own columns
                )
            cursor.execute(
                f"""CREATE TEMP TABLE bulk_held ON COMMIT DROP AS
                    SELECT c.id, c.version FROM {self.plain.table} c
                     WHERE c.id IN (SELECT record_id FROM bulk_finished)
                     ORDER BY c.id FOR UPDATE OF c"""  # noqa: S608 - our own columns
            )
            cursor.execute(
                """UPDATE bulk_todo todo SET odd = true
                      FROM bulk_finished f JOIN bulk_held held ON held.id = f.record_id
                     WHERE f.line = todo.line AND (held.version <> f.version OR EXISTS (
                           SELECT 1 FROM workplace_hold h WHERE h.record_id = held.id
                              AND h.record_kind = %(record_kind)s AND h.state = %(holding)s))""",
                self.values,
            )
            cursor.execute(
                "DELETE FROM bulk_finished f USING bulk_todo todo WHERE todo.line = f.line AND todo.odd"
            )

    def count(self) -> Merged:
        """What writing would do."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM bulk_finished WHERE record_id IS NULL")
            new = cursor.fetchone()[0]
            cursor.execute(f"SELECT count(*) FROM ({self._changes()}) changes", self.values)  # noqa: S608
            return Merged(new, cursor.fetchone()[0])

    def write(self) -> Merged:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE bulk_touched (id bigint) ON COMMIT DROP")
            new, whole = self._insert(cursor)
            changed = self._update(cursor)
            cursor.execute("ANALYZE bulk_touched")
        self.plain.after(touched="bulk_touched", at=self.at, whole=whole)
        return Merged(new, changed)

    def _insert(self, cursor: Any) -> tuple[int, bool]:
        cursor.execute("SELECT count(*) FROM bulk_finished WHERE record_id IS NULL")
        expected = cursor.fetchone()[0]
        if not expected:
            return 0, False
        first = expected >= FIRST_LOAD_FROM and begin_first_load(cursor, self.plain.table)
        columns = self._new_columns()
        names = ", ".join(f'"{name}"' for name in columns)
        conflict = "" if first else "ON CONFLICT DO NOTHING"
        cursor.execute(
            f"""WITH written AS (
                    INSERT INTO {self.plain.table} ({names})
                    SELECT {", ".join(columns.values())} FROM bulk_finished f {self.expressions.joins}
                     WHERE f.record_id IS NULL {conflict} RETURNING id)
                INSERT INTO bulk_touched SELECT id FROM written"""  # noqa: S608 - our own columns
            if self.plain.touches
            else f"""INSERT INTO {self.plain.table} ({names})
                    SELECT {", ".join(columns.values())} FROM bulk_finished f {self.expressions.joins}
                     WHERE f.record_id IS NULL {conflict}""",  # noqa: S608 - the same
            self.values,
        )
        new: int = cursor.rowcount
        if first:
            end_first_load(cursor)
        if new < expected:
            self._leave_the_late(cursor)
        return new, first

    def _new_columns(self) -> dict[str, str]:
        """Every column of a new record: what the file says, else what an empty record holds."""
        fixed = {
            "version": "1",
            "extracted_at": "%(extracted_at)s",
            "batch_id": "%(batch)s",
            "recorded_at": "%(at)s",
        }
        columns: dict[str, str] = {}
        for field in self.plain.model._meta.concrete_fields:
            name = str(field.column)
            if not field.primary_key:
                given = fixed.get(name) or self.expressions.insert.get(name)
                columns[name] = given or literal(field)
        return columns

    def _leave_the_late(self, cursor: Any) -> None:
        """Records that somebody brought in the meantime: their rows are compared one by one."""
        cursor.execute(
            f"""UPDATE bulk_todo todo SET odd = true
                  FROM bulk_finished f {self.expressions.joins} JOIN {self.plain.table} c
                    ON {self.plain.late}
                 WHERE f.record_id IS NULL AND todo.line = f.line AND c.recorded_at <> %(at)s""",  # noqa: S608
            self.values,
        )

    def _changes(self) -> str:
        """The records that differ, with what they are to hold."""
        update = self.expressions.update
        values = ", ".join(f'{value} AS "{name}"' for name, value in update.items())
        before = ", ".join(f'c."{name}"' for name in update)
        return f"""
            SELECT c.id AS record_id, {values}
              FROM bulk_finished f JOIN {self.plain.table} c ON c.id = f.record_id
              {self.expressions.joins}
             WHERE ({before}) IS DISTINCT FROM ({", ".join(update.values())})
        """  # noqa: S608 - our own columns

    def _update(self, cursor: Any) -> int:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM bulk_finished WHERE record_id IS NOT NULL)")
        if not cursor.fetchone()[0]:
            return 0
        sets = ", ".join(f'"{name}" = changes."{name}"' for name in self.expressions.update)
        cursor.execute(f"CREATE TEMP TABLE bulk_changes ON COMMIT DROP AS {self._changes()}", self.values)
        cursor.execute("ANALYZE bulk_changes (record_id)")
        cursor.execute(
            f"""UPDATE {self.plain.table} record
                   SET {sets}, version = record.version + 1, extracted_at = %(extracted_at)s,
                       batch_id = %(batch)s
                  FROM bulk_changes changes WHERE changes.record_id = record.id""",  # noqa: S608 - the same
            self.values,
        )
        changed: int = cursor.rowcount
        cursor.execute("INSERT INTO bulk_touched SELECT record_id FROM bulk_changes")
        return changed


def literal(field: models.Field[Any, Any]) -> str:
    """What an empty record holds of a column, as SQL of its type."""
    value = field.get_default()
    kind = field.db_type(connection)
    if value is None:
        return f"NULL::{kind}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"'{{}}'::{kind}"
    if isinstance(value, dict):
        return "'{}'::jsonb"
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def merged_counts(load: BulkLoad, merged: Merged, odd: int) -> Mapping[str, int]:
    plain_rows = load.rows - odd
    return {
        "new": merged.new,
        "changed": merged.changed,
        "unchanged": plain_rows - merged.new - merged.changed,
    }


def sample_lines(each: int = 40) -> list[int]:
    """Some lines of new and of known records, for the page that asks for confirmation."""
    lines: list[int] = []
    with connection.cursor() as cursor:
        for known in ("IS NULL", "IS NOT NULL"):
            cursor.execute(f"SELECT line FROM bulk_finished WHERE record_id {known} LIMIT {each}")  # noqa: S608
            lines += [row[0] for row in cursor.fetchall()]
    return lines
