"""The authenticity ledger: what is known of single values, and what stands beside each field."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings

from authenticity.hashing import value_hash
from authenticity.masking import mask
from workplace.choices import LedgerEvent
from workplace.models import ImportBatch, LedgerEntry, UploadedFile
from workplace.visibility import record_kind

if TYPE_CHECKING:
    from workplace.models import Staff


def fingerprint(field: str, normal: str) -> str:
    """As findings and exemptions keep a value."""
    return value_hash(field, normal, settings.HASH_KEY)


def entry_of(
    *,
    kind: str,
    record_id: int,
    field: str,
    event: LedgerEvent,
    normal: str,
    at: datetime,
    by: Staff | None,
    whose: str = "",
    source_channel: str = "",
    method: str = "",
    reference: str = "",
    evidence: UploadedFile | None = None,
    contradicts: LedgerEntry | None = None,
    batch: ImportBatch | None = None,
) -> LedgerEntry:
    """An entry that is not stored yet; a kind of record that nobody has registered is masked altogether."""
    known = record_kind(kind)
    masked = known.masked(field, normal) if known else mask("", normal)
    return LedgerEntry(
        record_kind=kind,
        record_id=record_id,
        field=field,
        event=event,
        value_hash=fingerprint(field, normal),
        value_masked=masked[:200],
        whose=whose,
        source_channel=source_channel,
        method=method,
        by=by,
        at=at,
        evidence=evidence,
        reference=reference[:200],
        contradicts=contradicts,
        batch=batch,
    )


def latest_of(kind: str, record_ids: Iterable[int]) -> dict[tuple[int, str], LedgerEntry]:
    """The last entry of each field of these records, in one query."""
    rows = LedgerEntry.objects.filter(record_kind=kind, record_id__in=list(record_ids))
    last = rows.order_by("record_id", "field", "-id").distinct("record_id", "field")
    return {(entry.record_id, entry.field): entry for entry in last.select_related("by", "batch")}
