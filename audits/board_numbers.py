"""The board's numbers: the same tabs, counted by person, state, unit, agency, rule or age.

A number and the list that it opens ask the same condition of the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, Count, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from audits.board import AGES, NOBODY, aged
from audits.catalogue import message_of
from audits.choices import FindingState
from audits.choices import RectificationState as State
from audits.models import Rectification
from audits.worklists import Line, line_of, with_lines
from workplace.calendar import WorkingCalendar
from workplace.models import Staff

COLUMNS = ("all", "today", "overdue", "paused", "returned", "reopened", "waiting")
CARDS = 6
LOOKED_BACK = timedelta(days=90)
LONGEST = timedelta(days=500)
LANES = (State.OPEN, State.ASSIGNED, State.IN_PROGRESS, State.RETURNED, State.IN_REVIEW, State.APPEALED)
# From the assignment to the closure; what took longer than the calendar reaches counts as that long.
TOOK = """
    SELECT r.owner_id, avg(ended.n - begun.n)::float8
      FROM ({closed}) chosen
      JOIN audits_rectification r ON r.id = chosen.id
      JOIN unnest(%s::date[], %s::int[]) AS ended (day, n)
        ON ended.day = (r.closed_at AT TIME ZONE 'Asia/Shanghai')::date
      JOIN unnest(%s::date[], %s::int[]) AS begun (day, n)
        ON begun.day = greatest((r.assigned_at AT TIME ZONE 'Asia/Shanghai')::date, %s)
     GROUP BY r.owner_id
"""


@dataclass
class Tally:
    """One row of the numbers: what the address says of it, its name, and how many each tab holds."""

    key: str
    label: str
    counts: dict[str, int]
    staff: Staff | None = None
    days: float | None = None
    away: date | None = None

    @property
    def shown(self) -> list[tuple[str, int]]:
        return [(name, self.counts.get(name, 0)) for name in COLUMNS]


@dataclass(frozen=True)
class Grouping:
    """How rows are parted; `parameter` is the filter that opens one part, `named` where its name stands."""

    parameter: str
    column: str
    named: str = ""
    label: Callable[[Any], str] = str
    prepared: Callable[[QuerySet[Rectification], date], QuerySet[Rectification]] = field(
        default=lambda rows, _today: rows
    )


def _by_age(rows: QuerySet[Rectification], today: date) -> QuerySet[Rectification]:
    cases = [When(aged(name, today), then=Value(name)) for name in AGES]
    return rows.annotate(age=Case(*cases, default=Value("week")))


def _by_rule(rows: QuerySet[Rectification], _today: date) -> QuerySet[Rectification]:
    return rows.filter(findings__state=FindingState.OPEN)


GROUPINGS: dict[str, Grouping] = {
    "person": Grouping("owner", "owner", "owner__name"),
    "unit": Grouping("branch", "branch", "branch__name"),
    "agency": Grouping("agency", "agency", "agency__name"),
    "rule": Grouping("rule", "findings__rule", "", lambda code: f"{code} {message_of(code)}", _by_rule),
    "age": Grouping("age", "age", "", lambda name: str(AGES[name][0]), _by_age),
    "state": Grouping("state", "state", "", lambda name: str(State(name).label)),
}


def tallies(rows: QuerySet[Rectification], by: str, tabs: Mapping[str, Q], today: date) -> list[Tally]:
    """One query; most overdue first. `tabs` are the conditions of the board's tabs."""
    grouping = GROUPINGS[by]
    unclosed = grouping.prepared(rows.exclude(state=State.CLOSED), today).order_by()
    counts = {
        f"n_{name}": Count("pk", filter=condition, distinct=by == "rule")
        for name, condition in tabs.items()
        if name != "closed"
    }
    columns = [grouping.column, *filter(None, [grouping.named])]
    made = [_tally(one, grouping) for one in unclosed.values(*columns).annotate(**counts)]
    if by == "age":
        return sorted(made, key=lambda one: list(AGES).index(one.key))
    return sorted(made, key=lambda one: (-one.counts["overdue"], -one.counts["all"], one.label))


def _tally(found: Mapping[str, Any], grouping: Grouping) -> Tally:
    key = found[grouping.column]
    counts = {name.removeprefix("n_"): int(n) for name, n in found.items() if name.startswith("n_")}
    if key is None:
        return Tally(NOBODY, "", counts)
    return Tally(str(key), found[grouping.named] if grouping.named else grouping.label(key), counts)


def summed(parts: Iterable[Tally], tabs: Mapping[str, Q]) -> dict[str, int]:
    """How many each tab holds, from parts of which every row is in one."""
    made = list(parts)
    return {name: sum(one.counts[name] for one in made) for name in tabs if name != "closed"}


def people(
    parts: Iterable[Tally], workers: Sequence[Staff], away: Mapping[int, date], took: Mapping[int, float]
) -> list[Tally]:
    """Everybody who works here, and whoever else holds something; who has nothing stands last."""
    found = {one.key: one for one in parts}
    by_key = {str(one.pk): one for one in workers}
    for key, person in by_key.items():
        found.setdefault(key, Tally(key, person.name, {}))
    for key, tally in found.items():
        tally.staff = by_key.get(key)
        if key.isdecimal():
            tally.days, tally.away = took.get(int(key)), away.get(int(key))
    return list(found.values())


def working_days(rows: QuerySet[Rectification], at: datetime, calendar: WorkingCalendar) -> dict[int, float]:
    """Owner → average working days from assignment to closure of what was closed in ninety days."""
    closed = rows.filter(state=State.CLOSED, closed_at__gte=at - LOOKED_BACK, assigned_at__isnull=False)
    statement, given = closed.order_by().values("id").query.sql_with_params()
    number = 0
    first = (at - LONGEST).date()
    days, numbers = [], []
    for after in range((LONGEST + timedelta(days=2)).days):
        day = first + timedelta(days=after)
        number += calendar.is_working(day)
        days.append(day)
        numbers.append(number)
    with connection.cursor() as cursor:
        cursor.execute(TOOK.replace("{closed}", statement), [*given, days, numbers, days, numbers, first])
        return {owner: float(took) for owner, took in cursor.fetchall() if owner is not None}


@dataclass(frozen=True)
class Lane:
    """One state with its number and the first few of it."""

    state: str
    label: str
    counts: dict[str, int]
    cards: list[Line]


def lanes(rows: QuerySet[Rectification], parts: Iterable[Tally]) -> list[Lane]:
    """Two queries for the first of each state."""
    found = {one.key: one for one in parts}
    order = (F("due_on").asc(nulls_last=True), F("pk").asc())
    placed = rows.exclude(state=State.CLOSED).annotate(
        place=Window(RowNumber(), partition_by=[F("state")], order_by=order)
    )
    first = with_lines(placed.filter(place__lte=CARDS)).order_by(*order)
    cards: dict[str, list[Line]] = {}
    for row in first:
        cards.setdefault(row.state, []).append(line_of(row))
    return [
        Lane(state, str(state.label), found[state].counts if state in found else {}, cards.get(state, []))
        for state in LANES
    ]
