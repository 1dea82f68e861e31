"""Exported lists whose last day is near: whoever exported one is asked to destroy it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.urls import NoReverseMatch, reverse

from workplace.models import ExportedList
from workplace.operations.notices import Telling, notify_each

AHEAD = timedelta(days=2)
LOOKED_BACK = timedelta(days=30)


def tell_of_expiring_lists(*, today: date, at: datetime) -> int:
    """Once a list, from two days before its last day on, also when a day was missed."""
    ending = ExportedList.objects.filter(
        destroyed_at__isnull=True, expires_on__lte=today + AHEAD, expires_on__gte=today - LOOKED_BACK
    )
    page = _page()
    tellings = [
        Telling(
            recipient=one.owner_id,
            key=f"list:{one.pk}",
            detail={"number": one.number, "day": one.expires_on.isoformat(), "rows": one.rows},
            link=page,
        )
        for one in ending.order_by("pk")
    ]
    return notify_each(tellings=tellings, kind="list_expiring", at=at)


def _page() -> str:
    """Where lists stand; without such a page the notice leads nowhere."""
    try:
        return reverse("exported_lists")
    except NoReverseMatch:
        return ""
