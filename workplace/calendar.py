"""Working days: what an administrator says, else the public calendar, else Monday to Friday."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

from workplace.models import CalendarDay

SATURDAY = 5


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
        if (day, count) not in self._known:
            found, left = day, count
            while left > 0:
                found += timedelta(days=1)
                left -= self.is_working(found)
            self._known[day, count] = found
        return self._known[day, count]


@lru_cache(maxsize=4096)
def published(day: date) -> bool:
    """The State Council publishes a year in the November before; until then the weekend decides."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY
