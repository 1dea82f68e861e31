from __future__ import annotations

from datetime import date, datetime

from workplace.models import CalendarDay, Staff
from workplace.operations.staff import recorded


def set_calendar_day(*, day: date, working: bool, remark: str, actor: Staff, at: datetime) -> CalendarDay:
    """Says of one day whether it is worked, against what the calendar library says."""
    with recorded(actor, "calendar"):
        found, _made = CalendarDay.objects.update_or_create(
            day=day, defaults={"working": working, "remark": remark}
        )
    return found
