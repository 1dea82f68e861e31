"""What was measured so far, kept in VAR_DIR so that a run that was stopped can go on (`--resume`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.stand import Bar


class Results:
    """One entry a size and part; written as soon as the part is done."""

    def __init__(self, path: Path, *, resume: bool) -> None:
        self.path = path
        self.entries: list[dict[str, Any]] = []
        if resume and path.exists():
            self.entries = json.loads(path.read_text(encoding="utf-8"))

    def has(self, size: int, part: str) -> bool:
        return any((entry["size"], entry["part"]) == (size, part) for entry in self.entries)

    def add(self, size: int, part: str, bars: Sequence[Bar]) -> None:
        self.entries.append({"size": size, "part": part, "bars": [bar.as_dict() for bar in bars]})
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(self.entries, indent=1), encoding="utf-8")

    def bars(self) -> Iterator[Bar]:
        for entry in self.entries:
            for bar in entry["bars"]:
                yield Bar(**bar)
