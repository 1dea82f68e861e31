"""What upper apps tell this one about their records: who sees them, what in them is personal, their page.

This app knows no branch and no customer; the apps above register here in `AppConfig.ready()`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse

from authenticity.masking import mask

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from workplace.models import Staff

Visible = Callable[["Staff"], QuerySet[Any]]


@dataclass(frozen=True)
class RecordKind:
    """`personal` maps a column to its kind of mask (an unknown kind hides all); `page` is a URL name."""

    kind: str
    label: StrOrPromise
    visible: Visible
    permission: str
    personal: Mapping[str, str] = field(default_factory=dict)
    page: str = ""

    def masked(self, column: str, value: object) -> str:
        text = "" if value is None else str(value)
        return mask(self.personal[column], text) if column in self.personal else text

    def link(self, pk: int) -> str:
        try:
            return reverse(self.page, args=[pk]) if self.page else ""
        except NoReverseMatch:
            return ""


_kinds: dict[str, RecordKind] = {}
_colleagues: list[Visible] = []


def register_records(kind: RecordKind) -> None:
    _kinds[kind.kind] = kind


def register_colleagues(visible: Visible) -> None:
    """`visible(staff)` yields the staff who work where the person may look."""
    _colleagues.append(visible)


def record_kind(kind: str) -> RecordKind | None:
    return _kinds.get(kind)


def of_visible_records(staff: Staff) -> Q:
    """For rows keyed by record kind and id; a kind that nobody registered stays unseen."""
    found = Q(pk__in=[])
    for known in _kinds.values():
        seen = known.visible(staff).order_by().values("pk")
        found |= Q(record_kind=known.kind, record_id__in=seen)
    return found


def of_colleagues(staff: Staff) -> Q:
    found = Q(pk=staff.pk)
    for visible in _colleagues:
        found |= Q(pk__in=visible(staff).order_by().values("pk"))
    return found
