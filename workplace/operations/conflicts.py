"""A newer file brings a third value for a corrected field: a person keeps the correction or takes it."""

from __future__ import annotations

from datetime import datetime

from workplace.choices import ConflictState, HoldState, LedgerEvent
from workplace.correctable import correctable
from workplace.intake.hits import after_value
from workplace.intake.write import writing
from workplace.models import Conflict, Hold, OutboxEntry, Staff
from workplace.operations.ledger import record_entry
from workplace.patience import patiently

OVERRULED = "overruled"


class ConflictDecided(Exception):
    """Somebody has decided it already; `conflict` says who and when."""

    def __init__(self, conflict: Conflict) -> None:
        super().__init__(conflict.state)
        self.conflict = conflict


def keep_correction(*, conflict: Conflict, actor: Staff, at: datetime, reason: str) -> Conflict:
    """The record stays as corrected and the hold goes on; the same value of later files is passed over."""
    with writing(actor=actor, cause="conflict_kept", why=reason):
        locked = _locked(conflict)
        _decide(locked, ConflictState.KEPT, actor, at, reason)
        _enter(locked, LedgerEvent.VERIFIED, locked.hold.held_normal, actor, at)
    return locked


def take_file_value(*, conflict: Conflict, actor: Staff, at: datetime, reason: str) -> Conflict:
    """Writes the file's value through the record's own writer, ends the hold and calls the correction back.

    Raises Misshapen when the value no longer has shape for its field.
    """
    return patiently(lambda: _take(conflict, actor, at, reason))


def _take(conflict: Conflict, actor: Staff, at: datetime, reason: str) -> Conflict:
    with writing(actor=actor, cause="conflict_taken", why=reason):
        locked = _locked(conflict)
        kind = correctable(locked.record_kind)
        record = kind.find(locked.record_id, True)
        kind.write(
            record=record,
            values={locked.field: locked.file_raw},
            actor=actor,
            at=at,
            expected_version=record.version,
        )
        Hold.objects.filter(pk=locked.hold_id, state=HoldState.HOLDING).update(
            state=HoldState.OVERRULED, ended_at=at
        )
        OutboxEntry.objects.filter(
            correction_id=locked.hold.correction_id, acknowledged_at__isnull=True
        ).update(acknowledged_at=at, acknowledged_by=actor, refusal=OVERRULED)
        _decide(locked, ConflictState.TAKEN, actor, at, reason)
        _enter(locked, LedgerEvent.CHANGED, locked.file_normal, actor, at)
        after_value(locked.record_kind, locked.record_id, at, actor)
    return locked


def _locked(conflict: Conflict) -> Conflict:
    """The record first, as imports do: the other way round the two would wait for each other."""
    correctable(conflict.record_kind).find(conflict.record_id, True)
    rows = Conflict.objects.select_for_update(of=("self",)).select_related("hold", "decided_by")
    found: Conflict = rows.get(pk=conflict.pk)
    if found.state != ConflictState.OPEN:
        raise ConflictDecided(found)
    return found


def _decide(conflict: Conflict, state: ConflictState, actor: Staff, at: datetime, reason: str) -> None:
    conflict.state = state
    conflict.decided_by, conflict.decided_at, conflict.reason = actor, at, reason
    conflict.save(update_fields=["state", "decided_by", "decided_at", "reason"])


def _enter(conflict: Conflict, event: LedgerEvent, normal: str, actor: Staff, at: datetime) -> None:
    record_entry(
        kind=conflict.record_kind,
        record_id=conflict.record_id,
        field=conflict.field,
        event=event,
        normal=normal,
        actor=actor,
        at=at,
        reference=f"conflict:{conflict.pk}",
        batch=conflict.batch if event == LedgerEvent.CHANGED else None,
    )
