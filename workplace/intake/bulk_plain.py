"""What a kind of record knows to do with millions of rows at once; each app registers its own.

A plain row needs no judging: no hold on its record, every cell readable, every reference known. Everything
else goes the road of small files, row by row, so this never decides what is rejected and why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from workplace.intake.bulk_workers import RowReader
from workplace.intake.columns import Column, Shape
from workplace.intake.shapes import Misshapen
from workplace.models import Staff


@dataclass(frozen=True)
class Expressions:
    """SQL of one value each: `f` is the finished row, `c` the record of the book, beside the joined tables.

    `finished` names each value that the reader gives, with its SQL type. `insert` fills a new record, whose
    other columns take their defaults; `update` a known one. A finished row that fails one of `needed` (over
    `f` and the joins), or of a known record one of `steady` (over `c` too), is odd after all.
    """

    finished: Sequence[tuple[str, str]]
    insert: Mapping[str, str]
    update: Mapping[str, str]
    joins: str = ""
    needed: Sequence[str] = ()
    steady: Sequence[str] = ()


class Plain:
    """One kind. `known` are the columns that it reads, `few` those of few different texts.

    `cell` gives the SQL of a staged cell, `means` what its text means, as text; NULL for no shape.
    """

    model: type[models.Model]
    record_kind: str
    known: frozenset[str]
    few: frozenset[str]
    needed: frozenset[str] = frozenset()
    """Columns without which a file goes row by row."""
    keys: frozenset[str] = frozenset()
    """Columns whose meaning `match` asks for."""
    touches = False
    """Whether `after` must know which records were written."""
    late = "c.number = f.number"
    """Which record of the book a finished row would have doubled."""

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def open_to(self, actor: Staff | None) -> bool:
        """Whoever reaches only a part of the book has every row judged by itself."""
        raise NotImplementedError

    def book(self) -> str:
        """The FROM item with the records of the book as `c`."""
        return f"{self.table} c"

    def match(self, means: Callable[[str], str]) -> str:
        """Which record of the book a staged row is about."""
        return "c.number = s.key"

    def key_parts(
        self, codes: Sequence[str], cell: Callable[[str], str], means: Callable[[str], str]
    ) -> Sequence[str]:
        """What beside `s.key` tells two rows of one file apart."""
        return ()

    def same(self, code: str, cell: str, means: Callable[[str], str]) -> str:
        """Enough for the row to say of this column what the book says; then it is not derived again."""
        raise NotImplementedError

    def reader(self, codes: Sequence[str]) -> Callable[[], RowReader]:
        """Made in the process that reads; None for a row that is not plain."""
        raise NotImplementedError

    def expressions(self, codes: Sequence[str]) -> Expressions:
        raise NotImplementedError

    def after(self, *, touched: str, at: datetime, whole: bool) -> None:
        """What follows from new and changed records, whose ids the temporary table `touched` holds."""


_PLAIN: dict[str, Plain] = {}


def register_plain(kind: str, plain: Plain) -> None:
    _PLAIN[kind] = plain


def plain_of(kind: str, codes: Sequence[str]) -> Plain | None:
    """None for kinds, and for files with columns, that only go row by row."""
    plain = _PLAIN.get(kind)
    if plain is None or not plain.needed <= set(codes) <= plain.known:
        return None
    return plain


UNREADABLE: Any = object()


class Memory:
    """Reads a shape once for each different text; gives UNREADABLE for what has none."""

    def __init__(self, shape: Shape, limit: int = 200_000) -> None:
        self.shape = shape
        self.limit = limit
        self.known: dict[str, Any] = {}

    def __call__(self, text: str) -> Any:
        try:
            return self.known[text]
        except KeyError:
            value = read_or_none(self.shape, text)
            if len(self.known) < self.limit:
                self.known[text] = value
            return value


def read_or_none(shape: Shape, text: str) -> Any:
    try:
        return shape.clean(text)
    except Misshapen:
        return UNREADABLE


def readable_texts(column: Column, texts: Sequence[str]) -> dict[str, str]:
    """Different texts of a column → what each means, as text; those without shape are left out."""
    meanings: dict[str, str] = {}
    for text in texts:
        if column.required and not text.strip():
            continue
        value = read_or_none(column.shape, text)
        if value is UNREADABLE:
            continue
        if isinstance(value, dict):
            value = value.get(column.code) if not value.get("id_long_term") else "long"
        meanings[text] = "" if value is None else str(value)
    return meanings
