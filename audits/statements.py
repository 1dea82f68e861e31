"""A queryset compiled once to text that is asked again and again, with places left open for ids.

Django switches the server's prepared statements off; here they are what makes a hundred rules cheap.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.postgresql.psycopg_any import mogrify
from django.db.models import BigIntegerField, BooleanField, Expression, F, QuerySet

PLACE = re.compile(r"%(%|s)")
# Planning a hundred conditions costs more than answering them for a few rows, and for a few rows an
# index is always right, whatever the statistics of a column that is mostly blank make of it.
FOR_A_FEW = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
# And for many rows it is wrong to look anything up row by row, however few are expected to be left.
FOR_MANY = {"enable_nestloop": "off", "enable_mergejoin": "off"}
# Where all that is joined stands in the order of the same ids, nothing need be hashed.
IN_ORDER = {"enable_hashjoin": "off"}
AS_PLANNED: dict[str, str] = {}
# What a run may bring.
TYPES = {
    "ids": "bigint[]",
    "low": "bigint",
    "high": "bigint",
    "since": "timestamptz",
}
NAMED = re.compile(r"%\((\w+)\)s")
MOST_PREPARED = 60
_PREPARED: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()
_NAMES = itertools.count(1)


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

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s::bigint", [self._slot]


class AnyOf(Expression):
    """Whether a column is one of these ids, or of those that a run brings by name; filters and Q take it."""

    conditional = True
    output_field = BooleanField()

    def __init__(self, column: str, ids: str | list[int]) -> None:
        super().__init__()
        self._column: Any = F(column)
        self._ids = Slot(ids) if isinstance(ids, str) else ids

    def get_source_expressions(self) -> list[Any]:
        return [self._column]

    def set_source_expressions(self, exprs: Any) -> None:
        (self._column,) = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, parameters = compiler.compile(self._column)
        return f"{column} = ANY(%s::bigint[])", [*parameters, self._ids]


@dataclass(frozen=True)
class Statement:
    """SQL with every constant written out and `%(name)s` where a run brings its own."""

    text: str

    def run(
        self, values: Mapping[str, Any], *, often: bool = False, tuned: Mapping[str, str] = AS_PLANNED
    ) -> list[tuple[Any, ...]]:
        """All rows; with `often` the server keeps the plan for this connection, made for a few rows."""
        with connection.cursor() as wrapped, connection.wrap_database_errors:
            cursor = wrapped.cursor  # the wrapped one puts the history's context before what is no SELECT
            if often:
                self._execute_kept(cursor, values)
            else:
                _execute(cursor, self.text, values, tuned)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def _execute_kept(self, cursor: Any, values: Mapping[str, Any]) -> None:
        """By PREPARE and EXECUTE of our own: psycopg forgets what it prepared with every rollback."""
        used = sorted(set(NAMED.findall(self.text)))
        known = _PREPARED.setdefault(connection.connection, {})
        if self.text not in known:
            if len(known) >= MOST_PREPARED:
                cursor.execute(f"DEALLOCATE {known.pop(next(iter(known)))}")
            known[self.text] = self._prepared(cursor, used)
        given = ", ".join(f"%s::{_type_of(each)}" for each in used)
        execute = f"EXECUTE {known[self.text]}{f'({given})' if used else ''}"
        _execute(cursor, execute, [values[each] for each in used], FOR_A_FEW)

    def _prepared(self, cursor: Any, used: list[str]) -> str:
        name = f"zx_{next(_NAMES)}"
        places = {each: f"${place}" for place, each in enumerate(used, 1)}
        types = ", ".join(map(_type_of, used))
        text = NAMED.sub(lambda found: places[found[1]], self.text).replace("%%", "%")
        cursor.execute(f"PREPARE {name}{f' ({types})' if used else ''} AS {text}")
        return name


def _execute(cursor: Any, text: str, values: Any, tuned: Mapping[str, str]) -> None:
    """In one round trip, under settings that hold for this text alone."""
    before = "".join(f"SET {name} = {value}; " for name, value in tuned.items())
    after = "".join(f"; RESET {name}" for name in tuned)
    cursor.execute(f"{before}{text}{after}", values)
    for _setting in tuned:
        cursor.nextset()


def _type_of(name: str) -> str:
    return TYPES[name]


def compiled(queryset: QuerySet[Any, Any]) -> Statement | None:
    """None where no row can be found, such as a comparison with an empty list."""
    try:
        text, parameters = queryset.query.get_compiler(connection.alias).as_sql()
    except EmptyResultSet:
        return None
    return written(text, parameters)


def together(querysets: Iterable[QuerySet[Any, Any]]) -> Statement | None:
    """All rows of all of them, one after the other."""
    found = [statement.text for each in querysets if (statement := compiled(each)) is not None]
    return Statement(" UNION ALL ".join(f"({text})" for text in dict.fromkeys(found))) if found else None


def written(text: str, parameters: Iterable[Any]) -> Statement:
    """Every parameter but the slots becomes part of the text."""
    connection.ensure_connection()
    values = list(parameters)
    literals = {key: _literal(value) for key, value in {_key(value): value for value in values}.items()}
    left = map(_key, values)

    def place(found: re.Match[str]) -> str:
        return "%%" if found[1] == "%" else literals[next(left)]

    return Statement(PLACE.sub(place, text))


def _key(parameter: Any) -> str:
    """By which the same constant is told again: a statement has thousands of places and few constants."""
    return f"{type(parameter).__name__} {parameter!r}"


def _literal(parameter: Any) -> str:
    if isinstance(parameter, Slot):
        return f"%({parameter.name})s"
    return mogrify("%s", [parameter], connection).replace("%", "%%")
