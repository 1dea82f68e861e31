"""A frame as the text that is sealed: made by the server in parts, put in order here, never held as rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

PART = 100_000
"""Ids of one part: it is sorted alone, and needs memory for that."""
WRITTEN = 20_000
PARTS = """
    SELECT string_agg(number || E'\\t' || stratum, E'\\n')
      FROM ({frame}) AS frame (id, number, stratum) GROUP BY id / {part}
"""


@dataclass(frozen=True)
class _Part:
    """Sorted lines; `first` and `last` tell whether it overlaps with others."""

    first: str
    last: str
    text: str


def frame_text(rows: QuerySet[Any, Any]) -> Iterator[bytes]:
    """Of rows of (id, number, stratum); whole lines, in the order of the numbers' bytes."""
    frame, params = rows.query.sql_with_params()
    return text_of(frame, params)


def text_of(frame: str, params: Sequence[Any] = ()) -> Iterator[bytes]:
    """One statement, so one moment of the book; `frame` selects id, number and stratum."""
    statement = PARTS.format(frame=frame, part=PART)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        parts = [_sorted(text) for (text,) in cursor.cursor.stream(statement, params)]
    parts.sort(key=lambda part: part.first, reverse=True)
    while parts:
        together = [parts.pop()]
        last = together[0].last
        while parts and parts[-1].first <= last:
            together.append(parts.pop())
            last = max(last, together[-1].last)
        yield from _written(together)


def _sorted(text: str) -> _Part:
    """By the key: nothing in it comes before the tab that ends it."""
    lines = text.split("\n")
    lines.sort()
    return _Part(lines[0], lines[-1], "\n".join(lines))


def _written(parts: list[_Part]) -> Iterator[bytes]:
    """One after the other, or line by line where parts overlap."""
    if len(parts) == 1:
        yield parts[0].text.encode() + b"\n"
        return
    some: list[str] = []
    for line in merge(*(_lines(part.text) for part in parts)):
        some.append(line)
        if len(some) == WRITTEN:
            yield "\n".join(some).encode() + b"\n"
            some.clear()
    if some:
        yield "\n".join(some).encode() + b"\n"


def _lines(text: str) -> Iterable[str]:
    """One at a time: a list of all lines would take many times the memory of the text."""
    begin = 0
    while (end := text.find("\n", begin)) >= 0:
        yield text[begin:end]
        begin = end + 1
    yield text[begin:]
