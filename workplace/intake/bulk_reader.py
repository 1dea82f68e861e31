"""Reads one file of any size in a process of its own: `python -m workplace.intake.bulk_reader PATH NAME`.

Says the header as one JSON line; is then told on standard input which columns to give, and writes the rows
in PostgreSQL's COPY text format: line, key, columns that a workbook holds as numbers, first column beyond the
header, then the cells as they stand. Last, on standard error, one JSON object: `{"end": rows, "few": […],
"rising": …}` with the different texts of the columns asked for and whether each key was greater than the one
before it, so that none comes twice; or `{"refused": code, "params": {…}}`.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NoReturn

from authenticity.texts import compact
from workplace.intake.csv_text import csv_rows
from workplace.intake.reader import MEMORY, check_cells, is_workbook, text_of
from workplace.intake.refusal import Refused
from workplace.intake.sheet_stream import sheet_rows
from workplace.intake.workbook_check import letters

CPU_SECONDS = 3_600
BLOCK_ROWS = 2_000
FEW = 60_000


def limit_self() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))  # SIGXCPU first, then SIGKILL
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def rows_of(path: Path, *, typed: bool) -> Iterator[tuple[int, list[Any]]]:
    return sheet_rows(path) if typed else csv_rows(path)


class Wanted:
    """What to give of each row: the places of columns, of the key, and of those with few different texts."""

    def __init__(self, said: dict[str, Any]) -> None:
        self.places: list[int] = said["places"]
        self.key: int = said["key"]
        self.width: int = said["width"]
        self.row_limit: int = said["row_limit"]
        self.few: dict[int, set[str] | None] = {place: set() for place in said["few"]}
        self.whole = self.places == list(range(self.width))

    def note_few(self, rows: list[list[str]]) -> None:
        for place, seen in self.few.items():
            if seen is not None:
                seen.update([row[place] for row in rows])
                if len(seen) > FEW:
                    self.few[place] = None


class Rows:
    """Turns rows into lines of COPY; raises Refused for a sign that no database stores.

    `typed`: a cell may be a number or a day, not only a text.
    """

    def __init__(self, wanted: Wanted, out: IO[bytes], *, typed: bool) -> None:
        self.wanted = wanted
        self.typed = typed
        self.out = out
        self.count = 0
        self.rising = True
        self._last = ""
        self._lines: list[str] = []
        self._kept: list[list[str]] = []

    def take(self, line: int, cells: list[Any]) -> None:
        wanted = self.wanted
        numbers = extra = ""
        if self.typed and any(isinstance(cell, dict) for cell in cells):
            numbers = ",".join(str(place) for place, cell in enumerate(cells) if isinstance(cell, dict))
            cells = [text_of(cell) for cell in cells]
        if len(cells) != wanted.width:
            if any(cell.strip() for cell in cells[wanted.width :]):
                extra = letters(wanted.width)
            cells = cells[: wanted.width] + [""] * (wanted.width - len(cells))
        joined = "\t".join(cells if wanted.whole else [cells[place] for place in wanted.places])
        if not extra and not joined.strip() and not any(cell.strip() for cell in cells):
            return
        self._count(line, cells, joined)
        if "\\" in joined or "\n" in joined or "\r" in joined or joined.count("\t") != len(wanted.places) - 1:
            joined = "\t".join([escaped(cells[place]) for place in wanted.places])
        key = cells[wanted.key]
        if not (key.isascii() and key.isalnum()):
            key = escaped(compact(key))
        key = key[:120]
        if key > self._last:
            self._last = key
        elif key:
            self.rising = False
        self._lines.append(f"{line}\t{key}\t{numbers}\t{extra}\t{joined}")
        self._kept.append(cells)
        if len(self._lines) >= BLOCK_ROWS:
            self.flush()

    def _count(self, line: int, cells: list[str], joined: str) -> None:
        if "\x00" in joined:
            check_cells(line, cells)
        self.count += 1
        if self.count > self.wanted.row_limit:
            raise Refused("too_many_rows", limit=self.wanted.row_limit)

    def flush(self) -> None:
        try:
            block = "\n".join(self._lines).encode()
        except UnicodeEncodeError:
            for text, cells in zip(self._lines, self._kept, strict=True):
                check_cells(int(text.split("\t", 1)[0]), cells)
            raise
        if block:
            self.out.write(block + b"\n")
        self.wanted.note_few(self._kept)
        self._lines, self._kept = [], []


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def read(path: Path, name: str) -> dict[str, Any]:
    typed = is_workbook(path, name)
    rows = rows_of(path, typed=typed)
    for line, cells in rows:
        if any(text_of(cell).strip() for cell in cells):
            check_cells(line, cells)
            header = [text_of(cell) for cell in cells]
            break
    else:
        raise Refused("empty_file")
    sys.stdout.buffer.write(json.dumps({"header": header, "line": line}).encode() + b"\n")
    sys.stdout.buffer.flush()
    answer = sys.stdin.readline()
    if not answer:
        return {"end": 0, "few": {}, "rising": True}
    wanted = Wanted(json.loads(answer))
    taken = Rows(wanted, sys.stdout.buffer, typed=typed)
    for line, cells in rows:
        taken.take(line, cells)
    taken.flush()
    few = {place: sorted(seen) for place, seen in wanted.few.items() if seen is not None}
    return {"end": taken.count, "few": few, "rising": taken.rising}


def main(arguments: list[str]) -> NoReturn:
    limit_self()
    gc.disable()  # rows hold no circles
    try:
        said = read(Path(arguments[0]), arguments[1])
    except Refused as refusal:
        said = {"refused": refusal.code, "params": refusal.params}
    except MemoryError:
        said = {"refused": "too_big_inside", "params": {}}
    sys.stdout.buffer.flush()
    os.close(sys.stdout.fileno())  # the end of the rows; closing the object would leave it open
    sys.stderr.write(json.dumps(said))
    sys.stderr.flush()
    os._exit(0)  # nothing is left to flush on the closed descriptor


if __name__ == "__main__":
    main(sys.argv[1:])
