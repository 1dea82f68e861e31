"""Opens an archive of images within limits and hands its entries over one by one."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from workplace.intake.parsing import WALL_SECONDS
from workplace.intake.refusal import Refused


@dataclass(frozen=True)
class Entry:
    """`name` as the archive has it; `refused` says why nothing was unpacked."""

    name: str
    content: bytes = b""
    refused: str = ""


def archive_entries(content: bytes) -> Iterator[Entry]:
    """Raises Refused for what is no archive, or is too big inside."""
    with tempfile.TemporaryDirectory(prefix="zhenxin-images-") as folder:
        path, unpacked = Path(folder, "archive"), Path(folder, "unpacked")
        path.write_bytes(content)
        unpacked.mkdir()
        for said in _lines(path, unpacked):
            if "file" in said:
                yield Entry(said["name"], (unpacked / said["file"]).read_bytes())
            else:
                yield Entry(said["name"], refused=said["refused"])


def _lines(path: Path, folder: Path) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "workplace.intake.image_archive", str(path), str(folder)]
    try:
        done = subprocess.run(
            command,
            cwd=settings.BASE_DIR,
            env={"PYTHONIOENCODING": "utf-8", "PATH": "/usr/bin:/bin"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=WALL_SECONDS * 2,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused("too_slow", seconds=WALL_SECONDS * 2) from error
    lines = [json.loads(text) for text in done.stdout.decode("utf-8").splitlines()]
    if done.returncode != 0 or not lines:
        raise Refused("too_big_inside")
    last = lines.pop()
    if "refused" in last and "name" not in last:
        raise Refused(last["refused"], **last["params"])
    if last.get("end") != len(lines):
        raise Refused("too_big_inside")
    return lines
