"""Two customers are one person: proposed with a choice of values, accepted by another, done in one piece."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from audits.changing import AT_HAND, State, origin_of_change
from audits.choices import (
    EpisodeEnd,
    FindingState,
    MergeState,
    RectificationState,
)
from audits.models import ChangeRequest, Finding, FindingEpisode, Merge, Rectification
from audits.operations.findings import Changes
from audits.operations.grouping import group_findings
from audits.operations.moving import business_columns, move_all, policies_of
from audits.operations.sweep import resweep_subjects
from audits.states import UNDER_WAY
from customers.choices import PairState
from customers.facts import written_of
from customers.models import Customer, DuplicatePair
from customers.operations.duplicates import DecisionRefused, locked_pair
from policies.operations.states import refresh_serving_units
from workplace.choices import CorrectionState, HoldState
from workplace.correctable import is_correctable
from workplace.models import Conflict, Correction, Hold, OutboxEntry, Staff
from workplace.operations.corrections import (
    Proposal,
    accept_corrections,
    pending_of,
    propose,
    submit_corrections,
    withdraw_corrections,
)
from workplace.operations.staff import recorded
from workplace.patience import patiently

# What is chosen together, because one without the others would say something untrue.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "name": ("name",),
    "sex": ("sex",),
    "birth_date": ("birth_date",),
    "document": ("id_type", "id_no", "id_valid_from", "id_valid_to"),
    "nationality": ("nationality",),
    "mobile": ("mobile",),
    "landline": ("landline",),
    "address": ("address", "postcode"),
    "email": ("email",),
}
MERGED_FIELD = "merged_into"


class MergeRefused(DecisionRefused):
    """The merge cannot be proposed, carried out or undone now; its text says why."""


def origin_of(merge: Merge) -> str:
    return f"merge:{merge.pk}"


def locked_merge(merge: Merge) -> Merge:
    found: Merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    return found


def locked_customers(merge: Merge) -> tuple[Customer, Customer]:
    """Survivor and the one merged away, locked in the order of their ids."""
    ids = [merge.survivor_id, merge.loser_id]
    rows = Customer.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    found = {row.pk: row for row in rows}
    return found[merge.survivor_id], found[merge.loser_id]


def propose_merge(
    *,
    pair: DuplicatePair,
    survivor: Customer,
    choices: Collection[str],
    note: str,
    actor: Staff,
    at: datetime,
) -> Merge:
    """`choices` are the groups whose values the survivor takes from the other; nothing changes yet.

    Raises MergeRefused, and CorrectionRefused when a value is waiting for review elsewhere.
    """
    if not note.strip():
        raise MergeRefused(_("Say what shows that they are one person."))
    with transaction.atomic(), recorded(actor, "merge proposed"):
        found = locked_pair(pair)
        if found.state != PairState.OPEN:
            raise MergeRefused(_("Already decided: %(state)s.") % {"state": found.get_state_display()})
        loser_id = found.right_id if survivor.pk == found.left_id else found.left_id
        both = Customer.objects.select_for_update(of=("self",)).filter(pk__in=[survivor.pk, loser_id])
        loser = {row.pk: row for row in both.order_by("pk")}[loser_id]
        _check_free(survivor.pk, loser_id)
        merge = Merge.objects.create(
            pair=found,
            survivor=survivor,
            loser=loser,
            choices=[name for name in GROUPS if name in set(choices)],
            survivor_version=survivor.version,
            loser_version=loser.version,
            proposed_by=actor,
            proposed_at=at,
            note=note.strip(),
        )
        propose(proposals=_proposals(merge), origin=origin_of(merge), actor=actor, at=at)
        submit_corrections(origin=origin_of(merge), actor=actor, at=at)
        _step(found, PairState.PROPOSED)
    return merge


def _proposals(merge: Merge) -> list[Proposal]:
    fields = [field for group in merge.choices for field in GROUPS[group]]
    return [
        Proposal("customer", merge.survivor_id, field, written_of(merge.loser, field), note=merge.note)
        for field in fields
        if is_correctable("customer", field)
        and written_of(merge.loser, field) != written_of(merge.survivor, field)
    ]


def _step(pair: DuplicatePair, state: str, **values: Any) -> None:
    changes = {"state": state, "version": F("version") + 1, **values}
    DuplicatePair.objects.filter(pk=pair.pk).update(**changes)


def _check_free(survivor_id: int, loser_id: int) -> None:
    """Nobody is in two merges that wait, nor merged away already; open work is finished first.

    The caller holds both rows, so that of two proposals at once the second one sees the first.
    """
    both = [survivor_id, loser_id]
    waiting = Merge.objects.filter(
        Q(survivor__in=both) | Q(loser__in=both), state__in=[MergeState.PROPOSED, MergeState.UNDOING]
    )
    if other := waiting.select_related("survivor", "loser", "proposed_by").order_by("pk").first():
        shared = other.survivor if other.survivor_id in both else other.loser
        text = _(
            "%(number)s is in another merge, which %(by)s proposed and which waits for review; it must be "
            "decided first."
        )
        raise MergeRefused(text % {"number": shared.number, "by": other.proposed_by.name})
    if Customer.objects.filter(pk__in=both, merged_into__isnull=False).exists():
        raise MergeRefused(_("One of them has been merged meanwhile."))
    _check_no_review(loser_id)


def _check_no_review(loser_id: int) -> None:
    in_review = Rectification.objects.filter(customer=loser_id, state=RectificationState.IN_REVIEW)
    if found := in_review.first():
        text = _(
            "Rectification %(number)s of the one merged away waits for review; it must be decided first."
        )
        raise MergeRefused(text % {"number": found.number})
    if asked := _undecided_change(loser_id):
        text = _(
            "Change request %(number)s by %(by)s is about the one merged away; it must be decided or "
            "withdrawn first."
        )
        raise MergeRefused(text % {"number": asked.number, "by": asked.made_by.name})


def _undecided_change(customer_id: int) -> ChangeRequest | None:
    """One in which values wait; a draft in which nothing is typed holds nobody up."""
    asked = ChangeRequest.objects.filter(customer=customer_id, state__in=(*AT_HAND, State.SUBMITTED))
    one: ChangeRequest
    for one in asked.select_related("made_by").order_by("pk"):
        if one.state == State.SUBMITTED or pending_of(origin_of_change(one)):
            return one
    return None


def return_merge(*, merge: Merge, note: str, actor: Staff, at: datetime) -> Merge:
    """By the second person with words, or taken back by whoever proposed it; the pair is open again."""
    with transaction.atomic(), recorded(actor, "merge returned"):
        found = locked_merge(merge)
        _check_state(found, MergeState.PROPOSED)
        own = found.proposed_by_id == actor.pk
        if not own and not note.strip():
            raise MergeRefused(_("Say in words what is to be looked at again."))
        found.state = MergeState.WITHDRAWN if own else MergeState.RETURNED
        found.decided_by, found.decided_at, found.decision_note = actor, at, note.strip()
        found.save()
        withdraw_corrections(origin=origin_of(found), actor=actor, at=at)
        _step(found.pair, PairState.OPEN, reason=note.strip())
    return found


def _check_state(merge: Merge, state: str) -> None:
    if merge.state != state:
        raise MergeRefused(_("Already decided: %(state)s.") % {"state": merge.get_state_display()})


def accept_merge(*, merge: Merge, note: str = "", actor: Staff, at: datetime) -> Merge:
    """Values, rows, findings, rectifications, sight and outbox in one transaction, or nothing of it.

    Raises MergeRefused, RecordChanged and CorrectionRefused.
    """
    return patiently(lambda: _accept(merge, note, actor, at))


def _accept(merge: Merge, note: str, actor: Staff, at: datetime) -> Merge:
    with transaction.atomic(), recorded(actor, f"merge {merge.pk}"):
        found = locked_merge(merge)
        _check_state(found, MergeState.PROPOSED)
        if found.proposed_by_id == actor.pk:
            raise MergeRefused(_("Who proposed it cannot accept it; another person must."))
        survivor, loser = locked_customers(found)
        _check_unchanged(found, survivor, loser)
        before = _before(survivor, loser)
        accept_corrections(origin=origin_of(found), actor=actor, at=at)
        survivor.refresh_from_db()
        found.before = {**before, "after": business_columns(survivor)}
        found.state, found.decision_note = MergeState.DONE, note.strip()
        found.decided_by, found.decided_at = actor, at
        found.save()
        touched = policies_of([survivor.pk, loser.pk])
        move_all(merge=found, loser=loser, survivor=survivor)
        loser.merged_into, loser.version = survivor, loser.version + 1
        loser.save(update_fields=["merged_into", "version"])
        tell_core(found, old="", new=survivor.number, proposer=found.proposed_by, actor=actor, at=at)
        _step(found.pair, PairState.MERGED, decided_by=actor, decided_at=at, reason=found.note)
        _close_findings(loser, at)
        settle_subjects(found, touched, at=at, actor=actor, cause=EpisodeEnd.MERGED)
    return found


def _check_unchanged(merge: Merge, survivor: Customer, loser: Customer) -> None:
    versions = (merge.survivor_version, merge.loser_version)
    if (survivor.version, loser.version) != versions or survivor.merged_into_id or loser.merged_into_id:
        raise MergeRefused(
            _("One of the two records was changed after this was proposed; return it and compare again.")
        )
    _check_no_review(loser.pk)


def _before(survivor: Customer, loser: Customer) -> dict[str, Any]:
    holds = Hold.objects.filter(
        record_kind="customer", record_id=survivor.pk, state=HoldState.HOLDING
    ).values_list("pk", flat=True)
    conflicts = Conflict.objects.filter(record_kind="customer", record_id=survivor.pk, state="open")
    open_ones = Finding.objects.filter(customer=loser, state=FindingState.OPEN).order_by("pk")
    owned = Rectification.objects.filter(customer=loser, state__in=UNDER_WAY, owner__isnull=False)
    return {
        "survivor": business_columns(survivor),
        "loser": business_columns(loser),
        "holds": list(holds),
        "conflicts": list(conflicts.values_list("pk", flat=True)),
        "findings": list(open_ones.values_list("pk", flat=True)),
        "owners": [list(row) for row in owned.values_list("pk", "owner_id")],
    }


def tell_core(
    merge: Merge, *, old: str, new: str, proposer: Staff, actor: Staff, at: datetime, origin: str = ""
) -> None:
    """Two customer numbers are one person, or no longer; the entry is found under the survivor."""
    place = {"record_kind": "customer", "record_id": merge.survivor_id, "field": MERGED_FIELD}
    values = {"old_raw": old, "old_normal": old, "new_raw": new, "new_normal": new}
    correction = Correction.objects.create(
        **place,
        **values,
        origin=origin or origin_of(merge),
        record_version=merge.survivor_version,
        state=CorrectionState.ACCEPTED,
        proposed_by=proposer,
        proposed_at=merge.undo_at or merge.proposed_at,
        decided_by=actor,
        decided_at=at,
    )
    OutboxEntry.objects.create(
        **place,
        correction=correction,
        record_key=merge.loser.number,
        old_value=old,
        new_value=new,
        created_at=at,
    )


def _close_findings(loser: Customer, at: datetime) -> None:
    """Whatever their source; their rectifications are settled and drafts on them taken back."""
    found = list(
        Finding.objects.select_for_update(of=("self",))
        .filter(customer=loser, state=FindingState.OPEN)
        .order_by("pk")
    )
    for finding in found:
        finding.state, finding.closed_at = FindingState.CLOSED, at
    ids = [finding.pk for finding in found]
    Finding.objects.filter(pk__in=ids).update(state=FindingState.CLOSED, closed_at=at)
    FindingEpisode.objects.filter(finding__in=ids, recorded_to__isnull=True).update(
        recorded_to=Greatest(F("recorded_from"), Value(at)), ended_by=EpisodeEnd.MERGED
    )
    group_findings(changes=Changes(closed=found), at=at)


def settle_subjects(
    merge: Merge, policies: Collection[int], *, at: datetime, actor: Staff, cause: EpisodeEnd | None
) -> None:
    """Who serves the two, and what rules say of them and their policies, follows what was moved."""
    both = [merge.survivor_id, merge.loser_id]
    refresh_serving_units(customer_ids=both)
    resweep_subjects(customer_ids=both, policy_ids=policies, at=at, actor=actor, cause=cause)
