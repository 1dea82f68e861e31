"""Processes that turn raw rows into finished ones, side by side with the database.

They are forked, so they know everything that this process knows, and touch neither its connections nor its
files. Each answers one block at a time; one that dies ends the load's attempt, never this process.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

MEMORY = 1024 * 1024 * 1024
# Stands for NULL in what is given back; a text that is just this sign is written with an escape.
NULL = "\x1fNULL\x1f"
_SIGN = "\\x1fNULL\x1f"
_HEAD = struct.Struct("!QQ")
RowReader = Callable[[list[str]], Sequence[Any] | None]


class WorkerDied(Exception):
    """The process of a block has gone; the load starts its phase again."""


class Worker:
    """One process: takes blocks of COPY text, gives back finished lines and the lines that are not plain."""

    def __init__(self, make: Callable[[], RowReader]) -> None:
        down, self._to = os.pipe()
        self._from, up = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._to)
            os.close(self._from)
            _serve(make, down, up)
        os.close(down)
        os.close(up)

    def send(self, block: bytes) -> None:
        try:
            _write(self._to, _HEAD.pack(len(block), 0) + block)
        except BrokenPipeError as error:
            raise WorkerDied from error

    def receive(self) -> tuple[bytes, list[int]]:
        size, odd = _HEAD.unpack(_read(self._from, _HEAD.size))
        finished = _read(self._from, size)
        lines: list[int] = json.loads(_read(self._from, odd))
        return finished, lines

    def close(self) -> None:
        """Ends the process, which may be in the middle of a block."""
        os.close(self._to)
        os.close(self._from)
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            return


def finished_blocks(
    blocks: Iterable[bytes], make: Callable[[], RowReader], count: int
) -> Iterator[tuple[bytes, list[int]]]:
    """The answer to each block, in order; while one is taken the others are being worked on."""
    workers = [Worker(make) for _ in range(count)]
    try:
        waiting: list[Worker] = []
        for place, block in enumerate(blocks):
            worker = workers[place % count]
            if len(waiting) == count:
                answer = waiting.pop(0).receive()
                worker.send(block)
                waiting.append(worker)
                yield answer
            else:
                worker.send(block)
                waiting.append(worker)
        for worker in waiting:
            yield worker.receive()
    finally:
        for worker in workers:
            worker.close()


def _serve(make: Callable[[], RowReader], down: int, up: int) -> None:
    """Never returns: the forked process ends here, without the goodbyes of the one it was made from."""
    status = 1
    try:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        reader = make()
        gc.freeze()  # what was there before the fork stays shared
        while head := _read(down, _HEAD.size, may_end=True):
            finished, odd = answer_of(_read(down, _HEAD.unpack(head)[0]), reader)
            told = json.dumps(odd).encode()
            _write(up, _HEAD.pack(len(finished), len(told)) + finished + told)
        status = 0
    finally:
        os._exit(status)


def answer_of(block: bytes, reader: RowReader) -> tuple[bytes, list[int]]:
    """Each line is `line, record id, version, cells`; the first three are handed through."""
    finished: list[str] = []
    odd: list[int] = []
    for text in block.decode().split("\n"):
        if not text:
            continue
        line, record_id, version, rest = text.split("\t", 3)
        cells = rest.split("\t")
        if "\\" in rest:
            cells = [unescaped(cell) for cell in cells]
        values = reader(cells)
        if values is None:
            odd.append(int(line))
        else:
            known = f"{NULL}\t{NULL}" if record_id == "\\N" else f"{record_id}\t{version}"
            finished.append(f"{line}\t{known}\t{copied(values)}\n")
    return "".join(finished).encode(), odd


def unescaped(cell: str) -> str:
    if "\\" not in cell:
        return cell
    parts = cell.split("\\\\")
    signs = (("\\t", "\t"), ("\\n", "\n"), ("\\r", "\r"), ("\\b", "\b"), ("\\f", "\f"), ("\\v", "\v"))
    for sign, meant in signs:
        parts = [part.replace(sign, meant) for part in parts]
    return "\\".join(parts)


def copied(values: Sequence[Any]) -> str:
    """In COPY's text format, where NULL is the sign NULL."""
    parts = [value if value.__class__ is str else _WRITTEN[value.__class__](value) for value in values]
    joined = "\t".join(parts)
    if "\\" in joined or "\n" in joined or "\r" in joined or joined.count("\t") != len(parts) - 1:
        parts = [_escaped(part) for part in parts]
        joined = "\t".join(parts)
    if joined.count(NULL) != values.count(None):
        told_apart = zip(parts, values, strict=True)
        return "\t".join(
            [_SIGN if part == NULL and value is not None else part for part, value in told_apart]
        )
    return joined


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace("\t", "\\t")
    return text.replace("\n", "\\n").replace("\r", "\\r")


@lru_cache(maxsize=100_000)
def _day(value: date) -> str:
    return value.isoformat()


def _array(values: Sequence[str]) -> str:
    quoted = [each.replace("\\", "\\\\").replace('"', '\\"') for each in values]
    return "{" + ",".join([f'"{each}"' for each in quoted]) + "}" if values else "{}"


_WRITTEN: dict[type, Callable[[Any], str]] = {
    type(None): lambda value: NULL,
    bool: lambda value: "t" if value else "f",
    int: str,
    Decimal: str,
    date: _day,
    list: _array,
    tuple: _array,
}


def _write(target: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(target, view[: 1 << 20]) :]


def _read(source: int, size: int, *, may_end: bool = False) -> bytes:
    parts: list[bytes] = []
    left = size
    while left:
        part = os.read(source, min(left, 1 << 20))
        if not part:
            if may_end and left == size:
                return b""
            raise WorkerDied
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
