"""Gathers the open findings of one subject that answer to one branch and agency into one rectification."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q
from django.utils.timezone import localdate, localtime

from audits.choices import (
    ClosingCause,
    EpisodeEnd,
    FindingState,
    RectificationState,
    StepAction,
    TimelineKind,
)
from audits.clock import reply_due, set_due
from audits.models import Finding, FindingEpisode, Rectification, TimelineEntry
from audits.operations.findings import NO_DEADLINE, Changes
from audits.transitions import origin_of, walk
from audits.transitions_working import settle_many
from workplace.absences import stand_ins
from workplace.calendar import WorkingCalendar
from workplace.choices import CorrectionState
from workplace.many_rows import update_many
from workplace.models import Correction
from workplace.operations.corrections import PENDING, withdraw_corrections

Group = tuple[int | None, ...]
FAR = date.max
# What waits for a person's decision is not settled over their head.
STAYS = (RectificationState.CLOSED, RectificationState.IN_REVIEW, RectificationState.APPEALED)
ATTACH = """
    UPDATE audits_finding SET rectification_id = given.place
      FROM unnest(%s::bigint[], %s::bigint[]) AS given (finding, place) WHERE id = given.finding
"""
SETTLED = {
    EpisodeEnd.POLICY_ENDED: ClosingCause.POLICY_ENDED,
    EpisodeEnd.APPEALED: ClosingCause.APPEALED,
    EpisodeEnd.EXEMPTED: ClosingCause.WAIVED,
}
# What tells rectifications apart: the subject, and the branch and agency that answer.
PLACE = ("customer_id", "policy_id", "seller_id", "intermediary_id", "branch_id", "agency_id")


def group_findings(*, changes: Changes, at: datetime, keep: Collection[int] = ()) -> list[Rectification]:
    """Attaches what this run touched, opens, reopens and settles rectifications, and sets due dates.

    `keep` names rectifications that their own step closes; returns those touched. Locks their rows.
    """
    moved = [*changes.opened, *changes.reopened, *changes.changed]
    before = {finding.pk: finding.rectification_id for finding in [*moved, *changes.closed]}
    grouped = [finding for finding in moved if finding.severity not in NO_DEADLINE]
    places = _rectifications({_group(finding) for finding in grouped}, at)
    for finding in moved:
        place = places.get(_group(finding)) if finding.severity not in NO_DEADLINE else None
        finding.rectification = place
    attached = [finding for finding in moved if finding.rectification_id != before[finding.pk]]
    _attach(attached)
    _tell(changes, before, at)
    touched = {found.pk for found in places.values()} | {pk for pk in before.values() if pk}
    return refresh_rectifications(ids=touched, at=at, keep=keep)


def _attach(findings: Collection[Finding]) -> None:
    if findings:
        with connection.cursor() as cursor:
            ids, places = zip(*((finding.pk, finding.rectification_id) for finding in findings), strict=True)
            cursor.execute(ATTACH, [list(ids), list(places)])


def refresh_rectifications(
    *, ids: Iterable[int], at: datetime, keep: Collection[int] = ()
) -> list[Rectification]:
    """Reopens those with an open finding, settles those without, and sets each one's due date."""
    found = list(
        Rectification.objects.select_for_update(of=("self",)).filter(pk__in=list(ids)).order_by("pk")
    )
    due: defaultdict[int, list[date]] = defaultdict(list)
    calendar, moved = WorkingCalendar(), []
    open_ones = Finding.objects.filter(rectification__in=found, state=FindingState.OPEN)
    for pk, due_on in open_ones.values_list("rectification_id", "due_on"):
        due[pk].append(due_on or FAR)
    _settle([row for row in found if row.pk not in due and row.pk not in keep], at)
    for rectification in found:
        dates = due.get(rectification.pk)
        if dates is None:
            continue
        if rectification.state == RectificationState.CLOSED and rectification.pk not in keep:
            walk(
                rectification=rectification,
                action=StepAction.REOPEN,
                actor=None,
                at=at,
                detail={"cause": "recurred"},
            )
        earliest = min(dates)
        if set_due(rectification, None if earliest == FAR else earliest, calendar):
            moved.append(rectification)
    update_many(moved, ["due_from", "due_on"])
    return found


def settle_leftovers(*, at: datetime) -> int:
    """Those without an open finding that nobody touched since, such as one returned after a newer file."""
    open_ones = Finding.objects.filter(rectification=OuterRef("pk"), state=FindingState.OPEN)
    left = Rectification.objects.filter(~Exists(open_ones)).exclude(state__in=STAYS)
    return len(refresh_rectifications(ids=list(left.values_list("pk", flat=True)), at=at))


def _group(finding: Finding) -> Group:
    return (
        finding.customer_id,
        finding.policy_id,
        finding.seller_id,
        finding.intermediary_id,
        finding.answering_branch_id,
        finding.answering_agency_id,
    )


def _columns(group: Group) -> dict[str, Any]:
    return dict(zip(PLACE, group, strict=True))


def _rectifications(groups: Collection[Group], at: datetime) -> dict[Group, Rectification]:
    """The rectification of each group, made where there was none; a second maker's is taken."""
    found = _find(groups)
    missing = sorted((group for group in groups if group not in found), key=str)
    if missing:
        numbers = _numbers(len(missing), at)
        ours = frozenset(numbers)
        reply_due_on = reply_due(at)
        new = [
            Rectification(number=number, opened_at=at, reply_due_on=reply_due_on, **_columns(group))
            for number, group in zip(numbers, missing, strict=True)
        ]
        Rectification.objects.bulk_create(new, ignore_conflicts=True)
        made = _find(missing)
        TimelineEntry.objects.bulk_create(
            TimelineEntry(
                rectification=rectification,
                at=at,
                kind=TimelineKind.STEP,
                action="open",
                to_state=RectificationState.OPEN,
            )
            for rectification in made.values()
            if rectification.number in ours
        )
        found |= made
    return found


