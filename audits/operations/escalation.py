"""The ladder of escalation: exactly one message a step, to whoever answers at the moment of sending."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse

from agents.choices import Post
from agents.managing import managers_of
from audits.choices import EscalationTo, TimelineKind
from audits.clock import RUNNING
from audits.escalation import Reached, ToVisit, reached, to_visit
from audits.models import Escalation, EscalationStep, Rectification, TimelineEntry
from workplace.absences import absent, stand_ins
from workplace.calendar import WorkingCalendar
from workplace.locks import ESCALATION_LOCK, alone
from workplace.models import Notice, Staff
from workplace.operations.notices import Telling, notify_each

EACH = 3
OWN = "escalation"
LEAD = "escalation_lead"
VISIT = "visit"
SILENCED = timedelta(days=30)


@dataclass(frozen=True)
class Escalated:
    """How many steps were told, how many notices that made, and how many were no longer true."""

    steps: int = 0
    notices: int = 0
    silenced: int = 0


def escalate(*, today: date, at: datetime) -> Escalated:
    """Safe to run as often as one likes, also twice at once: what was told stands in a row of its own.

    A step that nobody can be told of waits for somebody.
    """
    with transaction.atomic():
        if not alone(ESCALATION_LOCK):
            return Escalated()
        calendar = WorkingCalendar()
        silenced = _silence(at)
        found = reached(today, calendar)
        visits = to_visit(today, calendar)
        who = _People(today, {*_branches(found), *_branches(visits)})
        told = [(one, who.of(one.step.to, one.owner_id, one.branch_id)) for one in found]
        heard = [(one, people) for one, people in told if people]
        notices = _tell_steps(heard, at) + _tell_visits(visits, who, at)
        _remember([one for one, _people in heard], at)
    return Escalated(len(heard), notices, silenced)


def _branches(found: Sequence[Reached] | Sequence[ToVisit]) -> set[int]:
    return {one.branch_id for one in found}


def _remember(found: Sequence[Reached], at: datetime) -> None:
    rows = [
        Escalation(
            rectification_id=one.pk, step=one.step, owner_id=one.owner_id, due_on=one.due_on, told_at=at
        )
        for one in found
    ]
    Escalation.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)


class _People:
    """Who is told for an owner or a branch on a day; whoever is away is replaced by who stands in."""

    def __init__(self, today: date, branches: Collection[int]) -> None:
        self._away, self._for = absent(today), stand_ins(today)
        self._managers = _ids(managers_of(branches, today=today))
        self._compliance = _ids(managers_of(branches, today=today, post=Post.COMPLIANCE))

    def of(self, to: str, owner: int, branch: int) -> set[int]:
        """An owner who is away with nobody to stand in is answered for by the managers."""
        if to == EscalationTo.OWNER:
            return self._there([owner]) or self._there(self._managers.get(branch, []))
        people = self._managers if to == EscalationTo.MANAGER else self._compliance
        return self._there(people.get(branch, []))

    def _there(self, people: Iterable[int]) -> set[int]:
        ends = (self._for.get(one) if one in self._away else one for one in people)
        return {one for one in ends if one is not None}


def _ids(people: dict[int, list[Staff]]) -> dict[int, list[int]]:
    return {branch: [one.pk for one in those] for branch, those in people.items()}


def _tell_steps(found: Sequence[tuple[Reached, set[int]]], at: datetime) -> int:
    """Up to three of a step are told one by one, more as a number."""
    groups: defaultdict[tuple[int, EscalationStep], list[Reached]] = defaultdict(list)
    for one, people in found:
        for person in people:
            groups[person, one.step].append(one)
    tellings: defaultdict[str, list[Telling]] = defaultdict(list)
    for (person, step), rows in groups.items():
        kind = OWN if step.to == EscalationTo.OWNER else LEAD
        if len(rows) > EACH:
            tellings[kind].append(_many(person, step, rows, at))
        else:
            tellings[kind] += [_one(person, row) for row in rows]
    return sum(notify_each(tellings=those, kind=kind, at=at) for kind, those in tellings.items())


def _one(person: int, row: Reached) -> Telling:
    return Telling(
        recipient=person,
        key=f"step:{row.step.pk}:{row.pk}:{row.owner_id}:{row.due_on:%Y%m%d}",
        detail={
            "count": 1,
            "rectification": row.pk,
            "owner_id": row.owner_id,
            "number": row.number,
            "owner": row.owner_name,
            "days": row.late,
            "due": row.due_on.isoformat(),
        },
        link=reverse("rectification", args=[row.pk]),
    )


def _many(person: int, step: EscalationStep, rows: Sequence[Reached], at: datetime) -> Telling:
    own = step.to == EscalationTo.OWNER
    tab = "overdue" if step.days > 0 else "today" if step.days == 0 and own else "all"
    page = reverse("rectification_queue" if own else "team_board")
    return Telling(
        recipient=person,
        key=f"step:{step.pk}:{at.isoformat()}",
        detail={"count": len(rows), "days": step.days, **({"owners": _owned(rows)} if own else {})},
        link=f"{page}?tab={tab}",
    )


def _tell_visits(visits: Sequence[ToVisit], who: _People, at: datetime) -> int:
    """Once for an owner and due date; the timeline says that a visit was asked for."""
    keys = [_visit_key(one) for one in visits]
    known = set(Notice.objects.filter(kind=VISIT, key__in=keys).values_list("key", flat=True))
    new = [one for one in visits if _visit_key(one) not in known]
    tellings = [
        Telling(
            recipient=person,
            key=_visit_key(one),
            detail={"count": 1, "number": one.number, "rectification": one.pk, "owner_id": one.owner_id},
            link=reverse("rectification", args=[one.pk]),
        )
        for one in new
        for person in who.of(EscalationTo.OWNER, one.owner_id, one.branch_id)
    ]
    told = notify_each(tellings=tellings, kind=VISIT, at=at)
    told_for = {one.key for one in tellings}
    lines = [
        TimelineEntry(
            rectification_id=one.pk, kind=TimelineKind.NOTE, action="visit_asked", actor=None, at=at
        )
        for one in new
        if _visit_key(one) in told_for
    ]
    TimelineEntry.objects.bulk_create(lines, batch_size=2000)
    return told


def _visit_key(one: ToVisit) -> str:
    return f"visit:{one.pk}:{one.owner_id}:{one.due_on:%Y%m%d}"


def _owned(rows: Sequence[Reached]) -> dict[str, list[int]]:
    """Owner → what of theirs the message counts."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        found[str(row.owner_id)].append(row.pk)
    return dict(found)


