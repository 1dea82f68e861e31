"""Starts the reading process, keeps it within its limits, and takes what it says line by line."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from workplace.intake.refusal import Refused
from workplace.intake.shapes import NumberText

WALL_SECONDS = 120


@dataclass
class Sheet:
    """A file as read: its header, and each row with its line in the file."""

    header: list[str]
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


def read_sheet(content: bytes, name: str) -> Sheet:
    """Raises Refused; also when the reading process was killed by its limits."""
    with tempfile.NamedTemporaryFile(prefix="zhenxin-read-") as copy:
        copy.write(content)
        copy.flush()
        output = _run(Path(copy.name), name)
    return _sheet(output)


def _run(path: Path, name: str) -> str:
    """Who was killed from outside gets a second try; its own limits end a reader in other ways."""
    done = _once(path, name)
    if done.returncode == -signal.SIGKILL:
        done = _once(path, name)
    if done.returncode != 0:
        raise Refused("too_big_inside")
    return done.stdout.decode("utf-8")


def _once(path: Path, name: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "workplace.intake.reader", str(path), plain_name(name)]
    try:
        return subprocess.run(
            [*command, str(settings.IMPORT_ROW_LIMIT)],
            cwd=settings.BASE_DIR,
            env={"PYTHONIOENCODING": "utf-8", "PATH": "/usr/bin:/bin"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=WALL_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused("too_slow", seconds=WALL_SECONDS) from error


def plain_name(name: str) -> str:
    """Only the ending matters to the reader; the name itself may hold personal data."""
    return "file" + Path(name).suffix.lower()[:10]


def _sheet(output: str) -> Sheet:
    sheet = Sheet(header=[])
    for text in output.splitlines():
        said: Any = json.loads(text)
        if isinstance(said, list):
            sheet.rows.append((said[0], [_cell(cell) for cell in said[1]]))
        elif "refused" in said:
            raise Refused(said["refused"], **said["params"])
        elif "header" in said:
            sheet.header = said["header"]
        elif said.get("end") == len(sheet.rows):
            return sheet
    raise Refused("too_big_inside")


def _cell(cell: str | dict[str, str]) -> str:
    return NumberText(cell["n"]) if isinstance(cell, dict) else cell


def packed(values: Mapping[str, str]) -> dict[str, Any]:
    """For a JSON column: a text that came from a number cell stays told apart."""
    return {code: {"n": str(v)} if isinstance(v, NumberText) else v for code, v in values.items()}


def unpacked(values: dict[str, Any]) -> dict[str, str]:
    return {code: NumberText(v["n"]) if isinstance(v, dict) else v for code, v in values.items()}
