"""A merge taken back: proposed with a reason, accepted by another, exact or refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from audits.choices import EpisodeStart, FindingSource, FindingState, MergeState, StepAction
from audits.judging import JUDGED
from audits.models import Finding, FindingEpisode, Merge, Rectification
from audits.obstacles import obstacles_of
from audits.operations.findings import Changes
from audits.operations.grouping import group_findings
from audits.operations.merging import (
    MergeRefused,
    locked_customers,
    locked_merge,
    origin_of,
    settle_subjects,
    tell_core,
)
from audits.operations.moving import move_back, policies_of, restore_columns
from audits.states import leads_from
from audits.transitions import StepRefused, walk
from customers.choices import PairState
from customers.facts import SOURCE_FIELDS, written_of
from customers.models import Customer, DuplicatePair
from workplace.choices import ConflictState, CorrectionState, HoldState
from workplace.correctable import correctable, is_correctable
from workplace.models import Conflict, Correction, Hold, OutboxEntry, Staff
from workplace.operations.staff import recorded
from workplace.patience import patiently


def propose_undo(*, merge: Merge, reason: str, actor: Staff, at: datetime) -> Merge:
    """Nothing moves yet; refused at once when it could not be exact."""
    if not reason.strip():
        raise MergeRefused(_("Say why they are two people after all."))
    with transaction.atomic(), recorded(actor, "undoing proposed"):
        found = locked_merge(merge)
        if found.state != MergeState.DONE:
            raise MergeRefused(_("Already decided: %(state)s.") % {"state": found.get_state_display()})
        _check_exact(found)
        found.state, found.undo_reason = MergeState.UNDOING, reason.strip()
        found.undo_by, found.undo_at = actor, at
        found.save()
    return found


def _check_exact(merge: Merge) -> None:
    if obstacles := obstacles_of(merge):
        raise MergeRefused(_("It cannot be undone exactly. %(reasons)s") % {"reasons": " ".join(obstacles)})


def refuse_undo(*, merge: Merge, actor: Staff, at: datetime) -> Merge:
    """The merge stands; also for taking back one's own proposal."""
    with transaction.atomic(), recorded(actor, "undoing refused"):
        found = locked_merge(merge)
        _check_undoing(found)
        found.state, found.undo_by, found.undo_at = MergeState.DONE, None, None
        found.save()
    return found


def _check_undoing(merge: Merge) -> None:
    if merge.state != MergeState.UNDOING:
        raise MergeRefused(_("Already decided: %(state)s.") % {"state": merge.get_state_display()})


def accept_undo(*, merge: Merge, actor: Staff, at: datetime) -> Merge:
    """Both records and everything moved are as before the merge, in one transaction; the core is told.

    Row versions go on, so that stale pages are refused. Raises MergeRefused.
    """
    return patiently(lambda: _undo(merge, actor, at))


def _undo(merge: Merge, actor: Staff, at: datetime) -> Merge:
    with transaction.atomic(), recorded(actor, f"merge {merge.pk} undone"):
        found = locked_merge(merge)
        _check_undoing(found)
        if found.undo_by_id == actor.pk:
            raise MergeRefused(_("Who proposed it cannot accept it; another person must."))
        survivor, loser = locked_customers(found)
        _check_exact(found)
        merged = {field: written_of(survivor, field) for field in SOURCE_FIELDS}
        move_back(merge=found)
        _restore(survivor, found.before["survivor"])
        loser.merged_into = None
        _restore(loser, found.before["loser"])
        _take_back_holds(found, at)
        _tell_values(found, survivor, merged, actor, at)
        _tell_number(found, survivor, actor, at)
        found.state, found.undone_by, found.undone_at = MergeState.UNDONE, actor, at
        found.save()
        DuplicatePair.objects.filter(pk=found.pair_id).update(
            state=PairState.OPEN, version=F("version") + 1, reason=found.undo_reason
        )
        _reopen_findings(found, at)
        settle_subjects(found, policies_of([survivor.pk, loser.pk]), at=at, actor=actor, cause=None)
        _give_back(found, at)
    return found


