"""A clock stopped while somebody else has to act, and more time asked for and granted by another person."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from agents.managing import managers_of
from audits.choices import ExtensionState, PauseReason, TimelineKind
from audits.choices import RectificationState as State
from audits.clock import add_days, begin_pause, day_of, end_pause
from audits.models import Extension, Pause, Rectification
from audits.operations.rectifications import write_line
from audits.standing_in import acts_for_owner
from audits.states import ASSIGN
from audits.transitions import StepRefused
from workplace.calendar import WorkingCalendar
from workplace.models import Staff
from workplace.operations.notices import notify

MOST_DAYS = 60
AT_WORK = (State.ASSIGNED, State.IN_PROGRESS, State.RETURNED)
CLOCK = ["due_from", "due_on", "added_days", "paused_at", "replied_at"]
BY_OWNER = (PauseReason.CUSTOMER, PauseReason.AGENCY, PauseReason.DOCUMENT)


def pause_rectification(
    *, rectification: Rectification, reason: str, note: str = "", actor: Staff, at: datetime
) -> Pause:
    """By its owner or a manager, while somebody works on it and it is not late; raises StepRefused."""
    if reason not in BY_OWNER:
        raise StepRefused(_("Choose what it waits for."))
    with transaction.atomic():
        found = _held(rectification)
        _check_hand(found, actor, at)
        if found.paused_at is not None:
            raise StepRefused(_("Its clock has been stopped already."))
        if found.due_on is not None and found.due_on < day_of(at):
            raise StepRefused(_("It is late already; ask for more time instead."))
        pause = begin_pause(found, reason=PauseReason(reason), note=note.strip(), actor=actor, at=at)
        _save(found, rectification)
        _tell(found, "paused", pause.note, actor, at, why=str(pause.reason))
    return pause


def resume_rectification(*, rectification: Rectification, actor: Staff, at: datetime) -> Rectification:
    """The working days of the pause come on top of the due date; raises StepRefused."""
    with transaction.atomic():
        found = _held(rectification)
        if found.paused_at is None:
            raise StepRefused(_("Its clock runs already."))
        _check_hand(found, actor, at)
        days = end_pause(found, actor=actor, at=at)
        _save(found, rectification)
        _tell(found, "resumed", "", actor, at, days=days)
    return rectification


def ask_extension(
    *, rectification: Rectification, days: int, reason: str, actor: Staff, at: datetime
) -> Extension:
    """By its owner, one at a time; changes nothing until another person grants it. Raises StepRefused."""
    if not 1 <= days <= MOST_DAYS:
        raise StepRefused(_("Between 1 and %(most)d working days.") % {"most": MOST_DAYS})
    if not reason.strip():
        raise StepRefused(_("Give a reason."))
    with transaction.atomic():
        found = _held(rectification)
        if found.state not in AT_WORK or not acts_for_owner(rectification=found, actor=actor, at=at):
            raise StepRefused(_("Only its owner may do this."))
        if found.due_on is None:
            raise StepRefused(_("It has no due date."))
        asked = _asked(found, days, reason.strip()[:300], actor, at)
        _tell(found, "extension_asked", asked.reason, actor, at, days=days)
        managers = managers_of([found.branch_id], today=day_of(at))[found.branch_id]
        notify(
            recipients=[one for one in managers if one.pk not in (actor.pk, found.owner_id)],
            kind="extension_asked",
            key=f"extension:{asked.pk}",
            detail={"number": found.number, "by": actor.name, "days": days},
            link=reverse("extensions"),
            at=at,
        )
    return asked


def answer_extension(
    *, extension: Extension, grant: bool, answer: str = "", actor: Staff, at: datetime
) -> Extension:
    """By whoever leads, never who asked or owns it. Granted days count from the due date."""
    if not grant and not answer.strip():
        raise StepRefused(_("Say why it is refused."))
    with transaction.atomic():
        found = _held(extension.rectification)
        asked: Extension = (
            Extension.objects.select_for_update(of=("self",))
            .select_related("decided_by", "asked_by")
            .get(pk=extension.pk)
        )
        _check_answerer(asked, found, actor)
        asked.state = ExtensionState.GRANTED if grant else ExtensionState.REFUSED
        asked.decided_by, asked.decided_at, asked.answer = actor, at, answer.strip()[:300]
        asked.save(update_fields=["state", "decided_by", "decided_at", "answer"])
        if grant:
            add_days(found, asked.days, WorkingCalendar())
            _save(found, extension.rectification)
        _tell(found, f"extension_{asked.state}", asked.answer, actor, at, days=asked.days)
        notify(
            recipients=[asked.asked_by_id],
            kind="extension_answered",
            key=f"extension:{asked.pk}:{asked.state}",
            detail={"number": found.number, "granted": grant, "days": asked.days},
            link=reverse("rectification", args=[found.pk]),
            at=at,
        )
    return asked


def withdraw_asked_extension(*, extension: Extension, actor: Staff, at: datetime) -> None:
    """By who asked, while nobody has answered."""
    with transaction.atomic():
        asked: Extension = Extension.objects.select_for_update(of=("self",)).get(pk=extension.pk)
        if asked.state != ExtensionState.ASKED or asked.asked_by_id != actor.pk:
            raise StepRefused(_("Only who asked may take it back, before it is answered."))
        asked.state, asked.decided_at = ExtensionState.WITHDRAWN, at
        asked.save(update_fields=["state", "decided_at"])
        _tell(extension.rectification, "extension_withdrawn", "", actor, at, days=asked.days)


def _held(rectification: Rectification) -> Rectification:
    found: Rectification = (
        Rectification.objects.select_for_update(of=("self",)).select_related("owner").get(pk=rectification.pk)
    )
    return found


def _save(found: Rectification, shown: Rectification) -> None:
    found.save(update_fields=CLOCK)
    for name in CLOCK:
        setattr(shown, name, getattr(found, name))


def _check_hand(found: Rectification, actor: Staff, at: datetime) -> None:
    """The owner's hand, or that of somebody who leads and sees it."""
    if found.state not in AT_WORK:
        raise StepRefused(_("Nobody is at work on it; its clock is not stopped by hand now."))
    if acts_for_owner(rectification=found, actor=actor, at=at):
        return
    leads = actor.is_active and actor.has_perm(ASSIGN)
    if not leads or not Rectification.objects.visible_to(actor).filter(pk=found.pk).exists():
        raise StepRefused(_("Only its owner may do this."))


