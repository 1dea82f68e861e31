"""What a person is to type from paper unseen: an app above says so, pages count a look or show less."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from workplace.access import staff_of
from workplace.models import Staff
from workplace.operations.access_log import record_opening

Record = tuple[str, int]
Untyped = Callable[[Staff, Collection[Record]], set[Record]]
_asked: list[Untyped] = []


def register_untyped(untyped: Untyped) -> None:
    """`untyped(staff, records)`: those of them that this person is to type from paper, and has not yet."""
    _asked.append(untyped)


def untyped_of(staff: Staff, records: Collection[Record]) -> set[Record]:
    return {record for untyped in _asked for record in untyped(staff, records)}


def count_look(request: HttpRequest, records: Collection[Record]) -> None:
    """The page shows their values as they are: written down, and said, where that ends a blind review."""
    staff = staff_of(request)
    seen = untyped_of(staff, records)
    for record in sorted(seen):
        record_opening(staff=staff, purpose="", record=record, detail="seen untyped", at=timezone.now())
    if seen:
        messages.warning(
            request,
            _("You were to type these values from the form without seeing them. Hand that sample back."),
        )
