"""Where the marks of a chart of rates stand: pure geometry, drawn by templates."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH, ROW, TOP, BOTTOM = 640, 30, 30, 26
LEFT, RIGHT = 132, 128
STEPS = (0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)
MOST_TICKS = 6


@dataclass(frozen=True)
class Mark:
    """A rate with its interval; `benchmark` is a rate to compare it with. No rate where nothing is known."""

    label: str
    rate: float | None
    lower: float
    upper: float
    benchmark: float | None = None
    link: str = ""


@dataclass(frozen=True)
class Bar:
    """A mark in the units of the picture."""

    mark: Mark
    y: float
    x: float
    width: float
    dot: float | None
    benchmark: float | None

    @property
    def top(self) -> float:
        return self.y - 6

    @property
    def text_y(self) -> float:
        return self.y + 4


@dataclass(frozen=True)
class Tick:
    x: float
    rate: float


@dataclass(frozen=True)
class Chart:
    width: int
    height: int
    left: int
    right: int
    bottom: int
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    line: Tick | None = None

    @property
    def line_label_anchor(self) -> str:
        """The word above the line does not leave the picture."""
        return "end" if self.line and self.line.x > (self.left + self.right) / 2 else "start"


def chart_of(marks: Sequence[Mark], *, line: float | None = None) -> Chart:
    """One row a mark; the scale reaches what has to be seen, and 100 % at the most."""
    top = _reach(marks, line)
    step = next((one for one in STEPS if top / one <= MOST_TICKS), STEPS[-1])
    end = min(step * math.ceil(top / step - 1e-9), 1.0)
    right = WIDTH - RIGHT

    def x(rate: float) -> float:
        return round(LEFT + (right - LEFT) * min(rate, end) / end, 1)

    bars = tuple(
        Bar(
            mark=mark,
            y=TOP + ROW * (place + 0.5),
            x=x(mark.lower),
            width=max(round(x(mark.upper) - x(mark.lower), 1), 2.0),
            dot=None if mark.rate is None else x(mark.rate),
            benchmark=None if mark.benchmark is None else x(mark.benchmark),
        )
        for place, mark in enumerate(marks)
    )
    bottom = TOP + ROW * len(marks)
    ticks = tuple(Tick(x(step * place), step * place) for place in range(round(end / step) + 1))
    return Chart(
        width=WIDTH,
        height=bottom + BOTTOM,
        left=LEFT,
        right=right,
        bottom=bottom,
        bars=bars,
        ticks=ticks,
        line=None if line is None else Tick(x(line), line),
    )


def _reach(marks: Iterable[Mark], line: float | None) -> float:
    seen = [line or 0.0]
    for mark in marks:
        seen += [mark.upper if mark.rate is not None else 0.0, mark.rate or 0.0, mark.benchmark or 0.0]
    return max(*seen, 0.01)
