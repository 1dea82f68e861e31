"""What waits for another pair of eyes after its closure, and who those may be."""

from __future__ import annotations

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from audits.changing import OF_RECTIFICATION
from audits.choices import RectificationState as State
from audits.models import Exemption, Rectification, SecondLook
from audits.transitions import origin_of
from workplace.models import Correction, Staff

STANDS = Q(rectification__state=State.CLOSED, rectification__closed_at=F("closed_at"))
ORDER = ("due_on", "pk")


def waiting(staff: Staff) -> QuerySet[SecondLook]:
    """Not looked at yet, and the closure that it is about still stands."""
    found: QuerySet[SecondLook] = SecondLook.objects.visible_to(staff).filter(STANDS, result="")
    return found.order_by(*ORDER)


def own(staff: Staff) -> Q:
    """One had a hand in the closure, as `had_a_hand` says of one: another person has to look."""
    origin = Concat(Value(OF_RECTIFICATION), Cast(OuterRef("rectification_id"), CharField()))
    exempted = Exemption.objects.filter(finding__rectification=OuterRef("rectification_id"))
    return (
        Q(rectification__owner=staff)
        | Q(rectification__submitted_by=staff)
        | Q(rectification__closed_by=staff)
        | Q(Exists(Correction.objects.filter(origin=origin, proposed_by=staff)))
        | Q(Exists(exempted.filter(proposed_by=staff)))
    )


def for_others_eyes(staff: Staff) -> QuerySet[SecondLook]:
    """What this person may look at; a null on either side is nobody."""
    mine = waiting(staff).filter(own(staff)).order_by().values("pk")
    return waiting(staff).exclude(pk__in=mine)


def had_a_hand(rectification: Rectification, staff: Staff) -> bool:
    """Owner, submitter, acceptor, or the author of any of its values and exemptions."""
    if staff.pk in {rectification.owner_id, rectification.submitted_by_id, rectification.closed_by_id}:
        return True
    values = Correction.objects.filter(origin=origin_of(rectification), proposed_by=staff)
    exempted = Exemption.objects.filter(finding__rectification=rectification, proposed_by=staff)
    return values.exists() or exempted.exists()


def neighbour(staff: Staff, look: SecondLook, *, back: bool = False) -> SecondLook | None:
    """The next one in the list, or the one before."""
    rows = for_others_eyes(staff).exclude(pk=look.pk)
    if back:
        before = rows.filter(Q(due_on__lt=look.due_on) | Q(due_on=look.due_on, pk__lt=look.pk))
        return before.order_by("-due_on", "-pk").first()
    after = Q(due_on__gt=look.due_on) | Q(due_on=look.due_on, pk__gt=look.pk)
    return rows.filter(after).first()
