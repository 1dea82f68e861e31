"""A frame as the text that is sealed: made by the server stratum by stratum, put in order here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet

WRITTEN = 50_000
STRATA = """
    SELECT stratum, string_agg(number, E'\\n')
      FROM ({frame}) AS frame (id, number, stratum) GROUP BY stratum
"""


def frame_text(rows: QuerySet[Any, Any]) -> Iterator[bytes]:
    """Of rows of (id, number, stratum); whole lines, in the order of strata, then of numbers."""
    frame, params = rows.query.sql_with_params()
    return text_of(frame, params)


def text_of(frame: str, params: Sequence[Any] = ()) -> Iterator[bytes]:
    """One statement, so one moment of the book; `frame` selects id, number and stratum.

    The server's processes put the numbers together, which is much faster than row by row; a stratum is
    sorted alone, and mostly is in order already.
    """
    with connection.cursor() as cursor:
        strata = list(cursor.cursor.stream(STRATA.format(frame=frame), params))
    strata.sort(reverse=True)
    while strata:
        stratum, text = strata.pop()
        numbers = text.split("\n")
        del text
        numbers.sort()
        end = f"\t{stratum}\n"
        for begin in range(0, len(numbers), WRITTEN):
            yield (end.join(numbers[begin : begin + WRITTEN]) + end).encode()
