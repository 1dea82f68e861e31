"""Looks into a workbook's own XML before anything unpacks it: how far its cells reach, what else it holds."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.parsers import expat

from workplace.intake.refusal import Refused

UNPACKED_LIMIT = 400 * 1024 * 1024
CELLS_LIMIT = 20_000_000
COLUMN_LIMIT = 500
CHUNK = 1024 * 1024
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def is_zip(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04")


def check_workbook(path: Path) -> int:
    """The last row with a value in the first sheet; refuses what could not be read whole and safely."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" not in names:
                raise Refused("other_format")
            if any(name.endswith("vbaProject.bin") for name in names):
                raise Refused("macros")
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_LIMIT:
                raise Refused("too_big_inside")
            sheet = first_sheet(archive)
            if sheet not in names:
                raise Refused("broken_workbook")
            return Extent().read(archive, sheet)
    except (zipfile.BadZipFile, expat.ExpatError, RuntimeError, EOFError, NotImplementedError) as error:
        raise Refused("broken_workbook") from error


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

    def __init__(self) -> None:
        self.row = self.column = 0
        self.last_row = self.last_column = 0
        self.in_value = False

    def read(self, archive: zipfile.ZipFile, name: str) -> int:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        with archive.open(name) as sheet:
            while chunk := sheet.read(CHUNK):
                parser.Parse(chunk, False)
        parser.Parse(b"", True)
        return self.last_row

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rsplit(":", 1)[-1]
        if local == "row":
            self.row = int(attributes["r"]) if attributes.get("r", "").isdecimal() else self.row + 1
            self.column = 0
        elif local == "c":
            self._cell(attributes.get("r", ""))
        elif local in ("v", "t"):
            self.in_value = True

    def _cell(self, reference: str) -> None:
        found = _CELL.fullmatch(reference)
        self.column = number_of(found[1]) if found else self.column + 1
        self.row = int(found[2]) if found else self.row

    def _end(self, tag: str) -> None:
        if tag.rsplit(":", 1)[-1] in ("v", "t"):
            self.in_value = False

    def _text(self, text: str) -> None:
        if not self.in_value or not text.strip():
            return
        self.last_row = max(self.last_row, self.row)
        self.last_column = max(self.last_column, self.column)
        if self.last_column > COLUMN_LIMIT or self.last_row * self.last_column > CELLS_LIMIT:
            raise Refused("cell_far_away", row=self.row, column=self.column)


def number_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
