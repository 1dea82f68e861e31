"""Rows of a CSV file: by its byte order mark, else UTF-8, else GB18030; never by guessing over errors."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Any

from workplace.intake.refusal import Refused

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CELL_LIMIT = 100_000


def csv_rows(content: bytes) -> Iterator[tuple[int, list[Any]]]:
    text = decode(content)
    csv.field_size_limit(CELL_LIMIT)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    place = 0
    while True:
        place += 1
        try:
            yield place, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Refused("broken_csv", line=place) from error


def decode(content: bytes) -> str:
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _strictly(content, encoding)
    if b"\x00" in content:
        raise Refused("binary_file")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _strictly(content, "gb18030")


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused("encoding", byte=error.start) from error


def delimiter_of(text: str) -> str:
    """The sign that the first line holds most often; a comma when there is none."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    return max(",;\t", key=lambda sign: (first.count(sign), sign == ","))
