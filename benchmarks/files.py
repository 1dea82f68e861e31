"""The files of a seeded book, as an insurer's core system would send them, written in parallel."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

from benchmarks import people
from config.demo.chance import Chance
from config.demo.units import Row, Units, build_units

SEED = 1
PROCESSES = 2
POLICIES_PER_CUSTOMER = 1.2
NAMES = ("customers", "policies", "parties")
PARTY_COLUMNS = (
    "policy",
    "role",
    "benefit",
    "position",
    "customer",
    "designation",
    "relation",
    "order",
    "share",
)


@lru_cache(maxsize=1)
def units_of(seed: int) -> Units:
    return build_units(Chance(seed), people.TODAY, 400)


@dataclass(frozen=True)
class Files:
    """`nightly` holds every customer again, every twentieth with another address."""

    folder: Path
    size: int

    def __getattr__(self, name: str) -> Path:
        return self.folder / f"{name}.csv"

    @property
    def policies_count(self) -> int:
        return round(self.size * POLICIES_PER_CUSTOMER)


def make_files(folder: Path, size: int, seed: int = SEED) -> Files:
    """Writes what is not there yet; the same seed and size give the same bytes."""
    files = Files(folder / f"book-{size}-{seed}", size)
    if (files.folder / "done").exists():
        return files
    shutil.rmtree(files.folder, ignore_errors=True)
    files.folder.mkdir(parents=True)
    blocks = range(-(-size // people.BLOCK))
    _in_parallel(files, ("customers", "nightly"), partial(_customers, seed, size, files.folder), blocks)
    blocks = range(-(-files.policies_count // people.BLOCK))
    work = partial(_policies, seed, files.policies_count, size, files.folder)
    _in_parallel(files, ("policies", "parties"), work, blocks)
    (files.folder / "done").touch()
    return files


def _in_parallel(
    files: Files, names: Sequence[str], work: Callable[[int], tuple[Path, ...]], blocks: Iterable[int]
) -> None:
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(work, blocks))
    for place, name in enumerate(names):
        with (files.folder / f"{name}.csv").open("wb") as whole:
            for turn, written in enumerate(parts):
                with written[place].open("rb") as part:
                    if turn:
                        part.readline()
                    shutil.copyfileobj(part, whole, 1 << 20)
                written[place].unlink()


def _write(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def _customers(seed: int, size: int, folder: Path, block: int) -> tuple[Path, ...]:
    rows = list(people.customers(seed, block, size, people.Places(units_of(seed))))
    columns = list(rows[0])
    first = _write(folder / f"customers.{block}", columns, rows)
    moved = [
        {**row, "address": row["address"] + "之二"} if not place % 20 else row
        for place, row in enumerate(rows)
    ]
    return first, _write(folder / f"nightly.{block}", columns, moved)


def _policies(seed: int, count: int, size: int, folder: Path, block: int) -> tuple[Path, ...]:
    units = units_of(seed)
    made = list(people.policies(seed, block, count, size, units, people.points_of_sale(units)))
    policies = _write(folder / f"policies.{block}", list(made[0][0]), (policy for policy, _ in made))
    rows = chain.from_iterable(parties for _, parties in made)
    return policies, _write(folder / f"parties.{block}", PARTY_COLUMNS, rows)
