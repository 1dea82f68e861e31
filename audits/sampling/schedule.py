"""When a plan is drawn: the period whose working day has come, and the days to come."""

from __future__ import annotations

from datetime import date
from itertools import islice
from typing import Protocol

from audits.sampling.periods import Period, coming_days, period_of

SHOWN = 5


class Calendar(Protocol):
    def is_working(self, day: date) -> bool: ...


class Repeated(Protocol):
    """What of a plan's version says when it is drawn."""

    period: str
    working_day: int


def due_period(version: Repeated, today: date, calendar: Calendar) -> str | None:
    """The key of today's period once its working day is there; none before it, and for plans by hand."""
    period = period_of(version.period, today)
    if period is None:
        return None
    due = period.due_day(version.working_day, calendar.is_working)
    return period.key if due is not None and due <= today else None


def next_days(version: Repeated, today: date, calendar: Calendar) -> list[tuple[Period, date]]:
    """The five next periods with their day, today's among them if it is still due."""
    return list(islice(coming_days(version.period, version.working_day, today, calendar.is_working), SHOWN))
