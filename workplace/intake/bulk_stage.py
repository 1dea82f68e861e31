"""Brings the rows of a large file, as they stand there, into the unlogged stage."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction

from workplace.first_load import STAGED_COLUMNS, is_busy
from workplace.intake import headers
from workplace.intake.bulk_plain import plain_of
from workplace.intake.kinds import kind_of
from workplace.intake.parsing import plain_name
from workplace.intake.plan import FileRefused
from workplace.models import BulkLoad

WALL_SECONDS = 4 * 3_600
BLOCK = 1 << 18
Tick = Callable[[int], None]
ALONE = "SELECT NOT EXISTS (SELECT 1 FROM workplace_stagedrow WHERE load_id < %s OR load_id > %s)"


class ReaderKilled(Exception):
    """The reading process was killed, and not by its own limits."""


def stage(load: BulkLoad, path: Path, name: str, tick: Tick) -> bool:
    """One transaction; `tick(lines)` tells how many were staged so far. Raises FileRefused.

    True when the rows stand in the order of their keys, so that no key comes twice.

    A reader that was killed from outside gets a second try; its own limits end it in other ways.
    """
    try:
        return _read(load, path, name, tick)
    except ReaderKilled:
        try:
            return _read(load, path, name, tick)
        except ReaderKilled as again:
            raise FileRefused([{"code": "too_big_inside", "params": {}}]) from again


def _read(load: BulkLoad, path: Path, name: str, tick: Tick) -> bool:
    command = [sys.executable, "-m", "workplace.intake.bulk_reader", str(path), plain_name(name)]
    child = subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env={"PYTHONIOENCODING": "utf-8", "PATH": "/usr/bin:/bin"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with child:
        try:
            return _stage(load, child, tick)
        except BrokenPipeError as error:
            raise ReaderKilled from error
        finally:
            child.kill()


def codes_of(load: BulkLoad) -> list[str]:
    """The columns that are read, in the order of the staged cells."""
    return [column["code"] for column in load.columns if column["code"]]


def forget(load: BulkLoad) -> None:
    """Empties the stage where no other load is in it: a million deleted rows would stay to be swept up."""
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute("LOCK TABLE workplace_stagedrow IN ACCESS EXCLUSIVE MODE NOWAIT")
                cursor.execute(ALONE, [load.pk, load.pk])
                if cursor.fetchone()[0]:
                    cursor.execute("TRUNCATE workplace_stagedrow")
                    return
        except OperationalError as error:
            if not is_busy(error):
                raise
    _take_out(load)


def _take_out(load: BulkLoad) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM workplace_stagedrow WHERE load_id = %s", [load.pk])


def staged_rows(load: BulkLoad) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM workplace_stagedrow WHERE load_id = %s", [load.pk])
        return int(cursor.fetchone()[0])


def _stage(load: BulkLoad, child: subprocess.Popen[bytes], tick: Tick) -> bool:
    assert child.stdin  # noqa: S101 - asked for above
    assert child.stdout  # noqa: S101 - the same
    first = child.stdout.readline()
    if not first.endswith(b"\n"):
        _last_of(child)
    said = json.loads(first)
    codes = _match(load, said["header"])
    wanted = _wanted(load, codes)
    child.stdin.write(json.dumps(wanted).encode() + b"\n")
    child.stdin.close()
    with transaction.atomic():
        if load.rows:
            _take_out(load)
        _copy(load, child, len(wanted["places"]), tick)
        end = _last_of(child)
        if not end["end"]:
            raise FileRefused([{"code": "no_rows", "params": {}}])
        order = {str(place): str(turn) for turn, place in enumerate(wanted["places"])}
        load.few = {order[place]: texts for place, texts in end["few"].items()}
        load.rows = end["end"]
        load.save(update_fields=["columns", "few", "rows"])
    return bool(end["rising"])


def _match(load: BulkLoad, header: Sequence[str]) -> list[str | None]:
    found = headers.match(header, kind_of(load.kind).resource)
    if found.problems:
        raise FileRefused(found.problems)
    load.columns = [{"code": code, "header": header[place]} for place, code in enumerate(found.codes)]
    return found.codes


def _wanted(load: BulkLoad, codes: Sequence[str | None]) -> dict[str, Any]:
    read = [code for code in codes if code]
    plain = plain_of(load.kind, read)
    columns = kind_of(load.kind).resource.columns()
    key = next(code for code, column in columns.items() if column.key)
    return {
        "places": [place for place, code in enumerate(codes) if code],
        "key": codes.index(key),
        "width": len(codes),
        "row_limit": settings.BULK_ROW_LIMIT,
        "few": [place for place, code in enumerate(codes) if plain and code in plain.few],
    }


def _copy(load: BulkLoad, child: subprocess.Popen[bytes], width: int, tick: Tick) -> None:
    """The child's lines go into the database as they are, each with the number of the load before it."""
    assert child.stdout  # noqa: S101 - a pipe
    if width > STAGED_COLUMNS:
        raise ValueError(f"{width} columns do not fit the stage")
    cells = ", ".join(f"c{place:02d}" for place in range(width))
    statement = f"COPY workplace_stagedrow (load_id, line, key, numbers, extra, {cells}) FROM STDIN"
    prefix = f"{load.pk}\t".encode()
    deadline = time.monotonic() + WALL_SECONDS
    lines, rest = 0, b""
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        while block := child.stdout.read1(BLOCK):  # type: ignore[attr-defined]  # a buffered pipe
            head, newline, rest_after = (rest + block).rpartition(b"\n")
            rest = rest_after
            if newline:
                copy.write(prefix + head.replace(b"\n", b"\n" + prefix) + newline)
                lines += head.count(b"\n") + 1
                tick(lines)
            if time.monotonic() > deadline:
                raise FileRefused([{"code": "too_slow", "params": {"seconds": WALL_SECONDS}}])


def _last_of(child: subprocess.Popen[bytes]) -> dict[str, Any]:
    """What the child said last; one that was ended by its limits said nothing."""
    assert child.stderr  # noqa: S101 - a pipe
    try:
        last: dict[str, Any] = json.loads(child.stderr.read())
    except ValueError as error:
        if child.wait() == -signal.SIGKILL:
            raise ReaderKilled from error
        raise FileRefused([{"code": "too_big_inside", "params": {}}]) from error
    if "refused" in last:
        raise FileRefused([{"code": last["refused"], "params": last["params"]}])
    return last
