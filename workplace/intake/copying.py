"""Stores many records at once by COPY: a tenth of the time that building INSERT statements takes.

Values go in as they stand on the records: no signals, no `auto_now`, nothing a field adds when saving.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models.base import ModelState

from workplace.intake.bulk_workers import NULL, copied

Field = Any
BLOCK = 250
_encoded = DjangoJSONEncoder(ensure_ascii=False).encode


class Maker:
    """Makes records for `insert_records`, several times faster than `__init__`: its signals are not sent."""

    def __init__(self, model: type[models.Model]) -> None:
        self._model = model
        fields = model._meta.concrete_fields
        self._blank = {field.attname: field.get_default() for field in fields}
        self._fresh = [
            (field.attname, field.default)
            for field in fields
            if field.has_default() and callable(field.default)
        ]

    def made(self, *parts: Mapping[str, Any]) -> Any:
        """`parts` give values by the names of columns; what none of them names is as it is by default."""
        values = self._blank.copy()
        for name, default in self._fresh:
            values[name] = default()
        for part in parts:
            values.update(part)
        if len(values) > len(self._blank):
            raise TypeError(f"no columns of {self._model}: {sorted(values.keys() - self._blank.keys())}")
        record = self._model.__new__(self._model)
        record.__dict__ = values
        record._state = ModelState()
        return record


def insert_records(model: type[models.Model], records: Sequence[Any]) -> None:
    """Gives the records their ids; they are in the book when this returns."""
    if not records:
        return
    fields = list(model._meta.concrete_fields)
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval((SELECT pg_get_serial_sequence(%s, %s))::regclass) FROM generate_series(1, %s)",
            [table, key, len(records)],
        )
        for record, (pk,) in zip(records, cursor.fetchall(), strict=True):
            record.pk = pk
            record._state.adding = False
            record._state.db = connection.alias
        _copy(cursor, table, fields, records)


def update_records(model: type[models.Model], records: Sequence[Any], attributes: Sequence[str]) -> None:
    """One statement sets these fields (by name or column) of the records, found by their ids."""
    if not records:
        return
    named = set(attributes)
    fields = [f for f in model._meta.concrete_fields if {f.name, f.attname, f.column} & named]
    key = model._meta.pk
    table = model._meta.db_table
    sets = ", ".join(f'"{field.column}" = fresh."{field.column}"' for field in fields)
    columns = ", ".join(f'"{field.column}"' for field in (key, *fields))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.fresh_values")
        cursor.execute(
            f"CREATE TEMP TABLE fresh_values ON COMMIT DROP AS SELECT {columns} FROM {table} LIMIT 0"  # noqa: S608
        )
        _copy(cursor, "fresh_values", [key, *fields], records)
        cursor.execute("ANALYZE fresh_values")
        cursor.execute(
            f'UPDATE {table} record SET {sets} FROM fresh_values fresh WHERE fresh."{key.column}"'  # noqa: S608
            f' = record."{key.column}"'
        )


def _copy(cursor: Any, table: str, fields: Sequence[Field], records: Sequence[Any]) -> None:
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values_of = attrgetter(*[field.attname for field in fields])
    special = [(place, how) for place, field in enumerate(fields) if (how := _how(field))]
    lines: list[str] = []
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN WITH (NULL '{NULL}')") as copy:
        for record in records:
            values = [*values_of(record)]
            for place, how in special:
                value = values[place]
                if value is not None and (value.__class__ is not str or how is _json):
                    values[place] = how(value)
            lines.append(copied(values) + "\n")
            if len(lines) == BLOCK:  # the server stores these while the next are written
                copy.write("".join(lines))
                lines.clear()
        copy.write("".join(lines))


def _how(field: Field) -> Callable[[Any], Any] | None:
    """What makes plain values of a field's: JSON, times, and texts of a class of their own."""
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, models.DateTimeField):
        return datetime.isoformat
    if isinstance(field, models.DateField | models.DecimalField):
        return _dated
    if isinstance(field, models.CharField | models.TextField):
        return _text
    return None


def _json(value: Any) -> str:
    return "[]" if value == [] else _encoded(value)


def _dated(value: Any) -> Any:
    """A date or number that came as text stays text; PostgreSQL reads it."""
    return value if isinstance(value, date | Decimal) else str(value)


def _text(value: Any) -> str:
    text = str(value)
    return text if text.__class__ is str else str.__str__(text)
