"""What was announced to whom: the unread of one person, and the counts that a publisher reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from workplace.models import Announcement, AnnouncementReceipt, Staff


@dataclass(frozen=True)
class Counts:
    """How many got it, have read it, are done."""

    people: int = 0
    read: int = 0
    done: int = 0


def unread(staff: Staff) -> QuerySet[AnnouncementReceipt]:
    """Newest first."""
    rows = AnnouncementReceipt.objects.filter(
        staff=staff, read_at__isnull=True, announcement__withdrawn_at__isnull=True
    )
    return rows.select_related("announcement__published_by").order_by("-pk")


def counts_of(announcements: Iterable[Announcement]) -> dict[int, Counts]:
    rows = (
        AnnouncementReceipt.objects.filter(announcement__in=[one.pk for one in announcements])
        .order_by()
        .values("announcement")
        .annotate(
            people=Count("pk"),
            read=Count("pk", filter=Q(read_at__isnull=False)),
            done=Count("pk", filter=Q(done_at__isnull=False)),
        )
    )
    return {row["announcement"]: Counts(row["people"], row["read"], row["done"]) for row in rows}


def shown_to(staff: Staff) -> QuerySet[Announcement]:
    """One's own whatever became of them, those of others until they are withdrawn."""
    return Announcement.objects.visible_to(staff).filter(Q(published_by=staff) | Q(withdrawn_at__isnull=True))
