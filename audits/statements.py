"""A queryset compiled once to text that is asked again and again, with places left open for ids.

Django switches the server's prepared statements off; here they are what makes a hundred rules cheap.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.postgresql.psycopg_any import mogrify
from django.db.models import BigIntegerField, BooleanField, Expression, F, QuerySet

PLACE = re.compile(r"%(%|s)")
# Planning a hundred conditions costs more than answering them for a few rows.
PLAN_ONCE = "SET plan_cache_mode = force_generic_plan"


@dataclass(frozen=True)
class Slot:
    """Stands among a statement's parameters for a value that each run brings."""

    name: str


class Open(Expression):
    """A whole number, or a column's comparison with several, that is known when the statement runs."""

    output_field = BigIntegerField()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._slot = Slot(name)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s::bigint", [self._slot]


class AnyOf(Expression):
    """Whether a column is one of the ids of the run; a condition that filters and Q take."""

    conditional = True
    output_field = BooleanField()

    def __init__(self, column: str, name: str) -> None:
        super().__init__()
        self._column: Any = F(column)
        self._slot = Slot(name)

    def get_source_expressions(self) -> list[Any]:
        return [self._column]

    def set_source_expressions(self, exprs: Any) -> None:
        (self._column,) = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, parameters = compiler.compile(self._column)
        return f"{column} = ANY(%s::bigint[])", [*parameters, self._slot]


@dataclass(frozen=True)
class Statement:
    """SQL with every constant written out and `%(name)s` where a run brings its own."""

    text: str

    def run(self, values: Mapping[str, Any], *, often: bool = False) -> list[tuple[Any, ...]]:
        """All rows; with `often` the server keeps the plan for this connection."""
        connection.ensure_connection()
        assert connection.connection is not None  # noqa: S101 - just ensured
        with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
            if often:
                cursor.execute(PLAN_ONCE)
            cursor.execute(self.text.encode(), values, prepare=often, binary=True)
            return cursor.fetchall()


def compiled(queryset: QuerySet[Any, Any]) -> Statement | None:
    """None where no row can be found, such as a comparison with an empty list."""
    try:
        text, parameters = queryset.query.get_compiler(connection.alias).as_sql()
    except EmptyResultSet:
        return None
    return written(text, parameters)


def written(text: str, parameters: Iterable[Any]) -> Statement:
    """Every parameter but the slots becomes part of the text."""
    connection.ensure_connection()
    left = iter(parameters)

    def place(found: re.Match[str]) -> str:
        return "%%" if found[1] == "%" else _literal(next(left))

    return Statement(PLACE.sub(place, text))


def _literal(parameter: Any) -> str:
    if isinstance(parameter, Slot):
        return f"%({parameter.name})s"
    return mogrify("%s", [parameter], connection).replace("%", "%%")
