"""The life of one field: who changed it, when, from what to what, why and by which source; masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from audits.models import ChangeRequest, Rectification
from audits.operations.corrections import check_places
from audits.workbench import Place
from authenticity.masking import mask
from workplace.choices import CorrectionState, LedgerEvent, SourceChannel
from workplace.correctable import Correctable, correctable
from workplace.field_history import CAUSES
from workplace.models import Correction, LedgerEntry, Staff
from workplace.operations.corrections import Proposal

SHOWN = 40
SOURCES = dict(SourceChannel.choices)
ORIGINS: Mapping[str, type[Rectification | ChangeRequest]] = {
    "rectification": Rectification,
    "change": ChangeRequest,
}


@dataclass(frozen=True)
class PastLine:
    """`by` is empty when a file or the machine did it."""

    at: datetime
    by: str
    what: str
    before: str = ""
    after: str = ""
    why: str = ""
    source: str = ""

    @property
    def moves(self) -> bool:
        return bool(self.before or self.after)


def past_of(place: Place, *, rectification: Rectification, reader: Staff) -> list[PastLine]:
    """Newest first: changes of the record, corrections that came to nothing, verifications.

    Raises CorrectionRefused for a field that this rectification does not mend.
    """
    check_places(rectification, [Proposal(place.kind, place.pk, place.field, None)], reader)
    kind = correctable(place.kind)
    record = kind.find(place.pk, False)
    corrections = list(
        Correction.objects.filter(record_kind=place.kind, record_id=place.pk, field=place.field)
        .exclude(state=CorrectionState.DRAFT)
        .select_related("proposed_by", "decided_by")
        .order_by("-id")[:SHOWN]
    )
    lines = [
        *_changes(kind, record, place, corrections),
        *_undone(kind, place, corrections),
        *_verified(place),
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:SHOWN]


def _changes(
    kind: Correctable, record: Any, place: Place, corrections: Sequence[Correction]
) -> list[PastLine]:
    """Each event holds the row from before it."""
    events = list(record.past.select_related("pgh_context").order_by("-pgh_id")[: SHOWN * 3])
    accepted = {row.origin: row for row in corrections if row.state == CorrectionState.ACCEPTED}
    people = _people(events)
    lines: list[PastLine] = []
    for event, newer in zip(events, [record, *events], strict=False):
        old, new = (kind.written(row, place.field) for row in (event, newer))
        if old == new:
            continue
        said = event.pgh_context.metadata if event.pgh_context else {}
        row = accepted.get(said.get("origin", "")) if said.get("cause") == "correction" else None
        shown = [_shown(kind, place.field, value) for value in (old, new)]
        lines.append(_told(event, said, people, row, shown))
    return lines


def _told(
    event: Any, said: Mapping[str, Any], people: Mapping[int, str], row: Correction | None, shown: list[str]
) -> PastLine:
    before, after = shown
    if row is not None:
        by = _("%(by)s, accepted by %(other)s") % {
            "by": row.proposed_by.name,
            "other": row.decided_by.name if row.decided_by else "–",
        }
        source = str(SOURCES.get(row.source_channel, ""))
        return PastLine(event.pgh_created_at, by, _("Corrected"), before, after, _origin(row), source)
    what = str(CAUSES.get(said.get("cause", ""), "")) or _("Changed")
    why = _("Import %(number)s") % {"number": said["batch"]} if said.get("batch") else ""
    return PastLine(event.pgh_created_at, people.get(_actor(said), ""), what, before, after, why)


def _undone(kind: Correctable, place: Place, corrections: Sequence[Correction]) -> list[PastLine]:
    """Proposals that never reached the record; their values stand masked like the others."""
    return [
        PastLine(
            at=row.decided_at or row.proposed_at,
            by=row.decided_by.name if row.decided_by else row.proposed_by.name,
            what=str(CorrectionState(row.state).label),
            before=_shown(kind, place.field, row.old_raw),
            after=_shown(kind, place.field, row.new_raw),
            why=_origin(row),
            source=str(SOURCES.get(row.source_channel, "")),
        )
        for row in corrections
        if row.state != CorrectionState.ACCEPTED
    ]


def _verified(place: Place) -> list[PastLine]:
    """A change stands among the changes already."""
    entries = LedgerEntry.objects.filter(record_kind=place.kind, record_id=place.pk, field=place.field)
    told = entries.exclude(event=LedgerEvent.CHANGED).select_related("by").order_by("-id")[:SHOWN]
    return [
        PastLine(
            at=entry.at,
            by=entry.by.name if entry.by else "",
            what=str(entry.get_event_display()),
            source=str(entry.get_source_channel_display()) if entry.source_channel else "",
        )
        for entry in told
    ]


def _origin(row: Correction) -> str:
    """The number of the rectification or of the change asked for, and who confirmed an oral source."""
    name, _bar, pk = row.origin.partition(":")
    number = ""
    if name in ORIGINS and pk.isdecimal():
        found = ORIGINS[name]._default_manager.filter(pk=int(pk))
        number = found.values_list("number", flat=True).first() or ""
    confirmed = _("confirmed: %(text)s") % {"text": row.note} if row.note else ""
    return " · ".join(text for text in (number, confirmed) if text)


def _shown(kind: Correctable, field: str, value: str) -> str:
    form_field = kind.fields[field]
    word = {str(key): str(label) for key, label in form_field.choices}.get(value)
    return word or (mask(form_field.mask, value) if form_field.mask and value else value)


def _actor(said: Mapping[str, Any]) -> int:
    return int(said.get("actor") or said.get("user") or 0)


def _people(events: Sequence[Any]) -> dict[int, str]:
    ids = {_actor(event.pgh_context.metadata) for event in events if event.pgh_context} - {0}
    return dict(Staff.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
