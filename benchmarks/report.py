"""The table of what was measured, on the screen and in docs/performance.md."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from benchmarks.stand import Bar

GROWTH_BAR = 1.05
GROWING = ("first_load", "sweep_full", "draw_narrow")
COLUMNS = ("name", "size", "seconds", "baseline", "baseline s", "ratio", "bar", "", "peak MiB", "rounds")


def growth(bars: Iterable[Bar]) -> Iterator[Bar]:
    """The exponent of n by which a cost grows to the largest size of this run, from each smaller one."""
    by_name: defaultdict[str, dict[int, Bar]] = defaultdict(dict)
    for bar in bars:
        by_name[bar.name][bar.size] = bar
    for name in GROWING:
        *smaller, large = sorted(by_name[name]) or [0]
        for small in smaller:
            yield _grown(by_name[name][small], by_name[name][large])


def _grown(small: Bar, large: Bar) -> Bar:
    cost = (large.seconds - large.fixed) / (small.seconds - small.fixed)
    exponent = math.log(cost) / math.log(large.size / small.size)
    return Bar(
        f"growth_{large.name}", large.size, large.seconds - large.fixed, None, f"n = {small.size:,}",
        small.seconds - small.fixed, exponent, GROWTH_BAR, exponent <= GROWTH_BAR,
    )  # fmt: skip


def line(bar: Bar) -> str:
    """One line as it is measured; the table follows at the end."""
    return " | ".join(_row(bar))


def table(bars: Sequence[Bar]) -> str:
    rows = [COLUMNS, *(_row(bar) for bar in bars)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(COLUMNS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _row(bar: Bar) -> tuple[str, ...]:
    verdict = "" if bar.verdict is None else "met" if bar.verdict else "missed"
    return (
        bar.name, f"{bar.size:,}", _number(bar.seconds), bar.baseline, _number(bar.baseline_seconds),
        _number(bar.ratio), _number(bar.bar), verdict, _number(bar.peak_mib, 0),
        str(bar.rounds or ""),
    )  # fmt: skip


def _number(value: float | None, digits: int = 3) -> str:
    if value is None:
        return ""
    return f"{value:.{digits}f}" if digits == 0 or value < 10 else f"{value:.1f}"
