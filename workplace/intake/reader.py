"""Reads one file in a process of its own: `python -m workplace.intake.reader PATH NAME ROWS`.

Writes JSON lines: the header, then `[line, cells]`; a cell is its text, or `{"n": text}` when the workbook
holds it as a number, a date or a truth value. Last comes `{"end": rows}`, or instead of anything else
`{"refused": code, "params": {…}}`. Knows nothing of Django and of the book.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from workplace.intake.csv_text import csv_rows
from workplace.intake.refusal import Refused
from workplace.intake.workbook_check import check_workbook, is_zip, letters

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 60
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

Cell = str | dict[str, str]


def limit_self() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))  # SIGXCPU first, then SIGKILL
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def rows_of(path: Path, name: str, row_limit: int) -> Iterator[tuple[int, list[Any]]]:
    """Every row with something in it, numbered as the file numbers them; raises Refused."""
    if is_workbook(path, name):
        return workbook_rows(path, row_limit)
    return csv_rows(path)


def is_workbook(path: Path, name: str) -> bool:
    """By the first bytes; raises Refused for what is neither a workbook nor text."""
    suffix = Path(name).suffix.lower()
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise Refused("empty_file")
    if head == OLE:
        raise Refused("password" if holds(path, ENCRYPTED) else "old_excel")
    if suffix in (".xls", ".xlsb", ".xlsm", ".ods", ".et"):
        raise Refused("macros" if suffix == ".xlsm" else "old_excel" if suffix == ".xls" else "other_format")
    if is_zip(head):
        return True
    if suffix == ".xlsx":
        raise Refused("broken_workbook")
    return False


def holds(path: Path, sign: bytes) -> bool:
    """Looked for block by block, also across two of them."""
    with path.open("rb") as file:
        before = b""
        while block := file.read(1 << 20):
            if sign in before + block:
                return True
            before = block[-len(sign) :]
    return False


def workbook_rows(path: Path, row_limit: int) -> Iterator[tuple[int, list[Cell]]]:
    from python_calamine import CalamineError, CalamineWorkbook, ZipError  # noqa: PLC0415 - after the limits

    last_row = check_workbook(path, row_limit)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        sheet = workbook.get_sheet_by_index(0)
    except (CalamineError, ZipError, OSError) as error:
        raise Refused("broken_workbook") from error
    if sheet.start is None or sheet.end is None:
        raise Refused("empty_file")
    if sheet.end[0] + 1 < last_row:
        raise Refused("rows_lost", read=sheet.end[0] + 1, held=last_row)
    first = sheet.start[0] + 1
    pad: list[Cell] = [""] * sheet.start[1]
    for place, values in enumerate(sheet.to_python(skip_empty_area=True)):
        yield first + place, pad + [cell_of(value) for value in values]


def cell_of(value: Any) -> Cell:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return {"n": "true" if value else "false"}
    if isinstance(value, float | int):
        whole = float(value).is_integer() and abs(value) < 1e15
        return {"n": str(int(value)) if whole else repr(value)}
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return {"n": text.removesuffix("T00:00:00")}


def text_of(cell: Cell) -> str:
    return cell["n"] if isinstance(cell, dict) else cell


def check_cells(line: int, cells: Iterable[Cell]) -> None:
    """A sign that no database stores refuses the file by the name of its cell."""
    for place, cell in enumerate(cells):
        text = text_of(cell)
        if text.isprintable():  # neither sign is
            continue
        if "\x00" in text:
            raise Refused("nul_byte", cell=f"{letters(place)}{line}")
        if any("\ud800" <= sign <= "\udfff" for sign in text):
            raise Refused("broken_character", cell=f"{letters(place)}{line}")


def lines(path: Path, name: str, row_limit: int) -> Iterator[object]:
    count = 0
    header = False
    for line, cells in rows_of(path, name, row_limit):
        if not any(text_of(cell).strip() for cell in cells):
            continue
        check_cells(line, cells)
        if not header:
            header = True
            yield {"header": [text_of(cell) for cell in cells], "line": line}
            continue
        count += 1
        if count > row_limit:
            raise Refused("too_many_rows", limit=row_limit)
        yield [line, cells]
    if not header:
        raise Refused("empty_file")
    yield {"end": count}


def main(arguments: list[str]) -> int:
    path, name, row_limit = Path(arguments[0]), arguments[1], int(arguments[2])
    limit_self()
    try:
        for line in lines(path, name, row_limit):
            sys.stdout.write(json.dumps(line) + "\n")
    except Refused as refusal:
        sys.stdout.write(json.dumps({"refused": refusal.code, "params": refusal.params}) + "\n")
    except MemoryError:
        sys.stdout.write(json.dumps({"refused": "too_big_inside", "params": {}}) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
