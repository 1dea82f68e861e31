"""Who looks for a person by name, document or phone leaves a line: what was asked for, not its value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import ngettext

from workplace.choices import Access
from workplace.models import AccessLog, Staff
from workplace.operations.access_log import log_access


def log_search(
    *, field: str, found: Sequence[int], actor: Staff, at: datetime, record_kind: str = "customer"
) -> AccessLog:
    """`found` are the records shown: a single one is named, of several is said how many."""
    count = len(found)
    return log_access(
        staff=actor,
        access=Access.SEARCH,
        record_kind=record_kind,
        record_id=found[0] if count == 1 else 0,
        field=field,
        detail=ngettext("%(count)s record shown", "%(count)s records shown", count) % {"count": count},
        at=at,
    )
