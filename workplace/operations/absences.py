"""Absences: recorded ahead or on the day, changed, cut short; nothing that the absent person owns moves."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from workplace.absences import forget_principals, tell_hooks, why_not
from workplace.choices import AbsenceReason
from workplace.models import Absence, Staff
from workplace.operations.notices import notify
from workplace.operations.staff import recorded

LEAD = "workplace.change_absence"
LONGEST = timedelta(days=366)


class AbsenceRefused(Exception):
    """The absence cannot be; its text says why, `field` where."""

    def __init__(self, text: str, *, field: str = "") -> None:
        super().__init__(text)
        self.field = field


def may_record(*, staff: Staff, actor: Staff) -> bool:
    """One's own, and as a manager those of the people one sees."""
    if actor.pk == staff.pk:
        return True
    return actor.has_perm(LEAD) and Staff.objects.visible_to(actor).filter(pk=staff.pk).exists()


def record_absence(
    *,
    staff: Staff,
    since: date,
    until: date,
    reason: str,
    substitute: Staff | None,
    actor: Staff,
    at: datetime,
    note: str = "",
) -> Absence:
    """Nothing moves: from `since` to `until` the substitute sees and does what is the absent one's."""
    _check_actor(staff, actor)
    if staff.left_on is not None:
        raise AbsenceRefused(_("Who has left needs no absence."), field="staff")
    _check_days(since, until, localdate(at))
    if substitute is not None:
        _check_substitute(staff, substitute)
    with transaction.atomic(), recorded(actor, "absence recorded"):
        absence = Absence.objects.create(
            staff=staff,
            since=since,
            until=until,
            substitute=substitute,
            reason=AbsenceReason(reason),
            note=note.strip()[:200],
            recorded_by=actor,
            recorded_at=at,
        )
        _changed(absence, actor, at)
    return absence


def name_substitute(*, absence: Absence, substitute: Staff | None, actor: Staff, at: datetime) -> Absence:
    """Somebody else stands in from now on, or nobody."""
    _check_actor(absence.staff, actor)
    if substitute is not None:
        _check_substitute(absence.staff, substitute)
    with transaction.atomic(), recorded(actor, "absence changed"):
        found: Absence = Absence.objects.select_for_update(of=("self",)).get(pk=absence.pk)
        if found.until < localdate(at):
            raise AbsenceRefused(_("This absence is over."))
        forget_principals(found.substitute)
        found.substitute = substitute
        found.save(update_fields=["substitute"])
        _changed(found, actor, at)
    return found


def cut_short(*, absence: Absence, back_on: date, actor: Staff, at: datetime) -> Absence | None:
    """Back on that day; one who is back before it began was not away: the row goes, its history stays."""
    _check_actor(absence.staff, actor)
    with transaction.atomic(), recorded(actor, "absence cut short"):
        found: Absence = Absence.objects.select_for_update(of=("self",)).get(pk=absence.pk)
        if back_on < localdate(at):
            raise AbsenceRefused(_("The first day back may not lie in the past."), field="back_on")
        if back_on > found.until:
            raise AbsenceRefused(_("It ends before that day anyway."), field="back_on")
        forget_principals(found.substitute)
        if back_on <= found.since:
            found.delete()
            return None
        found.until = back_on - timedelta(days=1)
        found.save(update_fields=["until"])
        _changed(found, actor, at)
    return found


def end_absences_of(staff: Staff, actor: Staff, at: datetime) -> None:
    """For somebody who leaves: their own end, and for whom they stood in nobody does."""
    today = localdate(at)
    with recorded(actor, "staff left"):
        Absence.objects.filter(staff=staff, since__gte=today).delete()
        Absence.objects.filter(staff=staff, until__gte=today).update(until=today - timedelta(days=1))
        for absence in Absence.objects.filter(substitute=staff, until__gte=today):
            absence.substitute = None
            absence.save(update_fields=["substitute"])
            _changed(absence, actor, at)


def _changed(absence: Absence, actor: Staff, at: datetime) -> None:
    """The substitute hears of it once for each last day."""
    forget_principals(absence.substitute)
    if absence.substitute is not None and absence.substitute_id != actor.pk:
        notify(
            recipients=[absence.substitute],
            kind="stands_in",
            key=f"stands_in:{absence.pk}:{absence.until.isoformat()}",
            detail={
                "name": absence.staff.name,
                "since": absence.since.isoformat(),
                "until": absence.until.isoformat(),
            },
            link=reverse("absences"),
            at=at,
        )
    tell_hooks(absence, at)


def _check_actor(staff: Staff, actor: Staff) -> None:
    if not may_record(staff=staff, actor=actor):
        raise AbsenceRefused(_("Only the person or a manager of theirs may do this."), field="staff")


def _check_days(since: date, until: date, today: date) -> None:
    if until < since:
        raise AbsenceRefused(_("It ends before it begins."), field="until")
    if until < today:
        raise AbsenceRefused(_("These days are past already."), field="until")
    if until - since > LONGEST:
        raise AbsenceRefused(_("An absence is a year long at most."), field="until")


def _check_substitute(staff: Staff, substitute: Staff) -> None:
    if substitute.pk == staff.pk:
        raise AbsenceRefused(_("Nobody stands in for themselves."), field="substitute")
    if not substitute.is_active:
        raise AbsenceRefused(
            _("%(name)s no longer works here.") % {"name": substitute.name}, field="substitute"
        )
    if said := why_not(staff, substitute):
        raise AbsenceRefused(said, field="substitute")
