"""Corrections: proposed as drafts, submitted, then accepted or returned by another person.

Nothing here changes a record but `accept_corrections`, and that writes the value, the hold and the outbox in
one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import pghistory
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from workplace.blame import Change, last_change
from workplace.choices import ConflictState, CorrectionState, HoldState, LedgerEvent
from workplace.correctable import Correctable, correctable, is_correctable
from workplace.intake.shapes import Misshapen
from workplace.ledger import entry_of, latest_of
from workplace.models import Conflict, Correction, Hold, LedgerEntry, OutboxEntry, Staff, UploadedFile

PENDING = (CorrectionState.DRAFT, CorrectionState.SUBMITTED)


class CorrectionRefused(Exception):
    """The correction cannot be taken; its text names the field and says why."""

    def __init__(self, text: str, *, field: str = "") -> None:
        super().__init__(text)
        self.field = field


class RecordChanged(CorrectionRefused):
    """The record is no longer what the correction was made against."""

    def __init__(self, *, kind: Correctable, field: str, change: Change) -> None:
        names = {
            "field": kind.fields[field].label,
            "by": change.by or _("the system"),
            "at": localtime(change.at).strftime("%Y-%m-%d %H:%M") if change.at else "—",
        }
        text = _("“%(field)s” was changed by %(by)s at %(at)s after this correction was made; look again.")
        super().__init__(text % names, field=field)


@dataclass(frozen=True)
class Proposal:
    """A value that somebody would write into one field of one record; None takes an earlier draft back.

    `seen`: what the draft of this field said where it was typed (`stood`); None where nobody looked.
    """

    record_kind: str
    record_id: int
    field: str
    raw: str | None
    source_channel: str = ""
    note: str = ""
    seen: str | None = None


class Overtaken(CorrectionRefused):
    """Somebody else has typed in a field since the page on which it was typed was opened."""

    def __init__(self, what: str, change: Change, *, field: str = "") -> None:
        at = localtime(change.at).strftime("%Y-%m-%d %H:%M") if change.at else "—"
        names = {"field": what, "by": change.by or _("the system"), "at": at}
        text = _(
            "%(by)s has filled in “%(field)s” at %(at)s, after you opened this page. That stays, and so does "
            "what you typed in other fields; load the page again."
        )
        super().__init__(text % names, field=field)

    @classmethod
    def by_draft(cls, draft: Correction) -> Overtaken:
        what = correctable(draft.record_kind).fields[draft.field].label
        return cls(str(what), Change(draft.proposed_by.name, draft.proposed_at), field=draft.field)


def stood(raw: str | None) -> str:
    """What a draft says, so that none differs from one of nothing."""
    return "" if raw is None else f"={raw.strip()}"


def pending_of(origin: str) -> list[Correction]:
    return list(Correction.objects.filter(origin=origin, state__in=PENDING).order_by("id"))


def propose(*, proposals: Sequence[Proposal], origin: str, actor: Staff, at: datetime) -> list[Correction]:
    """Keeps the values as drafts, shaped or not; a value equal to the record's takes its draft back.

    Raises CorrectionRefused for a field that is not correctable or is pending elsewhere.
    """
    with transaction.atomic(), pghistory.context(actor=actor.pk, origin=origin):
        return [found for one in proposals if (found := _draft(one, origin, actor, at)) is not None]


def propose_beside(
    *, proposals: Sequence[Proposal], origin: str, actor: Staff, at: datetime
) -> tuple[list[Correction], list[Correction]]:
    """As `propose`, but for drafts of others that their maker had not seen: those stay, and come second.

    The caller holds what `origin` names; the drafts are locked by `propose`, after their records.
    """
    with transaction.atomic():
        found = Correction.objects.filter(origin=origin, state=CorrectionState.DRAFT)
        drafts = found.select_related("proposed_by").order_by("record_kind", "record_id", "id")
        others = {_spot(row): row for row in drafts if row.proposed_by_id != actor.pk}
        asked = ((one, others.get(_spot(one))) for one in proposals)
        late = {one: row for one, row in asked if row is not None and _is_overtaken(one, row)}
        own = [one for one in proposals if one not in late]
        return propose(proposals=own, origin=origin, actor=actor, at=at), list(late.values())


def _spot(row: Proposal | Correction) -> tuple[str, int, str]:
    return row.record_kind, row.record_id, row.field


def _is_overtaken(proposal: Proposal, draft: Correction) -> bool:
    return proposal.seen is not None and stood(draft.new_raw) not in (proposal.seen, stood(proposal.raw))


def _draft(proposal: Proposal, origin: str, actor: Staff, at: datetime) -> Correction | None:
    if not is_correctable(proposal.record_kind, proposal.field):
        raise CorrectionRefused(_("This field cannot be corrected here."), field=proposal.field)
    kind = correctable(proposal.record_kind)
    record = kind.find(proposal.record_id, True)
    pending = (
        Correction.objects.select_for_update(of=("self",))
        .select_related("proposed_by")
        .filter(**_place(proposal), state__in=PENDING)
        .first()
    )
    if pending is not None and (pending.origin != origin or pending.state == CorrectionState.SUBMITTED):
        raise pending_elsewhere(kind, pending)
    raw = (proposal.raw or "").strip()
    if proposal.raw is None or raw == kind.written(record, proposal.field):
        _take_back(pending, actor, at)
        return None
    draft = pending or Correction(**_place(proposal), origin=origin)
    known = draft.new_raw
    draft.old_raw = kind.written(record, proposal.field)
    draft.old_normal = kind.normal(record, proposal.field)
    draft.new_raw, draft.new_normal = raw, _normal_or_nothing(kind, record, proposal.field, raw)
    draft.record_version = record.version
    draft.source_channel, draft.note = proposal.source_channel, proposal.note
    if pending is None or known != raw:
        draft.proposed_by, draft.proposed_at = actor, at
    draft.save()
    return draft


def _place(row: Proposal | Correction) -> dict[str, Any]:
    return {"record_kind": row.record_kind, "record_id": row.record_id, "field": row.field}


def pending_elsewhere(kind: Correctable, pending: Correction) -> CorrectionRefused:
    names = {
        "field": kind.fields[pending.field].label,
        "by": pending.proposed_by.name,
        "at": localtime(pending.proposed_at).strftime("%Y-%m-%d %H:%M"),
    }
    text = _("A correction of “%(field)s” by %(by)s from %(at)s is still waiting; it must be decided first.")
    return CorrectionRefused(text % names, field=pending.field)


def _take_back(pending: Correction | None, actor: Staff | None, at: datetime) -> None:
    if pending is not None:
        pending.state = CorrectionState.WITHDRAWN
        pending.decided_by, pending.decided_at = actor, at
        pending.save()


def _normal_or_nothing(kind: Correctable, record: Any, field: str, raw: str) -> str:
    """A draft is kept while it has no shape yet; submitting asks for it."""
    try:
        return kind.normal_of(record, field, raw)
    except Misshapen:
        return ""


def withdraw_corrections(*, origin: str, actor: Staff | None, at: datetime) -> int:
    """Takes back what is pending, such as when the record was put right by another road."""
    with transaction.atomic():
        pending = Correction.objects.filter(origin=origin, state__in=PENDING)
        return pending.update(state=CorrectionState.WITHDRAWN, decided_by=actor, decided_at=at)


def submit_corrections(*, origin: str, actor: Staff, at: datetime) -> list[Correction]:
    """Drafts wait for review from now on, each still the word of who typed it; raises Misshapen with the
    field, and RecordChanged."""
    with transaction.atomic(), pghistory.context(actor=actor.pk, origin=origin):
        drafts = _locked(origin, CorrectionState.DRAFT)
        for draft in drafts:
            kind = correctable(draft.record_kind)
            record = kind.find(draft.record_id, True)
            _check_unchanged(kind, record, draft)
            try:
                draft.new_normal = kind.normal_of(record, draft.field, draft.new_raw)
            except Misshapen as error:
                raise Misshapen(error.code, **{"field": draft.field, **error.params}) from error
            draft.record_version = record.version
            draft.state = CorrectionState.SUBMITTED
            draft.save()
        return drafts


def return_corrections(*, origin: str, actor: Staff, at: datetime) -> list[Correction]:
    """What waited for review goes back, and stays as a draft to work on; the records stay as they are."""
    with transaction.atomic(), pghistory.context(actor=actor.pk, origin=origin):
        submitted = _locked(origin, CorrectionState.SUBMITTED)
        for correction in submitted:
            correction.state = CorrectionState.RETURNED
            correction.decided_by, correction.decided_at = actor, at
            correction.save()
            _draft_like(correction).save()
        return submitted


def _draft_like(correction: Correction) -> Correction:
    kept = ("origin", "old_raw", "old_normal", "new_raw", "new_normal", "record_version")
    said = ("source_channel", "note", "proposed_by", "proposed_at")
    values = {name: getattr(correction, name) for name in (*kept, *said)}
    draft: Correction = Correction(**_place(correction), **values)
    return draft


def accept_corrections(
    *, origin: str, actor: Staff, at: datetime, evidence: UploadedFile | None = None
) -> list[Correction]:
    """Writes every value that waits under `origin`, with its hold, outbox and ledger entries.

    Raises RecordChanged when a record is no longer as it was, CorrectionRefused when the proposer accepts.
    """
    with transaction.atomic():
        submitted = _locked(origin, CorrectionState.SUBMITTED)
        for _record, group in groupby(submitted, key=lambda row: (row.record_kind, row.record_id)):
            _accept_of_record(list(group), actor, at, evidence)
        return submitted


def accept_correction(*, correction: Correction, actor: Staff, at: datetime) -> Correction:
    """As `accept_corrections`, for one."""
    with transaction.atomic():
        found: Correction = Correction.objects.select_for_update(of=("self",)).get(pk=correction.pk)
        if found.state != CorrectionState.SUBMITTED:
            raise CorrectionRefused(_("This correction no longer waits for review."), field=found.field)
        _accept_of_record([found], actor, at)
        return found


def _locked(origin: str, state: CorrectionState) -> list[Correction]:
    rows = Correction.objects.select_for_update(of=("self",)).select_related("proposed_by")
    return list(rows.filter(origin=origin, state=state).order_by("record_kind", "record_id", "id"))


def _accept_of_record(
    corrections: list[Correction], actor: Staff, at: datetime, evidence: UploadedFile | None = None
) -> None:
    kind = correctable(corrections[0].record_kind)
    record = kind.find(corrections[0].record_id, True)
    for correction in corrections:
        if correction.proposed_by_id == actor.pk:
            raise CorrectionRefused(
                _("Who corrected it cannot review it; another person must."), field=correction.field
            )
        _check_unchanged(kind, record, correction)
    before = {row.field: kind.normal(record, row.field) for row in corrections}
    with pghistory.context(actor=actor.pk, cause="correction", origin=corrections[0].origin):
        record = kind.write(
            record=record,
            values={row.field: row.new_raw for row in corrections},
            actor=actor,
            at=at,
            expected_version=record.version,
        )
        for row in corrections:
            row.state = CorrectionState.ACCEPTED
            row.new_normal = kind.normal(record, row.field)
            row.decided_by, row.decided_at = actor, at
            row.save()
    _hold(corrections, before, at)
    _send(kind, record, corrections, before, at)
    _enter(corrections, evidence, at)


def _enter(corrections: list[Correction], evidence: UploadedFile | None, at: datetime) -> None:
    """Who proposed has changed the value, who accepted has verified it."""
    before = latest_of(corrections[0].record_kind, {row.record_id for row in corrections})
    LedgerEntry.objects.bulk_create(
        entry_of(
            kind=row.record_kind,
            record_id=row.record_id,
            field=row.field,
            event=event,
            normal=row.new_normal,
            at=at,
            by=by,
            source_channel=row.source_channel,
            reference=row.origin,
            evidence=evidence,
            contradicts=before.get((row.record_id, row.field)) if event == LedgerEvent.CHANGED else None,
        )
        for row in corrections
        for event, by in (
            (LedgerEvent.CHANGED, row.proposed_by),
            (LedgerEvent.VERIFIED, row.decided_by),
        )
    )


def _check_unchanged(kind: Correctable, record: Any, correction: Correction) -> None:
    """The row version decides; a change of another field alone does not make the correction stale."""
    if record.version == correction.record_version:
        return
    if kind.normal(record, correction.field) != correction.old_normal:
        raise RecordChanged(
            kind=kind, field=correction.field, change=last_change(kind, record, correction.field)
        )


def _hold(corrections: Iterable[Correction], before: dict[str, str], at: datetime) -> None:
    """Replaces an earlier hold and what was in conflict with it; the core still has the value from before."""
    for row in corrections:
        earlier = Hold.objects.filter(**_place(row), state=HoldState.HOLDING).first()
        value_before = before[row.field]
        if earlier is not None:
            value_before = earlier.before_normal
            earlier.state, earlier.ended_at = HoldState.REPLACED, at
            earlier.save()
            overtaken = Conflict.objects.filter(hold=earlier, state=ConflictState.OPEN)
            overtaken.update(state=ConflictState.SUPERSEDED, decided_at=at)
        Hold.objects.create(
            **_place(row),
            correction=row,
            before_normal=value_before,
            held_normal=row.new_normal,
            corrected_at=at,
        )


def _send(
    kind: Correctable, record: Any, corrections: Iterable[Correction], before: dict[str, str], at: datetime
) -> None:
    OutboxEntry.objects.bulk_create(
        OutboxEntry(
            **_place(row),
            correction=row,
            record_key=kind.key(record),
            old_value=before[row.field],
            new_value=row.new_normal,
            created_at=at,
        )
        for row in corrections
    )
