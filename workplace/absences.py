"""Who is away on a day, and who stands in: resolved anew each time, so that nothing is left at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db.models import Q
from django.db.models.functions import Now, TruncDate

from workplace.schedules import BUSINESS_TIMEZONE

if TYPE_CHECKING:
    from workplace.models import Absence, Staff

# Says why the second may not stand in for the first, or nothing.
SubstituteCheck = Callable[["Staff", "Staff"], str]
# (absence, when): told after each change of one, inside its transaction.
AbsenceHook = Callable[["Absence", datetime], None]

_CACHE = "_zhenxin_principals"
_checks: dict[str, SubstituteCheck] = {}
_hooks: dict[str, AbsenceHook] = {}


def register_substitute_check(name: str, check: SubstituteCheck) -> None:
    _checks[name] = check


def register_absence_hook(name: str, hook: AbsenceHook) -> None:
    _hooks[name] = hook


def why_not(staff: Staff, substitute: Staff) -> str:
    return next((said for check in _checks.values() if (said := check(staff, substitute))), "")


def tell_hooks(absence: Absence, at: datetime) -> None:
    for hook in _hooks.values():
        hook(absence, at)


def absent(day: date) -> set[int]:
    return set(_links(_on(day)))


def stand_ins(day: date) -> dict[int, int]:
    """Absent person → whoever is there at the end of the chain; who has no such end is left out."""
    return ends_of(_links(_on(day)))


def uncovered(day: date) -> set[int]:
    """Who is away with nobody to stand in: their managers have to."""
    links = _links(_on(day))
    return links.keys() - ends_of(links).keys()


def principals_of(staff: Staff, day: date) -> list[Staff]:
    """For whom the person stands in on that day, by name."""
    ids = principal_ids(staff, day)
    if not ids:
        return []
    people: Any = apps.get_model("workplace", "Staff")._default_manager
    return list(people.filter(pk__in=ids).order_by("name", "pk"))


def principal_ids(staff: Staff, day: date) -> frozenset[int]:
    return frozenset(away for away, end in stand_ins(day).items() if end == staff.pk)


def principals_now(staff: Staff) -> frozenset[int]:
    """For sight: by the database's own clock, kept on the user object, so asked once per request."""
    known = getattr(staff, _CACHE, None)
    if isinstance(known, frozenset):
        return known
    today = TruncDate(Now(), tzinfo=ZoneInfo(BUSINESS_TIMEZONE))
    ends = ends_of(_links(Q(since__lte=today, until__gte=today)))
    found = frozenset(away for away, end in ends.items() if end == staff.pk)
    setattr(staff, _CACHE, found)
    return found


def forget_principals(staff: Staff | None) -> None:
    if staff is not None and hasattr(staff, _CACHE):
        delattr(staff, _CACHE)


def ends_of(links: Mapping[int, int | None]) -> dict[int, int]:
    """Follows each chain to somebody who is there; a loop and an end that is away lead to nobody."""
    ends: dict[int, int] = {}
    for away, substitute in links.items():
        passed, following = {away}, substitute
        while following is not None and following in links and following not in passed:
            passed.add(following)
            following = links[following]
        if following is not None and following not in links:
            ends[away] = following
    return ends


def _on(day: date) -> Q:
    return Q(since__lte=day, until__gte=day)


@dataclass(frozen=True)
class _Row:
    absence: int
    staff: int
    substitute: int | None
    since: date
    until: date


def _rows(when: Q) -> list[_Row]:
    """A substitute who has left is none."""
    absences: Any = apps.get_model("workplace", "Absence")._default_manager
    columns = ("pk", "staff_id", "substitute_id", "since", "until", "substitute__is_active")
    return [
        _Row(pk, staff, substitute if active else None, since, until)
        for pk, staff, substitute, since, until, active in absences.filter(when)
        .order_by("pk")
        .values_list(*columns)
    ]


def _links(when: Q) -> dict[int, int | None]:
    return _linked(_rows(when))


def _linked(rows: Iterable[_Row]) -> dict[int, int | None]:
    """Absent person → substitute; of two absences of a day the later record that names somebody holds."""
    links: dict[int, int | None] = {}
    for row in rows:
        links[row.staff] = row.substitute if row.substitute is not None else links.get(row.staff)
    return links


@dataclass(frozen=True)
class Away:
    """One person on one day; `substitute` is the end of the chain."""

    absence: int
    substitute: int | None


def calendar_of(first: date, last: date) -> dict[date, dict[int, Away]]:
    """Day → who is away and who stands in on it, from one query."""
    rows = list(_rows(Q(since__lte=last, until__gte=first)))
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    found: dict[date, dict[int, Away]] = {}
    for day in days:
        those = [row for row in rows if row.since <= day <= row.until]
        links = _linked(those)
        ends = ends_of(links)
        found[day] = {row.staff: Away(row.absence, ends.get(row.staff)) for row in those}
    return found
