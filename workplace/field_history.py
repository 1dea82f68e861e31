"""What changed in one record, read from its append-only event table, masked: before, after, by whom, when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workplace.models import Staff
from workplace.visibility import RecordKind

SHOWN = 100
TECHNICAL = {"version", "extracted_at", "recorded_at", "batch", "last_login", "facts_version"}
EMPTY = "—"
CAUSES = {
    "correction": gettext_lazy("Accepted correction"),
    "staff joined": gettext_lazy("Joined"),
    "staff changed": gettext_lazy("Details changed"),
    "staff left": gettext_lazy("Left"),
    "password reset": gettext_lazy("Password reset"),
    "posted": gettext_lazy("Posted"),
    "posting ended": gettext_lazy("Posting ended"),
}


@dataclass(frozen=True)
class FieldChange:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """`by` is empty when a file or the machine did it."""

    at: datetime
    by: str
    cause: str
    fields: tuple[FieldChange, ...]


def changes_of(record: Any, kind: RecordKind, *, limit: int = SHOWN) -> list[Change]:
    """Newest first; each event holds the row from before it, so what followed stands one event newer."""
    events = list(record.past.select_related("pgh_context").order_by("-pgh_id")[:limit])
    people = _people(events)
    columns = [field for field in record._meta.local_fields if _is_told(field)]
    differing = [
        (event, newer, [field for field in columns if _differs(event, newer, field)])
        for event, newer in zip(events, [record, *events], strict=False)
    ]
    labels = _labels_of_relations(differing)
    return [
        Change(
            at=event.pgh_created_at,
            by=people.get(_actor(event), ""),
            cause=str(CAUSES.get(_said(event).get("cause", ""), "")),
            fields=tuple(_field_change(field, event, newer, kind, labels) for field in fields),
        )
        for event, newer, fields in differing
        if fields
    ]


def _is_told(field: Any) -> bool:
    return (
        not field.primary_key and field.name not in TECHNICAL and (field.editable or field.name == "password")
    )


def _differs(one: Any, other: Any, field: Any) -> bool:
    return bool(getattr(one, field.attname) != getattr(other, field.attname))


def _field_change(
    field: Any, event: Any, newer: Any, kind: RecordKind, labels: dict[tuple[Any, int], str]
) -> FieldChange:
    before, after = (_text(field, getattr(row, field.attname), kind, labels) for row in (event, newer))
    return FieldChange(label=str(field.verbose_name), before=before, after=after)


def _text(field: Any, value: Any, kind: RecordKind, labels: dict[tuple[Any, int], str]) -> str:
    if value is None or value == "":
        return EMPTY
    if isinstance(field, models.ForeignKey):
        return labels.get((field.related_model, value), str(value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    return kind.masked(field.name, value)


def _labels_of_relations(differing: Iterable[tuple[Any, Any, list[Any]]]) -> dict[tuple[Any, int], str]:
    """The names of related rows, one query for each model."""
    wanted: dict[Any, set[int]] = {}
    for event, newer, fields in differing:
        for field in fields:
            if isinstance(field, models.ForeignKey):
                ids = {getattr(event, field.attname), getattr(newer, field.attname)} - {None}
                wanted.setdefault(field.related_model, set()).update(ids)
    return {
        (model, pk): str(found)
        for model, ids in wanted.items()
        for pk, found in model._base_manager.in_bulk(ids).items()
    }


def _said(event: Any) -> dict[str, Any]:
    return event.pgh_context.metadata if event.pgh_context else {}


def _actor(event: Any) -> int:
    return int(_said(event).get("actor") or _said(event).get("user") or 0)


def _people(events: Iterable[Any]) -> dict[int, str]:
    ids = {_actor(event) for event in events} - {0}
    return dict(Staff.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
