"""Whether two records are one person: what agrees and what differs, each with its weight in bits.

A weight is log2 of how much likelier this agreement is between two records of one person than between two
people, set by hand from the sizes of the fields (8,192 birth dates in use are 13 bits) and from what was
measured on planted pairs. The score is their sum; what is missing on either side says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from customers.duplicates.likeness import near_date, one_slip, same_sound

RecordT = TypeVar("RecordT")


class Person(NamedTuple):
    """What of a person is compared; dates as ISO text, empty where nothing is known."""

    name: str = ""
    sex: str = ""
    birth_date: str = ""
    id_type: str = ""
    id_key: str = ""
    id_valid: bool = False
    mobile: str = ""
    landline: str = ""
    email: str = ""
    address_key: int | None = None


class Line(NamedTuple):
    """One line of an explanation: the field, how it compares, and what that weighs."""

    field: str
    level: str
    weight: int


@dataclass(frozen=True)
class Crowds:
    """Contacts that so many hold that sharing them says little; beyond those keys all are rare."""

    mobile: Collection[str] = frozenset()
    landline: Collection[str] = frozenset()
    email: Collection[str] = frozenset()


@dataclass(frozen=True)
class Level(Generic[RecordT]):
    code: str
    weight: int
    holds: Callable[[RecordT, RecordT, Crowds], bool]


@dataclass(frozen=True)
class Clue(Generic[RecordT]):
    """One field: the first level that holds counts; none holds where a side is silent."""

    field: str
    levels: Sequence[Level[RecordT]]


@dataclass(frozen=True)
class Comparison:
    score: int
    lines: list[Line] = field(default_factory=list)

    def as_json(self) -> list[list[Any]]:
        return [list(line) for line in self.lines]


def compare_by(clues: Iterable[Clue[RecordT]], left: RecordT, right: RecordT, crowds: Crowds) -> Comparison:
    lines = []
    for clue in clues:
        for level in clue.levels:
            if level.holds(left, right, crowds):
                lines.append(Line(clue.field, level.code, level.weight))
                break
    return Comparison(sum(line.weight for line in lines), lines)


def compare(left: Person, right: Person, crowds: Crowds) -> Comparison:
    return compare_by(CLUES, left, right, crowds)


Test = Callable[[Person, Person, Crowds], bool]


def _both(name: str) -> Callable[[Person, Person], bool]:
    place = Person._fields.index(name)
    return lambda left, right: bool(left[place]) and bool(right[place])


def _same(name: str) -> Test:
    place = Person._fields.index(name)
    return lambda left, right, crowds: left[place] == right[place] and bool(left[place])


def _differ(name: str) -> Test:
    given = _both(name)
    return lambda left, right, crowds: given(left, right)


def _slipped(name: str) -> Test:
    place, given = Person._fields.index(name), _both(name)
    return lambda left, right, crowds: given(left, right) and one_slip(str(left[place]), str(right[place]))


def _crowded(name: str) -> Test:
    place = Person._fields.index(name)
    return lambda left, right, crowds: left[place] == right[place] and left[place] in getattr(crowds, name)


def _two_documents(left: Person, right: Person, crowds: Crowds) -> bool:
    """Numbers of different kinds of document contradict nothing."""
    return bool(left.id_key and right.id_key and left.id_type != right.id_type)


def _slipped_number(left: Person, right: Person, crowds: Crowds) -> bool:
    """Not of two numbers that pass their check; of one upgraded from 15 digits the check digit is made."""
    if not left.id_key or not right.id_key or (left.id_valid and right.id_valid):
        return False
    return one_slip(left.id_key, right.id_key) or one_slip(left.id_key[:17], right.id_key[:17])


def _two_valid(left: Person, right: Person, crowds: Crowds) -> bool:
    """Two numbers that both pass their check are never one slip apart, and nobody has two."""
    return left.id_valid and right.id_valid


def _same_sound(left: Person, right: Person, crowds: Crowds) -> bool:
    return same_sound(left.name, right.name)


def _near_birth(left: Person, right: Person, crowds: Crowds) -> bool:
    return bool(left.birth_date and right.birth_date) and near_date(left.birth_date, right.birth_date)


CLUES: tuple[Clue[Person], ...] = (
    Clue(
        "id_no",
        (
            Level("same", 20, _same("id_key")),
            Level("other_kind", 0, _two_documents),
            Level("slip", 12, _slipped_number),
            Level("two_valid", -40, _two_valid),
            Level("differs", -8, _differ("id_key")),
        ),
    ),
    Clue(
        "name",
        (
            Level("same", 9, _same("name")),
            Level("sound", 7, _same_sound),
            Level("slip", -2, _slipped("name")),
            Level("differs", -8, _differ("name")),
        ),
    ),
    Clue(
        "birth_date",
        (
            Level("same", 13, _same("birth_date")),
            Level("slip", 5, _near_birth),
            Level("differs", -8, _differ("birth_date")),
        ),
    ),
    Clue("sex", (Level("same", 1, _same("sex")), Level("differs", -5, _differ("sex")))),
    Clue(
        "mobile",
        (
            Level("crowded", 2, _crowded("mobile")),
            Level("same", 14, _same("mobile")),
            Level("slip", 5, _slipped("mobile")),
            Level("differs", -1, _differ("mobile")),
        ),
    ),
    Clue("landline", (Level("crowded", 1, _crowded("landline")), Level("same", 8, _same("landline")))),
    Clue("email", (Level("crowded", 2, _crowded("email")), Level("same", 12, _same("email")))),
    Clue("address", (Level("same", 6, _same("address_key")),)),
)


def may_be_siblings(lines: Iterable[Line]) -> bool:
    """The same birth date with another given name and no document that says one or the other: look twice."""
    levels = {line.field: line.level for line in lines}
    proved = levels.get("id_no") in {"same", "slip"}
    return levels.get("birth_date") == "same" and levels.get("name") in {"slip", "differs"} and not proved
