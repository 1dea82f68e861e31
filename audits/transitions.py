"""`walk`: the one function that moves a rectification through the state table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pghistory
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from audits.choices import ExemptionState, FindingState, RectificationState, StepAction, TimelineKind
from audits.clock import move, wind, withdraw_extension
from audits.models import Exemption, Rectification, TimelineEntry
from audits.standing_in import acts_for_owner, works_for_owner
from audits.states import TRANSITIONS, UNDER_WAY, WORK, Step
from customers.choices import GrantSource
from customers.operations.grants import end_grants, grant_customer
from workplace.choices import CorrectionState
from workplace.models import Correction, Staff

CHANGED_BY_STEPS = (
    "state",
    "owner",
    "assigned_by",
    "assigned_at",
    "submitted_by",
    "submitted_at",
    "closed_by",
    "closed_at",
    "closing_cause",
    "reopened",
    "will",
    "applicant",
    "applied_on",
    "handled_by",
    "proposed_end",
    "due_from",
    "due_on",
    "added_days",
    "paused_at",
    "reply_due_on",
    "replied_at",
    "version",
)


class StepRefused(Exception):
    """The step is not for this person or not from this state; its text says why."""


class StaleStep(StepRefused):
    """Somebody was faster; its text names who did what and when."""

    def __init__(self, *, rectification: Rectification, entry: TimelineEntry | None) -> None:
        self.by = entry.actor if entry else None
        self.at = entry.at if entry else rectification.opened_at
        self.action = entry.action if entry else ""
        self.state = rectification.state
        self.owner = str(entry.detail.get("owner", "")) if entry else ""
        super().__init__(self._text())

    def _text(self) -> str:
        names = {
            "by": self.by.name if self.by else _("the system"),
            "at": localtime(self.at).strftime("%Y-%m-%d %H:%M"),
            "owner": self.owner,
        }
        return _stale_texts().get(self.action, _("Already changed by %(by)s at %(at)s.")) % names


def _stale_texts() -> dict[str, str]:
    return {
        StepAction.ASSIGN: _("Already assigned to %(owner)s by %(by)s at %(at)s."),
        StepAction.REASSIGN: _("Already assigned to %(owner)s by %(by)s at %(at)s."),
        StepAction.UNASSIGN: _("Already taken back by %(by)s at %(at)s."),
        StepAction.START: _("Already started by %(by)s at %(at)s."),
        StepAction.SUBMIT: _("Already submitted by %(by)s at %(at)s."),
        StepAction.ACCEPT: _("Already accepted by %(by)s at %(at)s."),
        StepAction.RETURN: _("Already returned by %(by)s at %(at)s."),
        StepAction.REOPEN: _("Already reopened by %(by)s at %(at)s."),
        StepAction.SETTLE: _("Already closed by %(by)s at %(at)s."),
        StepAction.APPEAL: _("Already appealed by %(by)s at %(at)s."),
        StepAction.DECIDE: _("Its appeal was decided by %(by)s at %(at)s already."),
    }


@dataclass(frozen=True)
class Walking:
    """One step about to be taken."""

    rectification: Rectification
    action: str
    actor: Staff | None
    at: datetime
    reason: str = ""
    owner: Staff | None = None
    cause: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def origin_of(rectification: Rectification) -> str:
    """How its corrections name it in the tables below."""
    return f"rectification:{rectification.pk}"


def walk(
    *,
    rectification: Rectification,
    action: str,
    actor: Staff | None,
    at: datetime,
    reason: str = "",
    seen_version: int | None = None,
    owner: Staff | None = None,
    cause: str = "",
    detail: dict[str, Any] | None = None,
) -> Rectification:
    """Locks the row, checks the table, permission and guard, writes the row and its timeline line.

    `actor=None` is the machine. `seen_version` is what the page showed. Raises StaleStep when somebody was
    faster and StepRefused for everything else; `rectification` itself is brought up to date.
    """
    step = TRANSITIONS[action]
    with transaction.atomic(), pghistory.context(step=action, actor=actor.pk if actor else None):
        found = Rectification.objects.select_for_update(of=("self",)).get(pk=rectification.pk)
        walking = Walking(found, action, actor, at, reason.strip(), owner, cause, dict(detail or {}))
        _check_table(walking, step, seen_version if seen_version is not None else rectification.version)
        _check_actor(walking, step)
        if guard := GUARDS.get(action):
            guard(walking)
        before = found.state
        found.state = step.moves[before]
        walking.detail.update(move(found, action=action, actor=actor, at=at))
        CHANGES[action](walking)
        found.version += 1
        found.save(update_fields=CHANGED_BY_STEPS)
        if action in HANDS_OVER:
            _hand_over(walking)
        _write_line(walking, before)
    for name in CHANGED_BY_STEPS:
        setattr(rectification, name, getattr(found, name))
    return rectification


def may_step(*, rectification: Rectification, action: str, actor: Staff) -> bool:
    """Whether a page should offer the step; `walk` decides again."""
    step = TRANSITIONS[action]
    if rectification.state not in step.moves or not step.permission or not actor.has_perm(step.permission):
        return False
    walking = Walking(rectification, action, actor, rectification.opened_at, owner=actor)
    try:
        if action in {StepAction.START, StepAction.SUBMIT}:
            return works_for_owner(rectification=rectification, staff=actor)
        if action in {StepAction.ACCEPT, StepAction.RETURN}:
            _four_eyes(walking)
    except StepRefused:
        return False
    return True


def _check_table(walking: Walking, step: Step, seen_version: int) -> None:
    found = walking.rectification
    moved = walking.actor is not None and seen_version != found.version
    if found.state in step.moves and not moved:
        return
    if moved or found.state in step.moves.values():
        steps = found.timeline.filter(kind=TimelineKind.STEP).select_related("actor")
        raise StaleStep(rectification=found, entry=steps.order_by("-id").first())
    raise StepRefused(leads_nowhere(found))


def leads_nowhere(found: Rectification) -> str:
    return _("%(number)s is “%(state)s”; this step does not lead on from there.") % {
        "number": found.number,
        "state": RectificationState(found.state).label,
    }


def _check_actor(walking: Walking, step: Step) -> None:
    actor = walking.actor
    if said := refused_role(actor, step):
        raise StepRefused(said)
    if actor is None:
        return
    if not Rectification.objects.visible_to(actor).filter(pk=walking.rectification.pk).exists():
        raise StepRefused(out_of_scope())
    if step.needs_reason and not walking.reason:
        raise StepRefused(_("Give a reason."))


def refused_role(actor: Staff | None, step: Step) -> str:
    """Why nobody of that role takes the step, whatever the rectification; empty when it may."""
    if actor is None:
        return "" if step.by_machine else _("Only a person may take this step.")
    if not step.permission or not actor.is_active or not actor.has_perm(step.permission):
        return _("Your role may not take this step.")
    return ""


def out_of_scope() -> str:
    return _("This rectification is outside your scope.")


def may_own(*, rectification: Rectification, staff: Staff) -> bool:
    """Active, allowed to work, and within reach of the rectification."""
    return (
        staff.is_active
        and staff.has_perm(WORK)
        and Rectification.objects.visible_to(staff).filter(pk=rectification.pk).exists()
    )


def _new_owner_fits(walking: Walking) -> None:
    found, owner = walking.rectification, walking.owner
    fits = owner is not None and may_own(rectification=found, staff=owner)
    if said := refused_owner(found, walking.action, owner, fits=fits):
        raise StepRefused(said)


def refused_owner(found: Rectification, action: str, owner: Staff | None, *, fits: bool) -> str:
    """Why that person is not given it; empty when they are. `fits` is what `may_own` says."""
    if owner is None:
        return _("Choose who is to work on it.")
    if not fits:
        return _("%(name)s may not work on this rectification.") % {"name": owner.name}
    if action == StepAction.REASSIGN and owner.pk == found.owner_id:
        return _("It is already with %(name)s.") % {"name": owner.name}
    return ""


def _owner_only(walking: Walking) -> None:
    """The owner, or who stands in that day; the line then names for whom."""
    found, actor = walking.rectification, walking.actor
    if actor is None or not acts_for_owner(rectification=found, actor=actor, at=walking.at):
        raise StepRefused(_("Only its owner may do this."))
    if found.owner is not None and found.owner_id != actor.pk:
        walking.detail["for"] = found.owner.name


def _four_eyes(walking: Walking) -> None:
    """Who submitted, or proposed any value or exemption that waits here, is not the second pair of eyes."""
    found, actor = walking.rectification, walking.actor
    proposed = Correction.objects.filter(
        origin=origin_of(found), state=CorrectionState.SUBMITTED, proposed_by=actor
    )
    exempted = Exemption.objects.filter(
        finding__rectification=found, state=ExemptionState.PROPOSED, proposed_by=actor
    )
    own = actor is None or actor.pk in {found.submitted_by_id, found.owner_id}
    if own or proposed.exists() or exempted.exists():
        raise StepRefused(_("Who corrected it cannot review it; another person must."))


def _nothing_left(walking: Walking) -> None:
    if walking.rectification.findings.filter(state=FindingState.OPEN).exists():
        raise StepRefused(_("A finding of it is still open."))


GUARDS: dict[str, Callable[[Walking], None]] = {
    StepAction.ASSIGN: _new_owner_fits,
    StepAction.REASSIGN: _new_owner_fits,
    StepAction.PUT_BACK: _new_owner_fits,
    StepAction.PUT_BACK_RETURNED: _new_owner_fits,
    StepAction.START: _owner_only,
    StepAction.SUBMIT: _owner_only,
    StepAction.ACCEPT: _four_eyes,
    StepAction.RETURN: _four_eyes,
    StepAction.SETTLE: _nothing_left,
}


def _give(walking: Walking) -> None:
    found = walking.rectification
    if found.owner is not None:
        walking.detail["previous"] = found.owner.name
    found.owner, found.assigned_by, found.assigned_at = walking.owner, walking.actor, walking.at
    walking.detail["owner"] = walking.owner.name if walking.owner else ""


def _take_back(walking: Walking) -> None:
    found = walking.rectification
    if found.owner is not None:
        walking.detail["previous"] = found.owner.name
    found.owner = found.assigned_by = found.assigned_at = None


def _submit(walking: Walking) -> None:
    walking.rectification.submitted_by, walking.rectification.submitted_at = walking.actor, walking.at


def _close(walking: Walking) -> None:
    found = walking.rectification
    withdraw_extension(found, at=walking.at)
    found.closed_by, found.closed_at, found.closing_cause = walking.actor, walking.at, walking.cause
    walking.detail["cause"] = walking.cause


def _reopen(walking: Walking) -> None:
    found = walking.rectification
    _take_back(walking)
    wind(found, actor=walking.actor, at=walking.at)
    found.submitted_by = found.submitted_at = found.closed_by = found.closed_at = None
    found.closing_cause = ""
    found.will, found.applicant, found.applied_on, found.handled_by = "", "", None, None
    found.proposed_end = ""
    found.reopened += 1
    walking.detail["times"] = found.reopened


def _return(walking: Walking) -> None:
    walking.rectification.proposed_end = ""


def _only_the_state(walking: Walking) -> None:
    """The row changes in nothing else."""


CHANGES: dict[str, Callable[[Walking], None]] = {
    StepAction.ASSIGN: _give,
    StepAction.REASSIGN: _give,
    StepAction.PUT_BACK: _give,
    StepAction.PUT_BACK_RETURNED: _give,
    StepAction.UNASSIGN: _take_back,
    StepAction.START: _only_the_state,
    StepAction.SUBMIT: _submit,
    StepAction.ACCEPT: _close,
    StepAction.RETURN: _return,
    StepAction.REOPEN: _reopen,
    StepAction.SETTLE: _close,
    StepAction.APPEAL: _only_the_state,
    StepAction.DECIDE: _take_back,
}


HANDS_OVER = frozenset(
    set(CHANGES) - {StepAction.START, StepAction.SUBMIT, StepAction.RETURN, StepAction.APPEAL}
)


def _hand_over(walking: Walking) -> None:
    """The owner sees the customer while it is theirs, whatever else they may see."""
    found = walking.rectification
    end_grants(source=GrantSource.RECTIFICATION, source_id=found.pk, at=walking.at)
    if found.owner is not None and found.customer is not None and found.state in UNDER_WAY:
        grant_customer(
            staff=found.owner,
            customer=found.customer,
            source=GrantSource.RECTIFICATION,
            source_id=found.pk,
            actor=walking.actor,
            at=walking.at,
            expires_at=None,
        )


def _write_line(walking: Walking, before: str) -> None:
    TimelineEntry.objects.create(
        rectification=walking.rectification,
        at=walking.at,
        actor=walking.actor,
        kind=TimelineKind.STEP,
        action=walking.action,
        from_state=before,
        to_state=walking.rectification.state,
        reason=walking.reason,
        detail=walking.detail,
    )
