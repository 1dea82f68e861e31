"""Which pairs of customers are worth comparing: those that have a strong key in common, found set-based.

Each key is grouped in the order of its index, so that no row of the table is read; only who holds a shared
key is looked up. A key held by more than `largest` (a placeholder, a hotline) is counted; of a contact so
crowded, only holders born on one day make pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from customers.duplicates.comparing import Crowds, Person

Pair = tuple[int, int]
Holder = tuple[int, date | None]
TABLE = "customers_customer"
WORK_MEMORY = "128MB"


@dataclass(frozen=True)
class Key:
    """What two records of one person have in common; an index holds the columns, so no row is read."""

    code: str
    columns: tuple[str, ...]
    given: str
    types: tuple[str, ...] = ("text",)
    crowd: str = ""


KEYS: tuple[Key, ...] = (
    Key("document", ("id_key",), "id_key <> ''"),
    Key("birth", ("name", "birth_date"), "name <> '' AND birth_date IS NOT NULL", ("text", "date")),
    Key("mobile", ("mobile",), "mobile <> ''", crowd="mobile"),
    Key("landline", ("landline",), "landline <> ''", crowd="landline"),
    Key("email", ("email",), "email <> ''", crowd="email"),
)
CONTACTS = ("mobile", "landline", "email")
SLIP = "slip"
STEPS = len(KEYS) + 1

_SHARED = """
    SELECT {columns}, count(*) FROM {table} WHERE {given} GROUP BY {columns} HAVING count(*) > 1
"""
_MEMBERS = """
    SELECT {columns}, id, birth_date FROM {table}
     WHERE merged_into_id IS NULL AND ({columns}) IN (SELECT * FROM unnest({arrays}) wanted)
"""
# Two numbers that pass their check are never one slip apart: one side of each pair fails it, or has none.
# A slip in one half of the number leaves the other half as it was.
_SLIPS = """
    WITH doubtful AS MATERIALIZED (
        SELECT id, name, left(id_key, 10) AS head, right(id_key, 7) AS tail FROM {table}
         WHERE id_check_ok IS NOT TRUE AND length(id_key) > 14 AND name <> '' AND merged_into_id IS NULL
    )
    SELECT least(other.id, doubtful.id), greatest(other.id, doubtful.id)
      FROM doubtful JOIN {table} other ON other.name = doubtful.name
       AND (left(other.id_key, 10) = doubtful.head OR right(other.id_key, 7) = doubtful.tail)
     WHERE other.id <> doubtful.id AND other.merged_into_id IS NULL
"""
_PERSONS = """
    SELECT id, name, sex, COALESCE(birth_date::text, ''), id_type,
           CASE WHEN 'REQ-008' = ANY(id_marks) THEN '' ELSE id_key END,
           id_check_ok IS TRUE, mobile, landline, email, address_key
      FROM {table} WHERE id = ANY(%s) AND merged_into_id IS NULL
"""


@dataclass
class Found:
    """Candidate pairs with the keys they share, the contacts that crowds hold, and keys that gave none."""

    pairs: dict[Pair, list[str]] = field(default_factory=dict)
    crowds: dict[str, set[str]] = field(default_factory=dict)
    crowded: int = 0

    def add(self, pairs: Iterable[Pair], code: str) -> None:
        for pair in pairs:
            self.pairs.setdefault(pair, []).append(code)

    def as_crowds(self) -> Crowds:
        return Crowds(**{name: frozenset(keys) for name, keys in self.crowds.items()})


def candidates(*, crowd: int, largest: int) -> Iterator[Found]:
    """STEPS steps, so that the caller can report progress; each yields the same, growing, `Found`.

    Must run inside a transaction, whose working memory it raises.
    """
    found = Found()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', %s, true)", [WORK_MEMORY])
        for key in KEYS:
            _collect(cursor, key, found, crowd, largest)
            yield found
        cursor.execute(_SLIPS.format(table=TABLE))
        found.add(set(cursor.fetchall()), SLIP)
        yield found


def _collect(cursor: Any, key: Key, found: Found, crowd: int, largest: int) -> None:
    columns = ", ".join(key.columns)
    cursor.execute(_SHARED.format(columns=columns, table=TABLE, given=key.given))
    shared = cursor.fetchall()
    found.crowded += sum(row[-1] > largest for row in shared)
    wanted = [row[:-1] for row in shared if row[-1] <= largest or key.crowd]
    members = _members(cursor, key, wanted)
    if key.crowd:
        found.crowds[key.crowd] = {str(group[0]) for group, held in members.items() if len(held) > crowd}
    for held in members.values():
        for ids in [[pk for pk, _born in held]] if len(held) <= largest else _born_together(held):
            if len(ids) <= largest:
                found.add(_pairs(sorted(ids)), key.code)


def _members(cursor: Any, key: Key, wanted: Sequence[tuple[Any, ...]]) -> dict[tuple[Any, ...], list[Holder]]:
    """Who holds each of the shared keys, with the birth date; the merged ones are left out."""
    members: dict[tuple[Any, ...], list[Holder]] = {}
    if wanted:
        arrays = ", ".join(f"%s::{kind}[]" for kind in key.types)
        statement = _MEMBERS.format(columns=", ".join(key.columns), table=TABLE, arrays=arrays)
        cursor.execute(statement, [list(column) for column in zip(*wanted, strict=True)])
        for row in cursor.fetchall():
            members.setdefault(row[:-2], []).append((row[-2], row[-1]))
    return members


def _born_together(held: Sequence[Holder]) -> list[list[int]]:
    """Of a crowd on one contact, only those of one birth date are worth comparing."""
    by_birth: dict[date, list[int]] = {}
    for pk, born in held:
        if born is not None:
            by_birth.setdefault(born, []).append(pk)
    return list(by_birth.values())


def _pairs(ids: Sequence[int]) -> Iterator[Pair]:
    for place, left in enumerate(ids):
        for right in ids[place + 1 :]:
            yield left, right


def persons(ids: Iterable[int]) -> dict[int, Person]:
    """What is compared of those customers; merged ones are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_PERSONS.format(table=TABLE), [list(ids)])
        return {row[0]: Person(*row[1:]) for row in cursor.fetchall()}
