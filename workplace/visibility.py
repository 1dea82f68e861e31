"""What upper apps tell this one about scope: whose records of a kind, and which colleagues, a person sees.

This app knows no branch and no customer; the apps above register here in `AppConfig.ready()`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

if TYPE_CHECKING:
    from workplace.models import Staff

Visible = Callable[["Staff"], QuerySet[Any]]

_records: dict[str, Visible] = {}
_colleagues: list[Visible] = []


def register_records(kind: str, visible: Visible) -> None:
    """`visible(staff)` yields the records of that kind which the person may see."""
    _records[kind] = visible


def register_colleagues(visible: Visible) -> None:
    """`visible(staff)` yields the staff who work where the person may look."""
    _colleagues.append(visible)


def of_visible_records(staff: Staff) -> Q:
    """For rows keyed by record kind and id; a kind that nobody registered stays unseen."""
    found = Q(pk__in=[])
    for kind, visible in _records.items():
        found |= Q(record_kind=kind, record_id__in=visible(staff).order_by().values("pk"))
    return found


def record_is_visible(kind: str, pk: int, staff: Staff) -> bool:
    return kind in _records and _records[kind](staff).filter(pk=pk).exists()


def of_colleagues(staff: Staff) -> Q:
    found = Q(pk=staff.pk)
    for visible in _colleagues:
        found |= Q(pk__in=visible(staff).order_by().values("pk"))
    return found
