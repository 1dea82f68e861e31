"""Who works on a rectification: assigned one by one or many at once, taken back, started, reopened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from audits.choices import RectificationState, StepAction, TimelineKind
from audits.models import Rectification, TimelineEntry
from audits.operations.telling import tell_assigned
from audits.standing_in import acts_for_owner
from audits.transitions import StaleStep, StepRefused, walk
from workplace.models import Staff


@dataclass(frozen=True)
class Refused:
    """One of many that was not done, and why."""

    rectification: Rectification
    reason: str


@dataclass
class BulkResult:
    """What a bulk action did and what it could not."""

    done: list[Rectification] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def assign_rectification(
    *,
    rectification: Rectification,
    owner: Staff,
    actor: Staff,
    at: datetime,
    note: str = "",
    seen_version: int | None = None,
) -> Rectification:
    """Gives an open one to its first owner, any other to a new one; raises StaleStep and StepRefused."""
    with transaction.atomic():
        _give(rectification, owner, actor, at, note, seen_version)
        tell_assigned(rectifications=[rectification], owner=owner, actor=actor, at=at)
    return rectification


def _give(
    rectification: Rectification,
    owner: Staff,
    actor: Staff,
    at: datetime,
    note: str,
    seen_version: int | None,
) -> None:
    given = rectification.state == RectificationState.OPEN
    walk(
        rectification=rectification,
        action=StepAction.ASSIGN if given else StepAction.REASSIGN,
        owner=owner,
        actor=actor,
        at=at,
        reason=note,
        seen_version=seen_version,
    )


def assign_rectifications(
    *, rectifications: Sequence[Rectification], owner: Staff, actor: Staff, at: datetime, note: str = ""
) -> BulkResult:
    """All to one person; what is refused does not stop the rest."""
    owners = {row.pk: owner for row in rectifications}
    return assign_each(rectifications=rectifications, owners=owners, actor=actor, at=at, note=note)


def assign_each(
    *,
    rectifications: Sequence[Rectification],
    owners: Mapping[int, Staff],
    actor: Staff,
    at: datetime,
    note: str = "",
    seen_versions: Mapping[int, int] | None = None,
) -> BulkResult:
    """Each to its owner, in a transaction of its own, and each owner told once how many.

    `seen_versions` is what the preview showed.
    """
    result = BulkResult()
    got: dict[Staff, list[Rectification]] = {}
    for rectification in rectifications:
        owner, seen = owners[rectification.pk], (seen_versions or {}).get(rectification.pk)
        try:
            _give(rectification, owner, actor, at, note, seen)
        except StepRefused as refusal:
            result.refused.append(Refused(rectification, str(refusal)))
        else:
            result.done.append(rectification)
            got.setdefault(owner, []).append(rectification)
    for owner, rows in got.items():
        tell_assigned(rectifications=rows, owner=owner, actor=actor, at=at)
    return result


def unassign_rectification(
    *, rectification: Rectification, actor: Staff | None, at: datetime, reason: str = ""
) -> Rectification:
    return walk(rectification=rectification, action=StepAction.UNASSIGN, actor=actor, at=at, reason=reason)


def unassign_rectifications(
    *, rectifications: Sequence[Rectification], actor: Staff, at: datetime, reason: str = ""
) -> BulkResult:
    result = BulkResult()
    for rectification in rectifications:
        try:
            unassign_rectification(rectification=rectification, actor=actor, at=at, reason=reason)
        except StepRefused as refusal:
            result.refused.append(Refused(rectification, str(refusal)))
        else:
            result.done.append(rectification)
    return result


def start_rectification(*, rectification: Rectification, actor: Staff, at: datetime) -> Rectification:
    """The owner's first edit; nothing when it has begun already, by the draft that is just being kept too."""
    if rectification.state in {RectificationState.ASSIGNED, RectificationState.RETURNED}:
        try:
            walk(rectification=rectification, action=StepAction.START, actor=actor, at=at)
        except StaleStep:
            rectification.refresh_from_db()
            begun = rectification.state == RectificationState.IN_PROGRESS
            if not begun or not acts_for_owner(rectification=rectification, actor=actor, at=at):
                raise
    return rectification


def reopen_rectification(
    *, rectification: Rectification, actor: Staff, at: datetime, reason: str
) -> Rectification:
    return walk(rectification=rectification, action=StepAction.REOPEN, actor=actor, at=at, reason=reason)


def write_line(
    *,
    rectification: Rectification,
    kind: TimelineKind,
    action: str,
    actor: Staff | None,
    at: datetime,
    reason: str = "",
    **detail: str | int,
) -> TimelineEntry:
    """A line that moves nothing: a note, a contact, evidence, a dispute; `detail` holds masked text only."""
    return TimelineEntry.objects.create(
        rectification=rectification,
        kind=kind,
        action=action,
        actor=actor,
        at=at,
        reason=reason,
        detail=detail,
    )


def note_reply(*, rectification: Rectification, at: datetime) -> None:
    """Somebody tried to reach the customer: that is the first reply, if there was none."""
    Rectification.objects.filter(pk=rectification.pk, replied_at__isnull=True).update(replied_at=at)


def note_contact(
    *, rectification: Rectification, text: str, way: str, actor: Staff, at: datetime
) -> TimelineEntry:
    """One attempt to reach the customer, as the owner tells it; raises StepRefused for anybody else."""
    works = acts_for_owner(rectification=rectification, actor=actor, at=at)
    if not works or rectification.state == RectificationState.CLOSED:
        raise StepRefused(_("Only its owner may do this."))
    note_reply(rectification=rectification, at=at)
    return write_line(
        rectification=rectification,
        kind=TimelineKind.NOTE,
        action="contact",
        actor=actor,
        at=at,
        reason=text.strip(),
        way=way,
    )
