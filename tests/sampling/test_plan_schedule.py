"""Plans are drawn on a working day of their period; festivals and the end of the year move it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from audits.sampling.schedule import due_period, next_days
from workplace.calendar import WorkingCalendar
from workplace.models import CalendarDay

pytestmark = pytest.mark.django_db


@dataclass
class Repeated:
    period: str
    working_day: int = 1


def due(period: str, working_day: int, today: date) -> str | None:
    return due_period(Repeated(period, working_day), today, WorkingCalendar())


def days(period: str, working_day: int, today: date) -> list[tuple[str, date]]:
    found = next_days(Repeated(period, working_day), today, WorkingCalendar())
    return [(period.key, day) for period, day in found]


def test_the_first_working_day_of_october_lies_after_national_day() -> None:
    assert due("monthly", 1, date(2026, 10, 7)) is None
    assert due("monthly", 1, date(2026, 10, 8)) == "2026-10"
    assert due("monthly", 1, date(2026, 10, 31)) == "2026-10"


def test_a_saturday_that_is_worked_counts() -> None:
    # 10 October 2026 is a working Saturday: the third working day after the festival.
    assert WorkingCalendar().is_working(date(2026, 10, 10))
    assert due("monthly", 3, date(2026, 10, 9)) is None
    assert due("monthly", 3, date(2026, 10, 10)) == "2026-10"


def test_a_week_of_holidays_has_its_day_when_work_begins_and_a_free_week_none() -> None:
    CalendarDay.objects.bulk_create(
        CalendarDay(day=date(2026, 11, day), working=False) for day in (16, 17, 18, 19, 20)
    )

    assert due("weekly", 1, date(2026, 11, 22)) is None
    assert due("weekly", 1, date(2026, 11, 23)) == "2026-W48"


def test_a_period_with_fewer_working_days_has_its_last_one() -> None:
    CalendarDay.objects.bulk_create(
        CalendarDay(day=date(2026, 11, day), working=False) for day in (18, 19, 20)
    )

    assert due("weekly", 5, date(2026, 11, 16)) is None
    assert due("weekly", 5, date(2026, 11, 17)) == "2026-W47"


def test_the_last_days_of_december_belong_to_the_first_week_of_the_next_year() -> None:
    assert due("weekly", 1, date(2025, 12, 29)) == "2026-W01"
    assert due("daily", 1, date(2026, 1, 1)) is None


def test_the_next_five_days_run_over_the_end_of_the_year() -> None:
    assert days("monthly", 5, date(2026, 11, 23)) == [
        ("2026-12", date(2026, 12, 7)),
        ("2027-01", days("monthly", 5, date(2027, 1, 1))[0][1]),
        ("2027-02", days("monthly", 5, date(2027, 2, 1))[0][1]),
        ("2027-03", date(2027, 3, 5)),
        ("2027-04", days("monthly", 5, date(2027, 4, 1))[0][1]),
    ]
    assert [key for key, _day in days("quarter", 10, date(2026, 11, 23))][:2] == ["2027-Q1", "2027-Q2"]


def test_today_is_the_first_of_the_next_days_while_it_is_due() -> None:
    assert days("daily", 1, date(2026, 11, 23))[0] == ("2026-11-23", date(2026, 11, 23))
    assert days("daily", 1, date(2026, 11, 21))[0] == ("2026-11-23", date(2026, 11, 23))


def test_a_plan_by_hand_is_never_due() -> None:
    assert due("by_hand", 1, date(2026, 11, 23)) is None
    assert days("by_hand", 1, date(2026, 11, 23)) == []
