"""Looks into a workbook's own XML before anything unpacks it: how far its cells reach, what else it holds."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from xml.parsers import expat

from workplace.intake.refusal import Refused

UNPACKED_LIMIT = 400 * 1024 * 1024
CELLS_LIMIT = 20_000_000
COLUMN_LIMIT = 500
CHUNK = 1024 * 1024
# A sheet is text that packs ten to thirty times smaller; deflate's most is a thousand times.
ENTRY_RATIO = 200
SMALL_ARCHIVE = 64 * 1024
BROKEN = (zipfile.BadZipFile, expat.ExpatError, zlib.error)
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def is_zip(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04")


def check_workbook(path: Path, row_limit: int) -> int:
    """The last row with a value in the first sheet; refuses what could not be read whole and safely."""
    with opened(path) as archive:
        return Extent(row_limit).read(archive, checked_sheet(archive, UNPACKED_LIMIT))


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; whatever is broken in it, then or while it is read, refuses the file."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (*BROKEN, RuntimeError, EOFError, NotImplementedError) as error:
        raise Refused("broken_workbook") from error


def checked_sheet(archive: zipfile.ZipFile, unpacked_limit: int) -> str:
    """The name of the first sheet of an archive that is a workbook, without macros and within the limit."""
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names:
        raise Refused("other_format")
    if any(name.endswith("vbaProject.bin") for name in names):
        raise Refused("macros")
    sizes = [entry.file_size for entry in archive.infolist()]
    if sum(sizes) > unpacked_limit or max(sizes) > ENTRY_RATIO * archive_size(archive):
        raise Refused("too_big_inside")
    sheet = first_sheet(archive)
    if sheet not in names:
        raise Refused("broken_workbook")
    return sheet


def archive_size(archive: zipfile.ZipFile) -> int:
    """Of the whole file, with a floor below which any ratio is harmless."""
    return max(sum(entry.compress_size for entry in archive.infolist()), SMALL_ARCHIVE)


def first_sheet(archive: zipfile.ZipFile) -> str:
    """The archive's name of the sheet that stands first."""
    relations: list[str] = []
    targets: dict[str, str] = {}

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag.rsplit(":", 1)[-1] == "sheet":
            relations.extend(value for name, value in attributes.items() if name.endswith(":id"))

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag.rsplit(":", 1)[-1] == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    for name, handler in (("xl/workbook.xml", sheet), ("xl/_rels/workbook.xml.rels", relation)):
        parser = expat.ParserCreate()
        parser.StartElementHandler = handler
        parser.Parse(archive.read(name), True)
    target = targets.get(relations[0], "") if relations else ""
    return target.removeprefix("/") if target.startswith("/xl/") else f"xl/{target}"


class Extent:
    """Walks the cells of a sheet; its stated dimension is not trusted, WPS writes a wrong one."""

    def __init__(self, row_limit: int) -> None:
        self.row_limit = row_limit
        self.rows = 0
        self.row = self.column = self.begun = 0
        self.last_row = self.last_column = 0
        self.in_value = self.is_error = False

    def read(self, archive: zipfile.ZipFile, name: str) -> int:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.CharacterDataHandler = self._text
        with archive.open(name) as sheet:
            while chunk := sheet.read(CHUNK):
                parser.Parse(chunk, False)
        parser.Parse(b"", True)
        return self.last_row

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rsplit(":", 1)[-1] if ":" in tag else tag
        self.in_value = local in ("v", "t")
        if local == "c":
            self.is_error = attributes.get("t") == "e"
            if found := _CELL.fullmatch(attributes.get("r", "")):
                column, row = found.groups()
                self.column, self.row = number_of(column), int(row)
            else:
                self.column += 1
        elif local == "row":
            self.row = int(attributes["r"]) if attributes.get("r", "").isdecimal() else self.row + 1
            self.column = 0
            self.begun = in_order(self.begun, self.row)

    def _text(self, text: str) -> None:
        if not self.in_value or text.isspace():
            return
        if self.is_error:
            raise Refused("error_cell", cell=f"{letters(self.column - 1)}{self.row}")
        if self.row > self.last_row:
            self.rows += 1
            self.last_row = self.row
        elif self.column <= self.last_column:
            return  # nothing has grown
        self.last_column = max(self.last_column, self.column)
        if self.last_column > COLUMN_LIMIT or self.last_row * self.last_column > CELLS_LIMIT:
            raise Refused("cell_far_away", row=self.row, column=self.column)
        if self.rows > self.row_limit + 1:
            raise Refused("too_many_rows", limit=self.row_limit)


def in_order(before: int, row: int) -> int:
    """The row; one that stands again, or further up, would take the place of another."""
    if row <= before:
        raise Refused("broken_workbook")
    return row


def letters(place: int) -> str:
    """Column 0 is A, 26 is AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


@lru_cache(maxsize=1_000)
def number_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
