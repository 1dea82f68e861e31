"""How a row of tests/rules/planted says what it plants and what is then found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from authenticity.choices import Stage
from tests.rules.book import Book, amend, rewrite, rewrite_party

Act = Callable[[Book], object]
Place = tuple[str, str]


@dataclass(frozen=True)
class Written:
    """Source fields of the holder or the insured: typed into the form too, before they stand in the book."""

    who: str
    values: Mapping[str, str]

    def __call__(self, book: Book) -> None:
        rewrite(getattr(book, self.who), **self.values)


@dataclass(frozen=True)
class Plant:
    code: str
    name: str
    act: Act
    found: frozenset[Place]
    """The codes after precedence, each with its field."""
    otherwise: Mapping[Stage, frozenset[Place]] = field(default_factory=dict)
    """Where a stage finds another set than the rest, because a rule that the others yield to is not asked."""


def plant(code: str, name: str, act: Act, *more: Place, field: str) -> Plant:
    return Plant(code, name, act, frozenset({(code, field), *more}))


def of_holder(**written: str) -> Act:
    return Written("holder", written)


def of_insured(**written: str) -> Act:
    return Written("insured", written)


def of_beneficiary(**written: str) -> Act:
    """Of the one who stands as written alone."""
    return lambda book: rewrite_party(book.beneficiary, **written)


def of_policy(**columns: object) -> Act:
    return lambda book: amend(book.policy, **columns)


def holder_set(**columns: object) -> Act:
    """Columns that no typed value derives, such as the day of a check."""
    return lambda book: amend(book.holder, **columns)
