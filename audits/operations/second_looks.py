"""Some of what was closed is looked at again by another person (requirement 162).

Which, the machine says: a keyed hash of the closure, so that nobody picks and nobody can tell beforehand.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from audits.choices import ClosingCause, LookKind, LookResult, StepAction, TimelineKind
from audits.choices import RectificationState as State
from audits.models import Rectification, RectificationSettings, SecondLook
from audits.operations.rectifications import write_line
from audits.queries import rectification_settings
from audits.second_looks import had_a_hand
from audits.states import REVIEW
from audits.transitions import walk
from workplace.calendar import add_working_days
from workplace.models import Staff

# A run that was missed is made up for within these days.
SPOT_WINDOW, LATER_WINDOW = timedelta(days=7), timedelta(days=31)
SPOT_DAYS, LATER_DAYS = 5, 10
BY_A_PERSON = (ClosingCause.ACCEPTED, ClosingCause.WAIVED, ClosingCause.CANNOT)
WHOLE = 2**32


class LookRefused(Exception):
    """It is not for this person, or there is nothing left to look at; its text says why."""


def choose_second_looks(*, at: datetime) -> int:
    """Once a day; a second run on the same day adds nothing. Says how many are new."""
    settings, today = rectification_settings(), localdate(at)
    accepted = _unseen(LookKind.SPOT).filter(closing_cause=ClosingCause.ACCEPTED)
    spots = accepted.filter(closed_at__gte=at - SPOT_WINDOW)
    due = months_before(at, settings.second_look_months)
    laters = _unseen(LookKind.LATER).filter(
        closing_cause__in=BY_A_PERSON, closed_at__lte=due, closed_at__gt=due - LATER_WINDOW
    )
    new = [
        *_looks(LookKind.SPOT, spots, settings, add_working_days(today, SPOT_DAYS)),
        *_looks(LookKind.LATER, laters, settings, add_working_days(today, LATER_DAYS)),
    ]
    before = SecondLook.objects.count()
    SecondLook.objects.bulk_create(new, ignore_conflicts=True, batch_size=1_000)
    return SecondLook.objects.count() - before


def _unseen(kind: LookKind) -> QuerySet[Rectification]:
    known = SecondLook.objects.filter(kind=kind, rectification=OuterRef("pk"))
    known = known.filter(closed_at=OuterRef("closed_at"))
    return Rectification.objects.filter(~Exists(known), state=State.CLOSED)


def _looks(
    kind: LookKind, rows: QuerySet[Rectification], settings: RectificationSettings, due_on: date
) -> Iterable[SecondLook]:
    share = settings.spot_check_share if kind == LookKind.SPOT else settings.second_look_share
    for pk, closed_at, handled_by in rows.values_list("pk", "closed_at", "handled_by"):
        if closed_at is None:
            continue
        always = kind == LookKind.SPOT and handled_by is not None
        if always or drawn(kind, pk, closed_at, share):
            yield SecondLook(rectification_id=pk, kind=kind, closed_at=closed_at, due_on=due_on)


def drawn(kind: str, pk: int, closed_at: datetime, share: Decimal) -> bool:
    """The same answer each time for the same closure. What a seller handed in is looked at in any case."""
    said = salted_hmac("audits.second_look", f"{kind}:{pk}:{closed_at.isoformat()}").digest()
    return int.from_bytes(said[:4], "big") * 100 < share * WHOLE


def months_before(at: datetime, months: int) -> datetime:
    """The same day that many months ago, or the last one of a shorter month."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


def look_again(*, look: SecondLook, result: str, note: str, actor: Staff, at: datetime) -> SecondLook:
    """Keeps the result once; one that does not hold is reopened with the note as its reason.

    Raises LookRefused, and StepRefused where it cannot be reopened.
    """
    said = note.strip()
    if result not in LookResult.values:
        raise LookRefused(_("Choose a result."))
    if result == LookResult.WRONG and not said:
        raise LookRefused(_("Say in words what does not hold."))
    with transaction.atomic():
        locked = SecondLook.objects.select_for_update(of=("self",)).select_related("looked_by")
        found: SecondLook = locked.get(pk=look.pk)
        rectification = Rectification.objects.select_for_update(of=("self",)).get(pk=found.rectification_id)
        _check(found, rectification, actor)
        found.result, found.note, found.looked_by, found.looked_at = result, said, actor, at
        found.save(update_fields=["result", "note", "looked_by", "looked_at"])
        write_line(
            rectification=rectification,
            kind=TimelineKind.NOTE,
            action="second_look",
            actor=actor,
            at=at,
            reason="" if result == LookResult.WRONG else said,
            result=result,
        )
        if result == LookResult.WRONG:
            walk(
                rectification=rectification,
                action=StepAction.REOPEN,
                actor=actor,
                at=at,
                reason=said,
                detail={"cause": "second_look"},
            )
    return found


def _check(look: SecondLook, rectification: Rectification, actor: Staff) -> None:
    if look.result:
        by = look.looked_by.name if look.looked_by else ""
        raise LookRefused(_("%(by)s has looked at it already.") % {"by": by})
    if rectification.state != State.CLOSED or rectification.closed_at != look.closed_at:
        raise LookRefused(_("It was reopened in the meantime; there is nothing to look at."))
    if not actor.is_active or not actor.has_perm(REVIEW):
        raise LookRefused(_("Your role may not take this step."))
    if not Rectification.objects.visible_to(actor).filter(pk=rectification.pk).exists():
        raise LookRefused(_("This rectification is outside your scope."))
    if had_a_hand(rectification, actor):
        raise LookRefused(_("Who corrected or accepted it cannot look again; another person must."))
