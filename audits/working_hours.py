"""How long something took in working hours: eight a working day, from nine to five."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils.timezone import localtime

from workplace.calendar import WorkingCalendar

OPENS, HOURS = 9, 8

Span = tuple[datetime, datetime]


class WorkingHours:
    """Counts the days once, for as many spans as one run asks."""

    def __init__(self, calendar: WorkingCalendar | None = None) -> None:
        self._calendar = calendar or WorkingCalendar()
        self._before: dict[date, int] = {}

    def between(self, since: datetime, until: datetime, pauses: Iterable[Span] = ()) -> float:
        """Of that span, without what of the pauses lies in it; never below zero."""
        if until <= since:
            return 0.0
        took = self._hours(since, until)
        for began, ended in pauses:
            took -= self._hours(max(began, since), min(ended, until))
        return max(took, 0.0)

    def counted(self, since: datetime, until: datetime) -> tuple[list[date], list[int], list[bool]]:
        """Each day from the one to the other, working days before it, whether it is one: for the database."""
        first, last = localtime(since).date(), localtime(until).date()
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        return (
            days,
            [self._days_before(day) for day in days],
            [self._calendar.is_working(day) for day in days],
        )

    def _hours(self, since: datetime, until: datetime) -> float:
        if until <= since:
            return 0.0
        first, last = localtime(since), localtime(until)
        days = self._days_before(last.date()) - self._days_before(first.date())
        return HOURS * days + self._into(last) - self._into(first)

    def _into(self, at: datetime) -> float:
        """Hours of its own day that have passed."""
        if not self._calendar.is_working(at.date()):
            return 0.0
        hour = at.hour + at.minute / 60 + at.second / 3600
        return min(max(hour - OPENS, 0.0), float(HOURS))

    def _days_before(self, day: date) -> int:
        """Working days from some day on that is the same for all asked; counted forwards or backwards."""
        if not self._before:
            self._before[day] = 0
        if day not in self._before:
            self._fill(day)
        return self._before[day]

    def _fill(self, day: date) -> None:
        one, first, last = timedelta(days=1), min(self._before), max(self._before)
        while last < day:
            self._before[last + one] = self._before[last] + self._calendar.is_working(last)
            last += one
        while first > day:
            self._before[first - one] = self._before[first] - self._calendar.is_working(first - one)
            first -= one
