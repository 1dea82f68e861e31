"""What pages and the API read of the office's own tables."""

from __future__ import annotations

from django.db.models import QuerySet

from workplace.models import OutboxEntry, Staff


def unacknowledged(staff: Staff) -> QuerySet[OutboxEntry]:
    """What waits for the core system within the person's scope, oldest first."""
    return OutboxEntry.objects.visible_to(staff).filter(acknowledged_at__isnull=True).order_by("id")