def _proposer(merge: Merge) -> Staff:
    assert merge.undo_by is not None  # noqa: S101 - the state says so
    return merge.undo_by


def _restore(customer: Customer, kept: dict[str, Any]) -> None:
    restore_columns(customer, kept)
    customer.version += 1
    customer.save()


def _take_back_holds(merge: Merge, at: datetime) -> None:
    """What the merge's values held or replaced: theirs end, and those from before hold again."""
    theirs = Hold.objects.filter(correction__origin=origin_of(merge), state=HoldState.HOLDING)
    fields = list(theirs.values_list("field", flat=True))
    theirs.update(state=HoldState.OVERRULED, ended_at=at)
    before = Hold.objects.filter(pk__in=merge.before["holds"], state=HoldState.REPLACED, field__in=fields)
    before.update(state=HoldState.HOLDING, ended_at=None)
    superseded = Conflict.objects.filter(pk__in=merge.before["conflicts"], state=ConflictState.SUPERSEDED)
    superseded.update(state=ConflictState.OPEN, decided_at=None)


def _tell_number(merge: Merge, survivor: Customer, actor: Staff, at: datetime) -> None:
    origin = f"undo-{origin_of(merge)}"
    proposer = _proposer(merge)
    tell_core(merge, old=survivor.number, new="", proposer=proposer, actor=actor, at=at, origin=origin)


def _tell_values(
    merge: Merge, survivor: Customer, merged: dict[str, str], actor: Staff, at: datetime
) -> None:
    """The core gets the values from before again, each as a correction that two people answered for."""
    kind = correctable("customer")
    for field, value in merged.items():
        now = written_of(survivor, field)
        if now == value or not is_correctable("customer", field):
            continue
        place = {"record_kind": "customer", "record_id": survivor.pk, "field": field}
        normal = kind.normal(survivor, field)
        old = kind.normal_of(survivor, field, value)
        correction = Correction.objects.create(
            **place,
            origin=f"undo-{origin_of(merge)}",
            old_raw=value,
            old_normal=old,
            new_raw=now,
            new_normal=normal,
            record_version=survivor.version,
            state=CorrectionState.ACCEPTED,
            proposed_by=_proposer(merge),
            proposed_at=merge.undo_at or at,
            decided_by=actor,
            decided_at=at,
        )
        OutboxEntry.objects.create(
            **place,
            correction=correction,
            record_key=survivor.number,
            old_value=old,
            new_value=normal,
            created_at=at,
        )


def _reopen_findings(merge: Merge, at: datetime) -> None:
    """Those that no rule judges (samples, files, people); what rules say the sweep finds again."""
    closed = Finding.objects.select_for_update(of=("self",)).filter(
        pk__in=merge.before["findings"], state=FindingState.CLOSED
    )
    found = list(closed.exclude(source=FindingSource.RULE).order_by("pk"))
    for finding in found:
        finding.state, finding.closed_at = FindingState.OPEN, None
        finding.reopened += 1
        finding.last_seen_at = max(at, finding.last_seen_at)
    Finding.objects.bulk_update(found, ["state", "closed_at", "reopened", "last_seen_at"])
    FindingEpisode.objects.bulk_create(
        FindingEpisode(
            finding=finding,
            episode=finding.reopened + 1,
            began_by=EpisodeStart.REOPENED,
            recorded_from=finding.last_seen_at,
            **{name: getattr(finding, name) for name in JUDGED},
        )
        for finding in found
    )
    group_findings(changes=Changes(reopened=found), at=at)


def _give_back(merge: Merge, at: datetime) -> None:
    """Rectifications that opened again go to whoever had them, while that person works here."""
    for pk, owner_id in merge.before["owners"]:
        rectification = Rectification.objects.get(pk=pk)
        owner = Staff.objects.filter(pk=owner_id, is_active=True).first()
        if owner is None or not leads_from(StepAction.ASSIGN, rectification.state):
            continue
        try:
            walk(rectification=rectification, action=StepAction.ASSIGN, actor=None, owner=owner, at=at)
        except StepRefused:
            continue
