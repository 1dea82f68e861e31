"""Who may be given which rectification, and how much each already has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Avg, Count, F, Q, QuerySet

from agents.models import (
    AgencyGroupObjectPermission,
    AgencyUserObjectPermission,
    Branch,
    BranchGroupObjectPermission,
    BranchUserObjectPermission,
)
from agents.models.reach import WORK_IN_AGENCY, WORK_IN_BRANCH
from audits.choices import RectificationState as State
from audits.clock import overdue, soon
from audits.models import Rectification
from audits.states import WORK
from audits.worklists import Load
from workplace.calendar import WorkingCalendar
from workplace.models import Staff

LOOKED_BACK = timedelta(days=90)


def workers(staff: Staff) -> QuerySet[Staff]:
    """Active people within the manager's sight who may work on rectifications."""
    codename = WORK.partition(".")[2]
    allowed = Q(groups__permissions__codename=codename) | Q(user_permissions__codename=codename)
    seen = Staff.objects.get_queryset().visible_to(staff)
    return seen.filter(allowed, is_active=True).distinct().order_by("name", "pk")


def loads(
    people: Iterable[Staff], *, today: date, at: datetime, calendar: WorkingCalendar | None = None
) -> list[Load]:
    """As many queries for two people as for two hundred."""
    by_pk = {person.pk: Load(person) for person in people}
    unclosed = Rectification.objects.filter(owner__in=by_pk).exclude(state=State.CLOSED)
    rows = (
        unclosed.order_by()
        .values("owner")
        .annotate(
            open=Count("pk"),
            soon=Count("pk", filter=soon(today, calendar)),
            overdue=Count("pk", filter=overdue(today)),
            returned=Count("pk", filter=Q(state=State.RETURNED)),
            waiting=Count("pk", filter=Q(state=State.IN_REVIEW)),
        )
    )
    for row in rows:
        load = by_pk[row["owner"]]
        for name in ("open", "soon", "overdue", "returned", "waiting"):
            setattr(load, name, row[name])
    closed = Rectification.objects.filter(
        owner__in=by_pk, state=State.CLOSED, closed_at__gte=at - LOOKED_BACK, assigned_at__isnull=False
    )
    times = closed.order_by().values("owner").annotate(took=Avg(F("closed_at") - F("assigned_at")))
    for owner, took in times.values_list("owner", "took"):
        by_pk[owner].days = took.total_seconds() / 86_400
    return sorted(by_pk.values(), key=lambda load: (-load.overdue, -load.open, load.staff.name))


class Candidates:
    """Who reaches which branch or agency, resolved for all at once."""

    def __init__(self, people: Sequence[Staff]) -> None:
        self.people = list(people)
        self._parents = dict(Branch.objects.values_list("pk", "parent_id"))
        pks = [person.pk for person in self.people]
        self._branches = _granted(
            BranchUserObjectPermission, BranchGroupObjectPermission, WORK_IN_BRANCH, pks
        )
        self._agencies = _granted(
            AgencyUserObjectPermission, AgencyGroupObjectPermission, WORK_IN_AGENCY, pks
        )

    def reaching(self, branch: int | None, agency: int | None) -> set[int]:
        """Of those people, who may work on what this branch and agency answer for."""
        allowed: set[int] = set() if agency is None else set(self._agencies[agency])
        while branch is not None:
            allowed |= self._branches[branch]
            branch = self._parents.get(branch)
        return allowed

    def of(self, rectification: Rectification) -> list[Staff]:
        allowed = self.reaching(rectification.branch_id, rectification.agency_id)
        return [person for person in self.people if person.pk in allowed]


def _granted(
    to_user: type[BranchUserObjectPermission] | type[AgencyUserObjectPermission],
    to_group: type[BranchGroupObjectPermission] | type[AgencyGroupObjectPermission],
    codename: str,
    pks: list[int],
) -> defaultdict[int, set[int]]:
    """Unit → people, directly or through a group."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    direct = to_user._default_manager.filter(permission__codename=codename, user__in=pks)
    shared = to_group._default_manager.filter(permission__codename=codename, group__user__in=pks)
    for unit, person in direct.values_list("content_object_id", "user_id"):
        found[unit].add(person)
    for unit, person in shared.values_list("content_object_id", "group__user"):
        found[unit].add(person)
    return found


def spread(
    rectifications: Sequence[Rectification], chosen: Sequence[Staff], load: dict[int, int], who: Candidates
) -> dict[int, Staff | None]:
    """Each to the one of the chosen who reaches it and has least, ties in the given order."""
    have = {person.pk: load.get(person.pk, 0) for person in chosen}
    given: dict[int, Staff | None] = {}
    for rectification in rectifications:
        fits = [person for person in who.of(rectification) if person.pk in have]
        fits = [person for person in fits if person.pk != rectification.owner_id] or []
        taker = min(fits, key=lambda person: have[person.pk], default=None)
        given[rectification.pk] = taker
        if taker is not None:
            have[taker.pk] += 1
    return given
