"""What a manager narrows the board by: one set of filters for its rows, its numbers and its bulk actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import Agency, Branch
from audits.catalogue import message_of
from audits.choices import FindingState
from audits.choices import RectificationState as State
from audits.clock import soon
from audits.models import Finding, Rectification
from audits.worklists import BOARD_TABS, FIELD_GROUPS, Filters
from authenticity.choices import Severity
from workplace.calendar import WorkingCalendar
from workplace.models import Staff

NOBODY = "none"
PLACES: dict[str, Any] = {"owner": Staff.objects, "branch": Branch.objects, "agency": Agency.objects}
# Days since it was opened: from, and up to but without.
AGES: dict[str, tuple[str | Promise, int, int | None]] = {
    "week": (gettext_lazy("Up to 7 days"), 0, 8),
    "fortnight": (gettext_lazy("8 to 15 days"), 8, 16),
    "month": (gettext_lazy("16 to 30 days"), 16, 31),
    "two": (gettext_lazy("31 to 60 days"), 31, 61),
    "older": (gettext_lazy("More than 60 days"), 61, None),
}


@dataclass(frozen=True)
class BoardFilters(Filters):
    """The list's filters with the board's tab, the rule that was broken, and the age."""

    tab: str = ""
    rule: str = ""
    age: str = ""

    def narrow(self, rows: QuerySet[Rectification]) -> QuerySet[Rectification]:
        rows = super().narrow(rows)
        if self.owner == NOBODY:
            rows = rows.filter(owner=None)
        if self.agency == NOBODY:
            rows = rows.filter(agency=None)
        if self.rule:
            broken = Finding.objects.filter(state=FindingState.OPEN, rule=self.rule)
            rows = rows.filter(Exists(broken.filter(rectification=OuterRef("pk"))))
        return rows

    @property
    def narrows(self) -> bool:
        """Whether anything but the tab leaves rows out."""
        return any(value for name, value in self.said().items() if name != "tab")

    def said(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}


def words_of(filters: BoardFilters, staff: Staff) -> list[str]:
    """What narrows the rows, in words; of people and units that stand on nothing in sight no name."""
    listed: tuple[tuple[str, Mapping[str, Any]], ...] = (
        (filters.tab, {name: label for name, (label, _condition) in BOARD_TABS.items()}),
        (filters.state, dict(State.choices)),
        (filters.group, {name: label for name, (label, _fields) in FIELD_GROUPS.items()}),
        (filters.severity, dict(Severity.choices)),
        (filters.age, {name: label for name, (label, _since, _until) in AGES.items()}),
    )
    said = [str(labels[key]) for key, labels in listed if key in labels]
    said += _named("owner", filters.owner, staff, _("With nobody"))
    said += _named("branch", filters.branch, staff, "")
    said += _named("agency", filters.agency, staff, _("Without an agency"))
    if filters.rule:
        said.append(f"{filters.rule} {message_of(filters.rule)}".strip())
    return [*said, *([filters.search] if filters.search else [])]


def _named(column: str, key: str, staff: Staff, nobody: str) -> list[str]:
    if key == NOBODY:
        return [nobody]
    if not key.isdecimal():
        return []
    seen = PLACES[column].visible_to(staff).filter(pk=int(key)).order_by().values_list("name", flat=True)
    rows = Rectification.objects.visible_to(staff).filter(**{f"{column}_id": int(key)}).order_by()
    return list(seen) or list(rows.values_list(f"{column}__name", flat=True)[:1]) or [key]


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, get_default_timezone())


def aged(name: str, today: date) -> Q:
    """Opened so many days ago."""
    _label, since, until = AGES[name]
    condition = Q(opened_at__lt=midnight(today - timedelta(days=since - 1)))
    if until is not None:
        condition &= Q(opened_at__gte=midnight(today - timedelta(days=until - 1)))
    return condition


def conditions(today: date, calendar: WorkingCalendar | None = None) -> dict[str, Q]:
    """What each tab asks, with the calendar and the settings read once."""
    others = {name: ask(today) for name, (_label, ask) in BOARD_TABS.items() if name != "soon"}
    return {**others, "soon": soon(today, calendar)}


def on_board(
    staff: Staff, filters: BoardFilters, today: date, tabs: Mapping[str, Q] | None = None
) -> QuerySet[Rectification]:
    """The rows that the tab and the filters of the board leave."""
    tab = filters.tab if filters.tab in BOARD_TABS else "all"
    asked = tabs[tab] if tabs else BOARD_TABS[tab][1](today)
    rows = Rectification.objects.visible_to(staff).filter(asked)
    if filters.age in AGES:
        rows = rows.filter(aged(filters.age, today))
    return filters.narrow(rows)


def matching(staff: Staff, said: Mapping[str, Any], today: date) -> QuerySet[Rectification]:
    """What a bulk action on all matching is about: never what is closed."""
    return on_board(staff, BoardFilters.of(said), today).exclude(state=State.CLOSED)
