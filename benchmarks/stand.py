"""Where measurements are taken: a server of its own, timing in turn, and the peak memory of every process."""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import psutil
import psycopg
from django.db import connection

from benchmarks.files import Files, make_files
from config.services import embedded
from config.services.postgres import Postgres

ROOT = Path(__file__).resolve().parent.parent
MIB = 1 << 20
SAMPLE_SECONDS = 0.1
# What migrations make: settings, and the steps and limits that rectifications go by.
KEPT = (
    "workplace_calendarday",
    "audits_rectificationsettings",
    "audits_escalationstep",
    "audits_correctionlimit",
)
MILLION = 1_000_000
# Bars that are asked at any size; the others are asked of a million customers.
ANYWHERE = ("excel_import", "recheck_one", "duplicates_febrl4_f1", "growth_")


@dataclass(frozen=True)
class Bar:
    """One line of the table; `bar` is the most that the ratio may be, None where nothing was asked.

    `fixed` are seconds that no size changes, such as the start of a process: growth leaves them out.
    """

    name: str
    size: int
    seconds: float
    peak_mib: float | None
    baseline: str
    baseline_seconds: float | None
    ratio: float | None
    bar: float | None
    ok: bool | None
    fixed: float = 0.0
    rounds: int | None = None

    @classmethod
    def of(
        cls,
        name: str,
        size: int,
        seconds: float,
        *,
        baseline: str = "",
        against: float | None = None,
        bar: float | None = None,
        least: bool = False,
        peak_mib: float | None = None,
        fixed: float = 0.0,
    ) -> Bar:
        """`least`: the bar is how many times faster than the baseline, at least."""
        ratio = None if against is None else against / seconds if least else seconds / against
        ok = None if bar is None or ratio is None else ratio >= bar if least else ratio <= bar
        return cls(name, size, seconds, peak_mib, baseline, against, ratio, bar, ok, fixed)

    @property
    def verdict(self) -> bool | None:
        """None where nothing is asked of this size."""
        return self.ok if self.size >= MILLION or self.name.startswith(ANYWHERE) else None

    def in_run(self, mib: float, rounds: int) -> Bar:
        """With the most memory so far in this group of measurements, unless one was told."""
        peak = self.peak_mib if self.peak_mib is not None else round(mib)
        return replace(self, peak_mib=peak, rounds=rounds)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Stand:
    """One size of book on one server; `rounds` is how often each thing is timed, the median counts."""

    size: int
    seed: int = 1
    rounds: int = 3

    @property
    def home(self) -> Path:
        return embedded.var_dir()

    @property
    def files(self) -> Files:
        return make_files(self.home, self.size, self.seed)

    def server(self) -> psycopg.Connection:
        """As superuser, outside of what the product may do: to empty tables and to measure baselines."""
        return Postgres(self.home).superuser("zhenxin")

    def empty(self) -> None:
        """No record, finding or job is left; settings, words and roles stay."""
        with self.server() as server:
            kept = set(KEPT)
            tables = [
                name
                for (name,) in server.execute(
                    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                    " AND relkind IN ('r', 'p') AND NOT relispartition"
                )
                if name not in kept and not name.startswith(("django_", "auth_", "authenticity_"))
            ]
            server.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")

    def manage(self, *arguments: str) -> dict[str, Any]:
        """A command of the product in a process of its own; its one JSON object."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments, "--json"],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode not in (0, 1):
            raise RuntimeError(f"{arguments[0]} refused: {done.stdout[-2000:]} {done.stderr[-2000:]}")
        said: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        return said

    def in_turn(
        self,
        subject: Callable[[], object],
        baseline: Callable[[], object],
        *,
        before: Callable[[], object] = lambda: None,
    ) -> tuple[float, float]:
        """Medians of both, timed in turn in this run; `before` runs ahead of each, outside of its time."""
        taken: tuple[list[float], list[float]] = ([], [])
        for _round in range(self.rounds):
            for seconds, work in zip(taken, (subject, baseline), strict=True):
                before()
                seconds.append(seconds_of(work))
        return statistics.median(taken[0]), statistics.median(taken[1])


def seconds_of(work: Callable[[], object]) -> float:
    gc.collect()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def many(work: Callable[[], object], times: int) -> list[float]:
    """Seconds of each of many short runs, sorted."""
    return sorted(seconds_of(work) for _ in range(times))


def quantile(sorted_seconds: Sequence[float], share: float) -> float:
    return sorted_seconds[min(int(len(sorted_seconds) * share), len(sorted_seconds) - 1)]


def select_one() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


class Peak:
    """The most memory that any one process below this one held, without files and shared buffers."""

    def __init__(self, home: Path) -> None:
        self.mib = 0.0
        self._home = home
        self._stop = threading.Event()

    def watch(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            for process in self._processes():
                try:
                    info = process.memory_info()
                    self.mib = max(self.mib, (info.rss - info.shared) / MIB)
                except psutil.Error:
                    continue  # it ended between being listed and being asked

    def _processes(self) -> list[psutil.Process]:
        own = psutil.Process(os.getpid())
        found = [own, *own.children(recursive=True)]
        if running := Postgres(self._home).running():
            found += psutil.Process(running.pid).children()
        return found

    def stop(self) -> None:
        self._stop.set()


@contextmanager
def peak_of(home: Path) -> Iterator[Peak]:
    peak = Peak(home)
    thread = threading.Thread(target=peak.watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        peak.stop()
        thread.join()
