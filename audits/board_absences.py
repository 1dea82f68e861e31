"""Who is away in this week and the next, for the board."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from workplace.calendar import WorkingCalendar
from workplace.models import Absence, Staff

WEEKS = 2


@dataclass(frozen=True)
class Day:
    day: date
    working: bool
    today: bool


@dataclass(frozen=True)
class Away:
    """One person's fortnight: whether they are away, day by day, and who stands in."""

    staff: Staff
    days: list[bool]
    reasons: str
    substitutes: str


@dataclass(frozen=True)
class Fortnight:
    days: list[Day]
    lines: list[Away]
    until: dict[int, date]
    """Whoever is away today, and up to which day."""


def fortnight(people: Iterable[Staff], today: date, calendar: WorkingCalendar) -> Fortnight:
    """One query, whatever the number of people."""
    by_pk = {one.pk: one for one in people}
    monday = today - timedelta(days=today.weekday())
    shown = [monday + timedelta(days=after) for after in range(7 * WEEKS)]
    rows = Absence.objects.filter(staff__in=by_pk, until__gte=shown[0], since__lte=shown[-1])
    found: dict[int, list[Absence]] = {}
    for row in rows.select_related("substitute").order_by("since", "pk"):
        found.setdefault(row.staff_id, []).append(row)
    return Fortnight(
        days=[Day(day, calendar.is_working(day), day == today) for day in shown],
        lines=[_away(by_pk[pk], absences, shown) for pk, absences in found.items()],
        until={
            pk: max(one.until for one in absences if one.since <= today <= one.until)
            for pk, absences in found.items()
            if any(one.since <= today <= one.until for one in absences)
        },
    )


def _away(staff: Staff, absences: list[Absence], shown: list[date]) -> Away:
    reasons = dict.fromkeys(str(one.get_reason_display()) for one in absences)
    names = dict.fromkeys(one.substitute.name for one in absences if one.substitute is not None)
    return Away(
        staff=staff,
        days=[any(one.since <= day <= one.until for one in absences) for day in shown],
        reasons=", ".join(reasons),
        substitutes=", ".join(names),
    )
