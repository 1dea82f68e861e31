"""The outbox for the core system: fetch what waits, acknowledge what arrived."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema

from workplace.api_auth import TokenAuth
from workplace.choices import Access
from workplace.models import Staff
from workplace.operations.access_log import record_look
from workplace.operations.outbox import acknowledge
from workplace.queries import unacknowledged

PAGE = 500
EntryId = Annotated[int, Field(ge=1, le=2**63 - 1)]
router = Router(tags=["outbox"])


class Entry(Schema):
    id: int
    record_kind: str
    record_key: str
    field: str
    old_value: str
    new_value: str
    corrected_at: datetime


class Page(Schema):
    entries: list[Entry]
    next_after: int | None


class Refusal(Schema):
    id: EntryId
    reason: str = Field(min_length=1, max_length=500, pattern=r"^[^\x00]*$")


class Acknowledgement(Schema):
    ids: list[EntryId] = Field(default_factory=list, max_length=5_000)
    refused: list[Refusal] = Field(default_factory=list, max_length=5_000)


class Outcome(Schema):
    acknowledged: list[int]
    refused: list[int]
    repeated: list[int]
    unknown: list[int]


def caller(request: HttpRequest) -> Staff:
    staff: Staff = request.auth  # type: ignore[attr-defined]  # set by ninja from TokenAuth
    return staff


@router.get("/outbox", response=Page, auth=TokenAuth("workplace.view_outboxentry"))
def list_outbox(request: HttpRequest, after: int = 0, limit: int = 100) -> dict[str, Any]:
    """What waits for acknowledgement, oldest first. `next_after` leads to the next page.

    Reading changes no entry: when it was sent is set by its acknowledgement. The look itself is logged.
    """
    size = max(1, min(limit, PAGE))
    found = list(unacknowledged(caller(request)).filter(pk__gt=after)[: size + 1])
    entries = found[:size]
    if entries:
        record_look(
            staff=caller(request),
            access=Access.EXPORT,
            record_kind="outbox",
            record_id=entries[-1].pk,
            detail=str(len(entries)),
            at=timezone.now(),
        )
    told = [
        {
            "id": entry.pk,
            "record_kind": entry.record_kind,
            "record_key": entry.record_key,
            "field": entry.field,
            "old_value": entry.old_value,
            "new_value": entry.new_value,
            "corrected_at": entry.created_at,
        }
        for entry in entries
    ]
    return {"entries": told, "next_after": entries[-1].pk if len(found) > size else None}


@router.post("/outbox/acknowledge", response=Outcome, auth=TokenAuth("workplace.change_outboxentry"))
def acknowledge_outbox(request: HttpRequest, body: Acknowledgement) -> dict[str, Any]:
    """Says what arrived and what the core system refused. The same call twice changes nothing more."""
    refused = {refusal.id: refusal.reason for refusal in body.refused}
    outcome = acknowledge(ids=body.ids, refused=refused, actor=caller(request), at=timezone.now())
    return vars(outcome)
