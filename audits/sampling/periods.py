"""Periods of a plan and the working day of each on which its sample is drawn."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from audits.sampling.choices import SamplingPeriod

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """`key` names it on the run: `2026-11-23`, `2026-W48`, `2026-11`, `2026-Q4`, `2026`."""

    key: str
    first: date
    last: date

    def due_day(self, working_day: int, is_working: Callable[[date], bool]) -> date | None:
        """Its n-th working day; the last one where it has fewer; none where nobody works in it."""
        days = (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))
        found = list(islice(filter(is_working, days), working_day))
        return found[-1] if found else None


def period_of(kind: str, day: date) -> Period | None:
    """The period that the day lies in; none for plans that are drawn by hand."""
    if kind == SamplingPeriod.DAILY:
        return Period(day.isoformat(), day, day)
    if kind == SamplingPeriod.WEEKLY:
        year, week, weekday = day.isocalendar()
        monday = day - timedelta(days=weekday - 1)
        return Period(f"{year}-W{week:02}", monday, monday + timedelta(days=6))
    if kind == SamplingPeriod.MONTHLY:
        return Period(f"{day:%Y-%m}", day.replace(day=1), _last_of(day.year, day.month))
    if kind == SamplingPeriod.QUARTER:
        quarter = (day.month + 2) // 3
        first = date(day.year, 3 * quarter - 2, 1)
        return Period(f"{day.year}-Q{quarter}", first, _last_of(day.year, 3 * quarter))
    if kind == SamplingPeriod.YEARLY:
        return Period(f"{day.year}", date(day.year, 1, 1), date(day.year, 12, 31))
    return None


def _last_of(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def coming_days(
    kind: str, working_day: int, today: date, is_working: Callable[[date], bool]
) -> Iterator[tuple[Period, date]]:
    """Each period with its due day, from the one of today on; without end, empty for plans by hand."""
    period = period_of(kind, today)
    while period is not None:
        due = period.due_day(working_day, is_working)
        if due is not None and due >= today:
            yield period, due
        period = period_of(kind, period.last + ONE_DAY)
