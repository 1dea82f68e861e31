"""Processes that turn raw rows into finished ones, side by side with the database.

They are forked, so they know everything that this process knows, and touch neither its connections nor its
files. Each answers one block at a time; one that dies ends the load's attempt, never this process.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

MEMORY = 1024 * 1024 * 1024
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
        line, record_id, version, *cells = text.split("\t")
        if "\\" in text:
            cells = [unescaped(cell) for cell in cells]
        values = reader(cells)
        if values is None:
            odd.append(int(line))
        else:
            finished.append(f"{line}\t{record_id}\t{version}\t{copied(values)}\n")
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
    return "\t".join([_copied(value) for value in values])


def _copied(value: Any) -> str:
    """One value in COPY's text format."""
    if value is None:
        return "\\N"
    if value is True:
        return "t"
    if value is False:
        return "f"
    if type(value) is list or type(value) is tuple:
        return "{" + ",".join([f'"{each}"' for each in value]) + "}" if value else "{}"
    text = value if type(value) is str else str(value)
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        text = text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return text


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