def _asked(found: Rectification, days: int, reason: str, actor: Staff, at: datetime) -> Extension:
    try:
        with transaction.atomic():
            return Extension.objects.create(
                rectification=found, days=days, reason=reason, asked_by=actor, asked_at=at
            )
    except IntegrityError as error:
        raise StepRefused(_("More time has been asked for already; it waits for an answer.")) from error


def _check_answerer(asked: Extension, found: Rectification, actor: Staff) -> None:
    if asked.state != ExtensionState.ASKED:
        by = asked.decided_by.name if asked.decided_by else ""
        raise StepRefused(_("Already decided by %(by)s.") % {"by": by})
    if not actor.is_active or not actor.has_perm(ASSIGN):
        raise StepRefused(_("Your role may not take this step."))
    if not Rectification.objects.visible_to(actor).filter(pk=found.pk).exists():
        raise StepRefused(_("This rectification is outside your scope."))
    if actor.pk in (asked.asked_by_id, found.owner_id):
        raise StepRefused(_("Who asked cannot grant it; another person must."))


def _tell(
    found: Rectification, action: str, words: str, actor: Staff, at: datetime, **detail: str | int
) -> None:
    write_line(
        rectification=found,
        kind=TimelineKind.NOTE,
        action=action,
        actor=actor,
        at=at,
        reason=words,
        **detail,
    )
