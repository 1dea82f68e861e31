"""Takes the measurements in order, at each size, and tells each as soon as it is known."""

from __future__ import annotations

import json
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from benchmarks import draws, duplicates, loads, rectifications, searches, sweeps, web
from benchmarks.book import count_of, write_units
from benchmarks.report import growth, line, table
from benchmarks.results import Results
from benchmarks.stand import ROOT, Bar, Stand, peak_of
from config.services import embedded
from customers.models import Customer

Measure = Callable[[Stand], Iterator[Bar]]
# In this order on one server: what fills the book comes before what asks it.
MEASURES: dict[str, tuple[Measure, ...]] = {
    "load": (loads.measure_facts, loads.measure_loads),
    "sweep": (sweeps.measure,),
    "web": (web.measure_recheck, web.measure_gate),
    "search": (searches.measure,),
    "duplicates": (duplicates.measure,),
    "excel": (web.measure_excel,),
    "draw": (draws.measure,),
    # Last: it lays findings of its own.
    "rectify": (rectifications.measure,),
}
MARK = ("<!-- measured -->", "<!-- /measured -->")


@dataclass
class Run:
    """`rounds` tells how often a size is measured; what failed is named, and the rest goes on."""

    wanted: Sequence[str]
    rounds: Callable[[int], int]
    results: Results
    failed: list[str] = field(default_factory=list)

    def measure(self, size: int) -> None:
        parts = [name for name in MEASURES if name in self.wanted and not self.results.has(size, name)]
        if not parts:
            return
        stand = Stand(size, rounds=self.rounds(size))
        with embedded.in_use():
            subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], check=True, cwd=ROOT)
            stand.empty()
            write_units(stand.seed)
            for name in parts:
                if name != "load" and not is_filled(stand):
                    refill(stand)
                bars = self._part(stand, name)
                if bars is not None:
                    self.results.add(size, name, bars)

    def _part(self, stand: Stand, name: str) -> list[Bar] | None:
        """None when it failed; what was measured before is told all the same."""
        bars: list[Bar] = []
        try:
            for measure in MEASURES[name]:
                with peak_of(stand.home) as peak:
                    for bar in measure(stand):
                        bars.append(bar.in_run(peak.mib, stand.rounds))
                        print(line(bars[-1]), flush=True)
        except Exception as error:  # noqa: BLE001 - told at the end, and the other parts are worth having
            traceback.print_exc()
            self.failed.append(f"{name} at {stand.size:,}: {type(error).__name__}: {str(error)[:300]}")
            connection.close()
            return None
        return bars


def is_filled(stand: Stand) -> bool:
    return Customer.objects.count() >= stand.size


def refill(stand: Stand) -> None:
    stand.empty()
    write_units(stand.seed)
    loads.fill(stand)


def rounds_of(text: str) -> Callable[[int], int]:
    """`3`, or `3,1m=2` for fewer at one size."""
    usual, *others = text.split(",")
    at = {count_of(size): int(times) for size, _, times in (other.partition("=") for other in others)}
    return lambda size: at.get(size, int(usual))


def run(sizes: str, only: str, rounds: str, write: Path | None, *, resume: bool = False) -> int:
    """Zero when every bar was measured and met."""
    results = Results(embedded.var_dir() / "measured.json", resume=resume)
    this = Run(only.split(",") if only else list(MEASURES), rounds_of(rounds), results)
    with embedded.in_use():  # from the first size to the last: whoever lets go of the server stops it
        for text in sizes.split(","):
            this.measure(count_of(text))
    bars = list(results.bars())
    bars += growth(bars)
    told = table(bars)
    print(told)
    out = ROOT / "var" / "bench.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps([bar.as_dict() for bar in bars], indent=1), encoding="utf-8")
    if write is not None:
        put_into(write, told)
    for failure in this.failed:
        print(f"NOT MEASURED: {failure}", file=sys.stderr)
    return 1 if this.failed or any(bar.verdict is False for bar in bars) else 0


def put_into(page: Path, told: str) -> None:
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(MARK[0])
    after = rest.partition(MARK[1])[2]
    page.write_text(f"{before}{MARK[0]}\n{told}\n{MARK[1]}{after}", encoding="utf-8")
