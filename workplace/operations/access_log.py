"""Writes down who looked at whose personal data; the table is append-only."""

from __future__ import annotations

from datetime import datetime, timedelta

from workplace.choices import Access
from workplace.models import AccessLog, Staff

QUIET = timedelta(minutes=10)


def log_access(
    *,
    staff: Staff,
    access: str,
    record_kind: str,
    record_id: int,
    at: datetime,
    field: str = "",
    purpose: str = "",
    detail: str = "",
) -> AccessLog:
    """`detail` must hold no personal value: the log is read by people who may not see it."""
    return AccessLog.objects.create(
        at=at,
        staff_id=staff.pk,
        staff_name=staff.name,
        access=access,
        purpose=purpose,
        record_kind=record_kind,
        record_id=record_id,
        field=field,
        detail=detail[:200],
    )


# Named so that a page which is only read may call it: what was looked at is written down.
record_look = log_access


def record_opening(*, staff: Staff, purpose: str, record: tuple[str, int], detail: str, at: datetime) -> None:
    """Opening what one has to work on is the declared purpose; written down once in ten minutes."""
    kind, pk = record
    known = AccessLog.objects.filter(
        record_kind=kind,
        record_id=pk,
        staff_id=staff.pk,
        access=Access.OPEN,
        purpose=purpose,
        at__gte=at - QUIET,
    )
    if not known.exists():
        log_access(
            staff=staff,
            access=Access.OPEN,
            purpose=purpose,
            record_kind=kind,
            record_id=pk,
            detail=detail,
            at=at,
        )