def _silence(at: datetime) -> int:
    """What waits unread about one that is closed, stopped, due on another day or somebody else's by now is
    neither mailed nor pushed; a number counts no more than what is still so."""
    unread = Notice.objects.filter(read_at__isnull=True, made_at__gt=at - SILENCED)
    waiting = unread.filter(kind__in=(OWN, LEAD, VISIT))
    said = [(notice, *_said(notice)) for notice in waiting]
    asked = {pk for _notice, places, _due in said for pk in places}
    running = Rectification.objects.filter(RUNNING, pk__in=asked).values_list("pk", "owner_id", "due_on")
    now = {pk: (owner, due.isoformat() if due else "") for pk, owner, due in running}
    void, fewer = [], []
    for notice, places, due in said:
        still = [pk for pk, owner in places.items() if _holds(now.get(pk), owner, due)]
        if places and not still:
            void.append(notice.pk)
        elif len(still) < notice.detail.get("count", 0) and places:
            notice.detail["count"] = len(still)
            fewer.append(notice)
    Notice.objects.bulk_update(fewer, ["detail"], batch_size=500)
    return Notice.objects.filter(pk__in=void, read_at__isnull=True).update(read_at=at)


def _said(notice: Notice) -> tuple[dict[int, int], str]:
    """Rectification → owner that it was told for, and the due date where it names one."""
    detail = notice.detail
    if "rectification" in detail:
        return {detail["rectification"]: detail["owner_id"]}, str(detail.get("due", ""))
    return {pk: int(owner) for owner, rows in detail.get("owners", {}).items() for pk in rows}, ""


def _holds(now: tuple[int | None, str] | None, owner: int, due: str) -> bool:
    return now is not None and now[0] == owner and due in ("", now[1])
