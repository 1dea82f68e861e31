"""Telling people: a row in the transaction of what happened; mail and push go out later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from workplace.models import Notice, NoticePreference, Staff
from workplace.notices import is_known

REMOVED_AT_ONCE = 5_000


@dataclass(frozen=True)
class Telling:
    """One message to one person; `detail` is masked."""

    recipient: int
    key: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    link: str = ""


def notify(
    *,
    recipients: Iterable[Staff | int],
    kind: str,
    key: str,
    at: datetime,
    detail: Mapping[str, Any] | None = None,
    link: str = "",
    urgent: bool = False,
) -> int:
    """Tells each active recipient once for this key, in the caller's transaction; says how many are new."""
    people = {one.pk if isinstance(one, Staff) else one for one in recipients}
    tellings = [Telling(person, key, detail or {}, link) for person in sorted(people)]
    return notify_each(tellings=tellings, kind=kind, at=at, urgent=urgent)


def notify_each(*, tellings: Sequence[Telling], kind: str, at: datetime, urgent: bool = False) -> int:
    """Many at once, each its own words. A kind that a person does not want arrives read, unless urgent.

    What was told before (recipient and key) stays as it is. Raises ValueError for an unknown kind.
    """
    if not is_known(kind):
        raise ValueError(f"no words for notices of kind {kind}")
    people = {one.recipient for one in tellings}
    if not people:
        return 0
    active = set(Staff.objects.filter(pk__in=people, is_active=True).values_list("pk", flat=True))
    unwanted = set() if urgent else _not_wanted(kind, active)
    before = _told(tellings)
    rows = [
        Notice(
            recipient_id=one.recipient,
            kind=kind,
            key=one.key[:120],
            detail=dict(one.detail),
            link=one.link[:200],
            urgent=urgent,
            made_at=at,
            read_at=at if one.recipient in unwanted else None,
        )
        for one in tellings
        if one.recipient in active and (one.recipient, one.key[:120]) not in before
    ]
    Notice.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)
    return len(rows)


def _not_wanted(kind: str, people: set[int]) -> set[int]:
    muted = NoticePreference.objects.filter(staff__in=people, muted__contains=[kind])
    return set(muted.values_list("staff_id", flat=True))


def _told(tellings: Sequence[Telling]) -> set[tuple[int, str]]:
    people, keys = {one.recipient for one in tellings}, {one.key[:120] for one in tellings}
    found = Notice.objects.filter(recipient__in=people, key__in=keys)
    return set(found.values_list("recipient_id", "key"))


def read_notices(*, ids: Iterable[int], actor: Staff, at: datetime, read: bool = True) -> int:
    """Read, or unread again; only one's own. Returns how many changed."""
    own = Notice.objects.visible_to(actor).filter(pk__in=list(ids), read_at__isnull=read)
    return own.update(read_at=at if read else None)


def read_all_notices(*, actor: Staff, at: datetime) -> int:
    return Notice.objects.visible_to(actor).filter(read_at__isnull=True).update(read_at=at)


def preference_of(staff: Staff) -> NoticePreference:
    """The saved one, or the defaults of the fields."""
    found = NoticePreference.objects.filter(staff=staff).first()
    return found or NoticePreference(staff=staff)


def save_preference(
    *,
    actor: Staff,
    mail: bool,
    digest_hour: int,
    push: bool,
    quiet_from: time | None,
    quiet_to: time | None,
    muted: Sequence[str],
) -> NoticePreference:
    """One's own; it holds for what comes from now on."""
    saved, _made = NoticePreference.objects.update_or_create(
        staff=actor,
        defaults={
            "mail": mail,
            "digest_hour": digest_hour,
            "push": push,
            "quiet_from": quiet_from,
            "quiet_to": quiet_to,
            "muted": list(muted),
        },
    )
    return saved


def remove_old_notices(*, actor: Staff | None, at: datetime) -> int:
    """Read or not, those made more than settings.NOTICE_DAYS ago, some thousands at a time; 0 keeps all."""
    if settings.NOTICE_DAYS <= 0:
        return 0
    old = Notice.objects.filter(made_at__lt=at - timedelta(days=settings.NOTICE_DAYS)).order_by("pk")
    removed = 0
    while chosen := list(old.values_list("pk", flat=True)[:REMOVED_AT_ONCE]):
        with transaction.atomic():
            removed += Notice.objects.filter(pk__in=chosen).delete()[0]
    return removed
