"""An evidence pack as its verifier reads it: a folder or an archive, whose files must hold what they say.

Standard library only and Python 3.8 on: the verifier of an evidence pack holds this text word for word.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

NEAR = 1e-9


class NotTrue(Exception):
    """Something in the pack does not hold; the text says what."""


class FolderPack:
    """A pack as it was unpacked; every file below the folder belongs to it."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    def names(self) -> list[str]:
        found = (path for path in self.path.rglob("*") if not path.is_dir())
        return sorted(path.relative_to(self.path).as_posix() for path in found)

    def open(self, name: str) -> IO[bytes]:
        return (self.path / name).open("rb")


class ZipPack:
    """A pack as it was handed over."""

    def __init__(self, path: str) -> None:
        self.archive = zipfile.ZipFile(path)

    def names(self) -> list[str]:
        found = sorted(name for name in self.archive.namelist() if not name.endswith("/"))
        if len(found) != len(set(found)):
            raise NotTrue("two files of one name")
        return found

    def open(self, name: str) -> IO[bytes]:
        return self.archive.open(name)


def pack_at(path: str) -> Any:
    return FolderPack(path) if Path(path).is_dir() else ZipPack(path)


def content_of(pack: Any, name: str) -> bytes:
    with pack.open(name) as file:
        found: bytes = file.read()
        return found


def said_in(pack: Any, name: str) -> Any:
    return json.loads(content_of(pack, name).decode("utf-8"))


def must(holds: bool, what: str) -> None:
    if not holds:
        raise NotTrue(what)


def same(one: Any, other: Any) -> bool:
    """Numbers to the ninth digit, all else exactly."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(same(one[place], other[place]) for place in range(len(one)))
    numbers = (int, float)
    if isinstance(one, numbers) and isinstance(other, numbers):
        return bool(one == other or abs(one - other) <= NEAR * max(1.0, abs(one), abs(other)))
    return bool(one == other)