def _find(groups: Collection[Group]) -> dict[Group, Rectification]:
    subjects = Q(customer__in={group[0] for group in groups if group[0]})
    subjects |= Q(policy__in={group[1] for group in groups if group[1]})
    subjects |= Q(seller__in={group[2] for group in groups if group[2]})
    subjects |= Q(intermediary__in={group[3] for group in groups if group[3]})
    rows = Rectification.objects.filter(subjects) if groups else Rectification.objects.none()
    found = {tuple(getattr(row, name) for name in PLACE): row for row in rows}
    return {group: found[group] for group in groups if group in found}


def _numbers(count: int, at: datetime) -> list[str]:
    """ZG-20261122-000123: the day in Shanghai and a sequence that never repeats."""
    day = localtime(at).strftime("%Y%m%d")
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('rectification_number') FROM generate_series(1, %s)", [count])
        return [f"ZG-{day}-{row[0]:06d}" for row in cursor.fetchall()]


def _settle(rectifications: Iterable[Rectification], at: datetime) -> None:
    """The machine closes what another road put right; what a person has to decide on it leaves alone."""
    left = [row for row in rectifications if row.state not in STAYS and not _wanted_by_a_person(row)]
    pending = Correction.objects.filter(origin__in=map(origin_of, left), state__in=PENDING) if left else ()
    states: defaultdict[str, set[str]] = defaultdict(set)
    for correction in pending:
        states[correction.origin].add(correction.state)
    causes = _causes_of([row for row in left if CorrectionState.SUBMITTED not in states[origin_of(row)]])
    for row in _by_a_file_of_the_owner(causes, at):
        del causes[row]
    settle_many(causes=causes, at=at)
    for row in causes:
        if states[origin_of(row)]:
            withdraw_corrections(origin=origin_of(row), actor=None, at=at)


def _by_a_file_of_the_owner(
    causes: Mapping[Rectification, ClosingCause], at: datetime
) -> list[Rectification]:
    """What the owner or a substitute uploaded meanwhile is no other road: another person closes it."""
    road = ClosingCause.OTHER_ROAD
    asked = {row.pk: row for row, cause in causes.items() if cause == road and row.owner_id}
    if not asked:
        return []
    instead, theirs = stand_ins(localdate(at)), set()
    for batch in ("customer__batch", "policy__batch"):
        since = {f"{batch}__created_at__gte": F("assigned_at"), f"{batch}__created_by__isnull": False}
        late = Rectification.objects.filter(pk__in=asked, **since).order_by()
        for pk, owner, by in late.values_list("pk", "owner", f"{batch}__created_by"):
            if by in (owner, instead.get(owner)):
                theirs.add(pk)
    return [row for pk, row in asked.items() if pk in theirs]


def _causes_of(rectifications: Collection[Rectification]) -> dict[Rectification, ClosingCause]:
    """By why the last of their findings went."""
    last: dict[int, tuple[datetime | None, set[str]]] = {}
    ended = FindingEpisode.objects.filter(
        finding__rectification__in=rectifications,
        finding__state=FindingState.CLOSED,
        recorded_to__isnull=False,
    )
    columns = ("finding__rectification", "recorded_to", "ended_by")
    for pk, at, why in ended.order_by("recorded_to").values_list(*columns):
        if pk not in last or last[pk][0] != at:
            last[pk] = at, set()
        last[pk][1].add(why)
    return {row: _cause(last[row.pk][1] if row.pk in last else ()) for row in rectifications}


def _cause(ends: Collection[str]) -> ClosingCause:
    return next((cause for end, cause in SETTLED.items() if end in ends), ClosingCause.OTHER_ROAD)


def _wanted_by_a_person(rectification: Rectification) -> bool:
    """A person reopened it since no finding was open; a person closes it again."""
    if not rectification.reopened:
        return False
    last = rectification.timeline.filter(action=StepAction.REOPEN).order_by("-id").first()
    return last is not None and last.actor_id is not None and not _had_findings_since(rectification, last)


def _had_findings_since(rectification: Rectification, line: TimelineEntry) -> bool:
    gone = rectification.timeline.filter(kind=TimelineKind.FINDING, action="closed", pk__gt=line.pk)
    return gone.exists()


def _tell(changes: Changes, before: dict[int, int | None], at: datetime) -> None:
    """One line for each finding that came, changed its place, or went."""
    lines: list[TimelineEntry] = []

    def line(finding: Finding, place: int | None, action: str) -> None:
        if place:
            detail = {"rule": finding.rule, "field": finding.field, "severity": finding.severity}
            lines.append(
                TimelineEntry(
                    rectification_id=place, at=at, kind=TimelineKind.FINDING, action=action, detail=detail
                )
            )

    for action in ("opened", "reopened", "closed"):
        for finding in getattr(changes, action):
            line(finding, finding.rectification_id, action)
    for finding in changes.changed:
        old, new = before[finding.pk], finding.rectification_id
        if old == new:
            line(finding, new, "changed")
        else:
            line(finding, old, "moved_away")
            line(finding, new, "moved_here")
    TimelineEntry.objects.bulk_create(lines, batch_size=500)
