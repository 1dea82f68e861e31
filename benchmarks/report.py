"""The table of what was measured, on the screen and in docs/performance.md."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from benchmarks.stand import Bar

GROWTH_BAR = 1.05
GROWING = ("first_load", "sweep_full")
COLUMNS = ("name", "size", "seconds", "baseline", "baseline s", "ratio", "bar", "", "peak MiB")


def growth(bars: Iterable[Bar]) -> Iterator[Bar]:
    """The exponent of n by which a cost grows from the smallest to the largest size of this run."""
    by_name: defaultdict[str, dict[int, float]] = defaultdict(dict)
    for bar in bars:
        by_name[bar.name][bar.size] = bar.seconds
    for name in GROWING:
        sizes = sorted(by_name[name])
        if len(sizes) > 1:
            small, large = sizes[0], sizes[-1]
            cost = by_name[name][large] / by_name[name][small]
            exponent = math.log(cost) / math.log(large / small)
            yield Bar(
                f"growth_{name}", large, by_name[name][large], None, f"n = {small}", by_name[name][small],
                exponent, GROWTH_BAR, exponent <= GROWTH_BAR,
            )  # fmt: skip


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
    verdict = "" if bar.ok is None else "met" if bar.ok else "missed"
    return (
        bar.name, f"{bar.size:,}", _number(bar.seconds), bar.baseline, _number(bar.baseline_seconds),
        _number(bar.ratio), _number(bar.bar), verdict, _number(bar.peak_mib, 0),
    )  # fmt: skip


def _number(value: float | None, digits: int = 3) -> str:
    if value is None:
        return ""
    return f"{value:.{digits}f}" if digits == 0 or value < 10 else f"{value:.1f}"
