"""Unpacks an archive of images in a process: `python -m workplace.intake.image_archive PATH FOLDER`.

Writes each entry under a number of our own, never under its name, and a JSON line for it:
`{"name": …, "file": …}` or `{"name": …, "refused": code}`. Last comes `{"end": count}`, or instead of
anything else `{"refused": code, "params": {…}}`. Knows nothing of Django and of the book.
"""

from __future__ import annotations

import json
import resource
import stat
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from workplace.intake.refusal import Refused

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 120
ENTRIES = 2_000
ENTRY_BYTES = 25 * 1024 * 1024
WHOLE_BYTES = 1024 * 1024 * 1024
CHUNK = 1024 * 1024
ENCRYPTED = 0x1
BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, NotImplementedError, OSError)


def limit_self() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (ENTRY_BYTES, ENTRY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def entries(path: Path, folder: Path) -> Iterator[dict[str, object]]:
    """One line an entry; folders and what systems add of their own are passed over in silence."""
    try:
        with zipfile.ZipFile(path) as archive:
            rows = [
                one for one in archive.infolist() if not one.is_dir() and not _by_the_system(one.filename)
            ]
            if len(rows) > ENTRIES:
                raise Refused("too_many_rows", limit=ENTRIES)
            left = WHOLE_BYTES
            for number, entry in enumerate(rows, start=1):
                refusal = suspicious(entry)
                if not refusal:
                    refusal, used = _unpack(archive, entry, folder / f"{number:05d}", left)
                    left -= used
                if left < 0:
                    raise Refused("too_big_inside")
                said = {"refused": refusal} if refusal else {"file": f"{number:05d}"}
                yield {"name": entry.filename, **said}
            yield {"end": len(rows)}
    except (zipfile.BadZipFile, OSError) as error:
        raise Refused("no_archive") from error


def _by_the_system(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1] in (".DS_Store", "Thumbs.db")


def suspicious(entry: zipfile.ZipInfo) -> str:
    """A name that leads elsewhere, a link, something locked: none of these is unpacked at all."""
    name = entry.filename
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or ":" in name or "\x00" in name:
        return "path"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "link"
    if entry.flag_bits & ENCRYPTED:
        return "locked"
    return "too_big" if entry.file_size > ENTRY_BYTES else ""


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int) -> tuple[str, int]:
    """What it really holds counts, not what it says of its size."""
    size, most = 0, min(ENTRY_BYTES, left)
    try:
        with archive.open(entry) as source, target.open("wb") as copy:
            while part := source.read(CHUNK):
                size += len(part)
                if size > most:
                    return "too_big", size
                copy.write(part)
    except BROKEN:
        return "broken", size
    return "", size


def main(arguments: list[str]) -> int:
    path, folder = Path(arguments[0]), Path(arguments[1])
    limit_self()
    try:
        for line in entries(path, folder):
            sys.stdout.write(json.dumps(line) + "\n")
    except Refused as refusal:
        sys.stdout.write(json.dumps({"refused": refusal.code, "params": refusal.params}) + "\n")
    except MemoryError:
        sys.stdout.write(json.dumps({"refused": "too_big_inside", "params": {}}) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
