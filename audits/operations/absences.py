"""Work of absent people that shows to nobody: their managers are told, each absence once."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from django.urls import reverse
from django.utils.timezone import localdate

from agents.managing import managers_of
from audits.models import Rectification
from audits.states import UNDER_WAY
from workplace.absences import uncovered
from workplace.models import Absence
from workplace.operations.notices import notify


def tell_uncovered(*, day: date, at: datetime) -> int:
    """Once for each absence of somebody with work in hand; returns how many messages are new."""
    alone = uncovered(day)
    owned = Rectification.objects.filter(owner__in=alone, state__in=UNDER_WAY)
    branches: defaultdict[int, set[int]] = defaultdict(set)
    for owner, branch in owned.order_by().values_list("owner_id", "branch_id").distinct():
        if owner is not None:
            branches[owner].add(branch)
    managers = managers_of({branch for those in branches.values() for branch in those}, today=day)
    told = 0
    absences = Absence.objects.filter(staff__in=branches, since__lte=day, until__gte=day)
    for absence in absences.select_related("staff").order_by("staff_id", "-until").distinct("staff_id"):
        leaders = {one for branch in branches[absence.staff_id] for one in managers[branch]}
        told += notify(
            recipients=leaders - {absence.staff},
            kind="uncovered",
            key=f"uncovered:{absence.pk}",
            detail={"name": absence.staff.name, "until": absence.until.isoformat()},
            link=reverse("absences"),
            at=at,
        )
    return told


def after_absence(absence: Absence, at: datetime) -> None:
    """Called when an absence was recorded or changed."""
    today = localdate(at)
    if absence.since <= today <= absence.until:
        tell_uncovered(day=today, at=at)
