"""Rows of a CSV file: by its byte order mark, else UTF-8, else GB18030; never by guessing over errors.

The file is looked through once for its encoding and read in a second go: none of it stays in memory.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path

from workplace.intake.refusal import Refused

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CELL_LIMIT = 100_000
BLOCK = 1 << 20
_PAIR = re.compile(rb"[\x81-\xfe]([\x40-\x7e\x80-\xfe])")
_FOREIGN = re.compile(rb"[\x81-\xfe][\x40-\x7e]")


def csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    encoding = encoding_of(path)
    csv.field_size_limit(CELL_LIMIT)
    with path.open(encoding=encoding, newline="") as text:
        reader = csv.reader(text, delimiter=delimiter_of(path, encoding), strict=True)
        place = 0
        while True:
            place += 1
            try:
                yield place, next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise Refused("broken_csv", line=place) from error


def encoding_of(path: Path) -> str:
    """Decodes the whole file once, strictly, and forgets it; raises Refused."""
    with path.open("rb") as file:
        head = file.read(4)
    for mark, encoding in MARKS:
        if head.startswith(mark):
            _raise(_fault(path, encoding))
            return encoding
    if _fault(path, "utf-8", no_nul=True) is None:
        return "utf-8"
    _raise(_fault(path, "gb18030", no_nul=True))
    _refuse_big5(path)
    return "gb18030"


def _fault(path: Path, encoding: str, *, no_nul: bool = False) -> int | None:
    """The byte at which the text ends to be text; None when all of it is."""
    decoder = codecs.getincrementaldecoder(encoding)()
    read = 0
    with path.open("rb") as file:
        while True:
            block = file.read(BLOCK)
            if no_nul and b"\x00" in block:
                raise Refused("binary_file")
            waiting = len(decoder.getstate()[0])
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return read - waiting + error.start
            if not block:
                return None
            read += len(block)


def _raise(fault: int | None) -> None:
    if fault is not None:
        raise Refused("encoding", byte=fault)


def _refuse_big5(path: Path) -> None:
    """Big5 passes for GB18030 and would enter as other characters: its second bytes give it away.

    Simplified Chinese keeps to second bytes from 0xA1 on; of Big5 text, two in five lie below 0x7F.
    """
    with path.open("rb") as file:
        sample = file.read(BLOCK)
    pairs = len(_PAIR.findall(sample))
    if pairs and len(_FOREIGN.findall(sample)) > pairs / 6:
        try:
            codecs.getincrementaldecoder("big5hkscs")().decode(sample)
        except UnicodeDecodeError:
            return
        raise Refused("big5")


def delimiter_of(path: Path, encoding: str) -> str:
    """The sign that the first line holds most often; a comma when there is none."""
    with path.open(encoding=encoding, newline="") as text:
        first = next((line for line in iter(lambda: text.readline(CELL_LIMIT), "") if line.strip()), "")
    return max(",;\t", key=lambda sign: (first.count(sign), sign == ","))
