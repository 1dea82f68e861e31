"""Takes the measurements in order, at each size, and tells them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import duplicates, loads, searches, sweeps, web
from benchmarks.book import count_of, write_units
from benchmarks.report import growth, table
from benchmarks.stand import ROOT, Bar, Stand, peak_of
from config.services import embedded

Measure = Callable[[Stand], Iterator[Bar]]
# In this order on one server: what fills the book comes before what asks it.
MEASURES: dict[str, tuple[Measure, ...]] = {
    "load": (loads.measure_facts, loads.measure_loads),
    "sweep": (sweeps.measure,),
    "web": (web.measure_recheck, web.measure_gate),
    "search": (searches.measure,),
    "duplicates": (duplicates.measure,),
    "excel": (web.measure_excel,),
}
MARK = ("<!-- measured -->", "<!-- /measured -->")


def run(sizes: str, only: str, rounds: int, write: Path | None) -> int:
    """Zero when every bar is met."""
    wanted = only.split(",") if only else list(MEASURES)
    bars: list[Bar] = []
    for text in sizes.split(","):
        stand = Stand(count_of(text), rounds=rounds)
        with embedded.in_use():
            bars += list(_at(stand, wanted))
    bars += list(growth(bars))
    told = table(bars)
    print(told)
    out = ROOT / "var" / "bench.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps([bar.as_dict() for bar in bars], indent=1), encoding="utf-8")
    if write is not None:
        page = write.read_text(encoding="utf-8")
        before, _, rest = page.partition(MARK[0])
        after = rest.partition(MARK[1])[2]
        write.write_text(f"{before}{MARK[0]}\n{told}\n{MARK[1]}{after}", encoding="utf-8")
    return 0 if all(bar.ok is not False for bar in bars) else 1


def _at(stand: Stand, wanted: list[str]) -> Iterator[Bar]:
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], check=True, cwd=ROOT)
    stand.empty()
    write_units(stand.seed)
    if "load" not in wanted:
        loads.fill(stand)
    for name, measures in MEASURES.items():
        for measure in measures if name in wanted else ():
            with peak_of(stand.home) as peak:
                for bar in measure(stand):
                    yield bar.with_peak(peak.mib)
                    print(table([bar]).splitlines()[-1], flush=True)
