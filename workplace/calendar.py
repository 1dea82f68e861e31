"""Working days: what an administrator says, else the public calendar, else Monday to Friday."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

from workplace.models import CalendarDay

SATURDAY = 5
# Off in every year by the State Council's decree on festivals (2024), whatever the year's arrangement says.
FIXED = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
# A year's arrangement has some twenty days that differ from the weekend; fewer entered are not a year.
ENTERED = 6


def add_working_days(day: date, count: int) -> date:
    """The working day that is `count` working days after `day`."""
    return WorkingCalendar().after(day, count)


class WorkingCalendar:
    """Reads the exceptions once; for as many days as one run asks."""

    def __init__(self) -> None:
        self._said = dict(CalendarDay.objects.values_list("day", "working"))
        self._known: dict[tuple[date, int], date] = {}

    def is_working(self, day: date) -> bool:
        said = self._said.get(day)
        return published(day) if said is None else said

    def after(self, day: date, count: int) -> date:
        """`day` itself for none; before it for a count below zero."""
        if (day, count) not in self._known:
            found, left = day, abs(count)
            while left > 0:
                found += timedelta(days=1 if count > 0 else -1)
                left -= self.is_working(found)
            self._known[day, count] = found
        return self._known[day, count]

    def between(self, first: date, last: date) -> int:
        """Working days after `first` up to and with `last`; below zero when `last` is earlier."""
        if last < first:
            return -self.between(last, first)
        days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
        return sum(map(self.is_working, days))

    def unknown_years(self, first: date, last: date) -> list[int]:
        """Years of that period that neither the library knows nor somebody has entered."""
        entered = Counter(day.year for day in self._said)
        years = range(first.year, last.year + 1)
        return [year for year in years if not is_published(year) and entered[year] < ENTERED]


@lru_cache(maxsize=4096)
def published(day: date) -> bool:
    """The State Council publishes a year in the November before; until then the weekend and the days that
    are off in every year decide."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY and (day.month, day.day) not in FIXED


def is_published(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True
