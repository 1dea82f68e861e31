"""Writes into the authenticity ledger; nothing there is ever changed."""

from __future__ import annotations

from datetime import datetime

from workplace.choices import LedgerEvent
from workplace.ledger import entry_of
from workplace.models import ImportBatch, LedgerEntry, Staff, UploadedFile


def record_entry(
    *,
    kind: str,
    record_id: int,
    field: str,
    event: LedgerEvent,
    normal: str,
    actor: Staff | None,
    at: datetime,
    whose: str = "",
    source_channel: str = "",
    method: str = "",
    reference: str = "",
    evidence: UploadedFile | None = None,
    contradicts: LedgerEntry | None = None,
    batch: ImportBatch | None = None,
) -> LedgerEntry:
    """`normal` is the value in normal form; only its hash and its mask are kept."""
    entry = entry_of(
        kind=kind,
        record_id=record_id,
        field=field,
        event=event,
        normal=normal,
        at=at,
        by=actor,
        whose=whose,
        source_channel=source_channel,
        method=method,
        reference=reference,
        evidence=evidence,
        contradicts=contradicts,
        batch=batch,
    )
    entry.save(force_insert=True)
    return entry
