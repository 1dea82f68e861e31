"""Letters to agencies that were not answered in time: whoever made one is told, and the managers."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse

from agents.managing import managers_of
from audits.models import AgencyLetter
from workplace.operations.notices import Telling, notify_each


def tell_of_late_letters(*, today: date, at: datetime) -> int:
    """Once a letter and day that it was due; an answer that comes later changes nothing."""
    late = AgencyLetter.objects.filter(sent_on__isnull=False, answered_on__isnull=True, due_on__lt=today)
    letters = list(late.select_related("agency").order_by("pk"))
    managers = managers_of({letter.agency.branch_id for letter in letters}, today=today)
    tellings = [
        Telling(
            recipient=person,
            key=f"letter:{letter.pk}:{letter.due_on:%Y%m%d}",
            detail={
                "number": letter.number,
                "agency": letter.agency.name,
                "due": letter.due_on.isoformat(),
            },
            link=reverse("letter", args=[letter.pk]),
        )
        for letter in letters
        for person in {letter.made_by_id, *(one.pk for one in managers[letter.agency.branch_id])}
    ]
    return notify_each(tellings=tellings, kind="letter_overdue", at=at)
