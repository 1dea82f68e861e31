"""Reads the first sheet of a workbook row by row, whatever its size: neither sheet nor cells stay in memory.

Gives what the reader of small workbooks gives: a text, or `{"n": text}` for a number, a date, a truth value.
Of a merged area only the first cell holds the value; hidden rows and columns are read like the others.
"""

from __future__ import annotations

import re
import zipfile
from array import array
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.parsers import expat

from workplace.intake.reader import Cell, cell_of
from workplace.intake.refusal import Refused
from workplace.intake.workbook_check import (
    CHUNK,
    COLUMN_LIMIT,
    checked_sheet,
    in_order,
    letters,
    number_of,
    opened,
)

UNPACKED_LIMIT = 8 * 1024**3
STRINGS_LIMIT = 400 * 1024 * 1024
CELL_LIMIT = 100_000
_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_DATE_SIGN = re.compile(r"[ymdhs年月日]", re.IGNORECASE)
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def sheet_rows(path: Path) -> Iterator[tuple[int, list[Cell]]]:
    with opened(path) as archive:
        name = checked_sheet(archive, UNPACKED_LIMIT)
        book = _Book(archive)
        yield from _Sheet(book).rows(archive, name)


def local(tag: str) -> str:
    return tag.rsplit(":", 1)[-1]


def parse(archive: zipfile.ZipFile, name: str, handler: Any) -> Iterator[None]:
    """Feeds one part of the archive to `start`, `end` and `text` of the handler, block by block."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    with archive.open(name) as part:
        while block := part.read(CHUNK):
            parser.Parse(block, False)
            yield
    parser.Parse(b"", True)
    yield


class _Strings:
    """The shared texts of a workbook, packed into one buffer: millions of them fit."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.ends = array("Q", [0])
        self._parts: list[str] = []
        self._phonetic = False
        self._inside = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        self._inside = name == "t" and not self._phonetic
        if name == "rPh":
            self._phonetic = True

    def end(self, tag: str) -> None:
        name = local(tag)
        self._inside = False
        if name == "rPh":
            self._phonetic = False
        elif name == "si":
            self.buffer += "".join(self._parts).encode("utf-8", "surrogatepass")
            self.ends.append(len(self.buffer))
            self._parts.clear()
            if len(self.buffer) > STRINGS_LIMIT:
                raise Refused("too_big_inside")

    def text(self, text: str) -> None:
        if self._inside:
            self._parts.append(text)

    def __getitem__(self, place: int) -> str:
        if not 0 <= place < len(self.ends) - 1:
            raise Refused("broken_workbook")
        return self.buffer[self.ends[place] : self.ends[place + 1]].decode("utf-8", "surrogatepass")


class _Styles:
    """Which styles of cells are dates, and from which day the workbook counts them."""

    def __init__(self) -> None:
        self.custom: dict[str, bool] = {}
        self.dates: list[bool] = []
        self.origin = datetime(1899, 12, 30)  # noqa: DTZ001 - a day without a zone
        self._in_cells = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "numFmt":
            pattern = _QUOTED.sub("", attributes.get("formatCode", ""))
            self.custom[attributes.get("numFmtId", "")] = bool(_DATE_SIGN.search(pattern))
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            number = attributes.get("numFmtId", "0")
            known = number.isdecimal() and int(number) in _BUILT_IN_DATES
            self.dates.append(self.custom.get(number, known))
        elif name == "workbookPr" and attributes.get("date1904", "0") in ("1", "true"):
            self.origin = datetime(1904, 1, 1)  # noqa: DTZ001 - the same

    def end(self, tag: str) -> None:
        if local(tag) == "cellXfs":
            self._in_cells = False

    def text(self, text: str) -> None:
        """Nothing of a style is text."""

    def is_date(self, style: str) -> bool:
        return style.isdecimal() and int(style) < len(self.dates) and self.dates[int(style)]


class _Book:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.strings, self.styles = _Strings(), _Styles()
        names = set(archive.namelist())
        for name, handler in (
            ("xl/workbook.xml", self.styles),
            ("xl/styles.xml", self.styles),
            ("xl/sharedStrings.xml", self.strings),
        ):
            if name in names:
                for _block in parse(archive, name, handler):
                    pass

    def cell(self, kind: str, style: str, text: str) -> Cell:
        if kind == "s":
            return self.strings[int(text)] if text.strip().isdecimal() else ""
        if kind in ("str", "inlineStr"):
            return text
        if kind == "b":
            return cell_of(text.strip() == "1")
        if kind == "d":
            return {"n": text.strip().removesuffix("T00:00:00")}
        return self._number(style, text.strip())

    def _number(self, style: str, text: str) -> Cell:
        try:
            number = float(text)
        except ValueError:
            return text
        if not self.styles.is_date(style):
            return cell_of(number)
        try:
            return cell_of(self.styles.origin + timedelta(days=number))
        except (OverflowError, ValueError):
            return cell_of(number)


class _Sheet:
    """Collects the rows that one block of XML completes; the stated dimension is never read."""

    def __init__(self, book: _Book) -> None:
        self.book = book
        self.ready: list[tuple[int, list[Cell]]] = []
        self.line = self.column = 0
        self.cells: list[Cell] = []
        self.kind = self.style = ""
        self.parts: list[str] = []
        self.inside = False

    def rows(self, archive: zipfile.ZipFile, name: str) -> Iterator[tuple[int, list[Cell]]]:
        for _block in parse(archive, name, self):
            yield from self.ready
            self.ready.clear()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag if ":" not in tag else local(tag)
        if name == "c":
            place = _PLACE.fullmatch(attributes.get("r", ""))
            self.column = number_of(place[1]) if place else self.column + 1
            self.kind, self.style = attributes.get("t", ""), attributes.get("s", "0")
            self.parts.clear()
        elif name in ("v", "t"):
            self.inside = True
        elif name == "row":
            given = attributes.get("r", "")
            self.line = in_order(self.line, int(given) if given.isdecimal() else self.line + 1)
            self.column, self.cells = 0, []

    def text(self, text: str) -> None:
        if self.inside:
            self.parts.append(text)

    def end(self, tag: str) -> None:
        name = tag if ":" not in tag else local(tag)
        if name in ("v", "t"):
            self.inside = False
        elif name == "c" and self.parts:
            self._take("".join(self.parts))
        elif name == "row" and self.cells:
            self.ready.append((self.line, self.cells))

    def _take(self, text: str) -> None:
        cell = self.book.cell(self.kind, self.style, text)
        shown = cell["n"] if isinstance(cell, dict) else cell
        if not shown.strip():
            return
        if self.column > COLUMN_LIMIT:
            raise Refused("cell_far_away", row=self.line, column=self.column)
        if self.kind == "e":
            raise Refused("error_cell", cell=f"{letters(self.column - 1)}{self.line}")
        if len(shown) > CELL_LIMIT:
            raise Refused("too_big_inside")
        missing = self.column - len(self.cells)
        if missing > 0:
            self.cells.extend([""] * missing)
        self.cells[self.column - 1] = cell
