"""What waits for a second person: which of it is for whom, in which order, before and after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from audits.changing import OF_RECTIFICATION
from audits.choices import ExemptionState
from audits.choices import RectificationState as State
from audits.models import Exemption, Rectification
from audits.sight import Sight
from authenticity.masking import mask
from workplace.choices import CorrectionState, SourceChannel
from workplace.correctable import correctable
from workplace.models import Correction, Staff


def waiting(staff: Staff) -> QuerySet[Rectification]:
    return Rectification.objects.visible_to(staff).filter(state=State.IN_REVIEW)


def own(staff: Staff) -> Q:
    return Q(submitted_by=staff) | Q(owner=staff) | Q(pk__in=_proposed_by(staff))


def _proposed_by(staff: Staff) -> set[int]:
    """Those in which a value or an exemption of this person's waits, whoever handed them in."""
    values = Correction.objects.filter(
        proposed_by=staff, state=CorrectionState.SUBMITTED, origin__startswith=OF_RECTIFICATION
    )
    origins = values.order_by().values_list("origin", flat=True).distinct()
    found = {int(origin.removeprefix(OF_RECTIFICATION)) for origin in origins}
    exempted = Exemption.objects.filter(
        proposed_by=staff, state=ExemptionState.PROPOSED, finding__rectification__state=State.IN_REVIEW
    )
    return found | {pk for pk in exempted.order_by().values_list("finding__rectification", flat=True) if pk}


def for_others_eyes(staff: Staff) -> QuerySet[Rectification]:
    """What this person may decide on, by due date, the undated last."""
    rows = waiting(staff).exclude(submitted_by=staff).exclude(owner=staff)
    rows = rows.exclude(pk__in=_proposed_by(staff))
    return rows.order_by(F("due_on").asc(nulls_last=True), "pk")


def neighbour(staff: Staff, found: Rectification, *, back: bool = False) -> Rectification | None:
    """The next one that this person may decide on, or the one before."""
    rows = for_others_eyes(staff).exclude(pk=found.pk)
    if found.due_on is None:
        undated = Q(due_on__isnull=True, pk__gt=found.pk)
        return rows.exclude(undated).reverse().first() if back else rows.filter(undated).first()
    after = Q(due_on__gt=found.due_on) | Q(due_on=found.due_on, pk__gt=found.pk) | Q(due_on__isnull=True)
    if back:
        before = Q(due_on__lt=found.due_on) | Q(due_on=found.due_on, pk__lt=found.pk)
        return rows.filter(before).order_by("-due_on", "-pk").first()
    return rows.filter(after).first()


@dataclass(frozen=True)
class Compared:
    """One value before and after."""

    label: str
    old: str
    new: str
    normal: str
    channel: str
    note: str
    by: str


def compared(corrections: Iterable[Correction], sight: Sight) -> list[Compared]:
    """Masked, unless the person looks at it in order to decide."""
    rows = list(corrections)
    records = {(row.record_kind, row.record_id) for row in rows} if sight.revealed else set()
    shown = {(kind, pk) for kind, pk in records if sight.shows(correctable(kind).find(pk, False))}
    return [_compared(row, (row.record_kind, row.record_id) in shown) for row in rows]


def _compared(row: Correction, revealed: bool) -> Compared:
    field = correctable(row.record_kind).fields[row.field]
    labels = {str(key): str(label) for key, label in field.choices}

    def shown(value: str) -> str:
        return labels.get(value) or (value if revealed or not field.mask else mask(field.mask, value))

    return Compared(
        label=str(field.label),
        old=shown(row.old_raw or row.old_normal),
        new=shown(row.new_raw),
        normal=shown(row.new_normal) if row.new_normal != row.new_raw and not labels else "",
        channel=str(dict(SourceChannel.choices).get(row.source_channel, "")),
        note=getattr(row, "note", ""),
        by=row.proposed_by.name,
    )
