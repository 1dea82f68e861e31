"""From draft to closure: a correction is a proposal until another person accepts it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from audits.choices import (
    EpisodeEnd,
    ExemptionState,
    FindingSource,
    FindingState,
    StepAction,
)
from audits.evaluation import Hit, evaluate
from audits.models import Evidence, Exemption, Finding, Rectification
from audits.models.subject import SUBJECT_COLUMNS
from audits.operations.endings import CAUSES, take_end_back
from audits.operations.exemptions import ExemptionRefused, approve_of_rectification
from audits.operations.findings import NO_DEADLINE
from audits.operations.limits import limit_gaps
from audits.operations.mending import check_at_work
from audits.operations.rectifications import (
    BulkResult,
    Refused,
    start_rectification,
    unassign_rectification,
)
from audits.operations.sweep import resweep_subjects
from audits.operations.telling import tell_returned
from audits.operations.will import keep_beside, source_gaps, will_gaps
from audits.sample_mending import left_unmended
from audits.staging import staged
from audits.transitions import StepRefused, origin_of, walk
from audits.will import WILLED_KINDS, CustomersWill
from audits.wording import finding_text, hit_text
from authenticity.choices import Stage
from authenticity.masking import mask
from policies.models import PolicyParty
from workplace.choices import CorrectionState
from workplace.correctable import correctable
from workplace.intake.errors import words_of
from workplace.intake.shapes import Misshapen
from workplace.models import Correction, Staff
from workplace.operations.corrections import (
    PENDING,
    CorrectionRefused,
    Overtaken,
    Proposal,
    accept_corrections,
    pending_of,
    propose_beside,
    return_corrections,
    submit_corrections,
)
from workplace.patience import patiently


class StillHolds(StepRefused):
    """What would still be wrong; one text a finding."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = list(texts)
        super().__init__(_("This still holds: %(list)s") % {"list": _("; ").join(self.texts)})


class NotReady(CorrectionRefused):
    """What a submission still lacks, each in its own words; `field` is that of the first which has one."""

    def __init__(self, gaps: Sequence[tuple[str, str]]) -> None:
        self.texts = [text for _field, text in gaps]
        field = next((field for field, _text in gaps if field), "")
        super().__init__(" ".join(self.texts), field=field)


def save_draft(
    *,
    rectification: Rectification,
    proposals: Sequence[Proposal],
    note: str | None = None,
    will: CustomersWill | None = None,
    seen: str | None = None,
    actor: Staff,
    at: datetime,
) -> list[Correction]:
    """Keeps what the owner has typed so far, and starts the work; raises StepRefused, CorrectionRefused and,
    when the rest is kept, Overtaken."""
    with transaction.atomic():
        locked = Rectification.objects.select_for_update(of=("self",)).get(pk=rectification.pk)
        check_at_work(locked, actor, at)
        start_rectification(rectification=rectification, actor=actor, at=at)
        check_places(rectification, proposals, actor)
        origin = origin_of(rectification)
        kept, late = propose_beside(proposals=proposals, origin=origin, actor=actor, at=at)
        beside = keep_beside(rectification, note=note, will=will, seen=seen, actor=actor)
    if late:
        raise Overtaken.by_draft(late[0])
    if beside is not None:
        raise Overtaken(_("Note or customer's will"), beside)
    return kept


def submit_rectification(
    *,
    rectification: Rectification,
    corrections: Sequence[Proposal] = (),
    note: str = "",
    will: CustomersWill | None = None,
    seen: str | None = None,
    actor: Staff,
    at: datetime,
) -> Rectification:
    """Re-checks the drafts staged and hands them to a second person; the book stays as it is.

    What was typed stays kept as a draft when the rest is refused. Raises StillHolds, NotReady (what is
    missing beside the values), CorrectionRefused, Misshapen (with its field) and StepRefused.
    """
    save_draft(rectification=rectification, proposals=corrections, will=will, seen=seen, actor=actor, at=at)
    with transaction.atomic():
        submitted = submit_corrections(origin=origin_of(rectification), actor=actor, at=at)
        _check_proved(rectification, submitted, at)
        if left := would_still_hold(rectification=rectification, corrections=submitted, actor=actor, at=at):
            raise StillHolds(left)
        walk(
            rectification=rectification,
            action=StepAction.SUBMIT,
            actor=actor,
            at=at,
            reason=note,
            detail=told_of(rectification, submitted),
        )
        rectification.draft_note = ""
        rectification.save(update_fields=["draft_note"])
    return rectification


def accept_rectification(
    *,
    rectification: Rectification,
    actor: Staff,
    at: datetime,
    reason: str = "",
    seen_version: int | None = None,
) -> Rectification:
    """Values, history, holds, outbox, findings and closure in one transaction, or nothing of it.

    Raises StillHolds when a finding of it stays open, RecordChanged when the record moved on meanwhile.
    """
    seen = rectification.version if seen_version is None else seen_version
    return patiently(lambda: _accept(rectification, actor, at, reason, seen))


def _accept(
    rectification: Rectification, actor: Staff, at: datetime, reason: str, seen: int
) -> Rectification:
    with transaction.atomic():
        waiting = Correction.objects.filter(
            origin=origin_of(rectification), state=CorrectionState.SUBMITTED
        ).order_by("id")
        fields = [masked_change(row) for row in waiting]
        walk(
            rectification=rectification,
            action=StepAction.ACCEPT,
            actor=actor,
            at=at,
            reason=reason,
            seen_version=seen,
            cause=CAUSES[rectification.proposed_end],
            detail={"fields": fields},
        )
        proof = _evidence_of_this_time(rectification).select_related("file").order_by("-id").first()
        accepted = accept_corrections(
            origin=origin_of(rectification), actor=actor, at=at, evidence=proof.file if proof else None
        )
        exempted = approve_of_rectification(rectification_id=rectification.pk, actor=actor, at=at)
        customers, policies = subjects_of(rectification, accepted)
        resweep_subjects(
            customer_ids=customers,
            policy_ids=policies,
            at=at,
            actor=actor,
            cause=EpisodeEnd.CORRECTED if accepted or not exempted else EpisodeEnd.EXEMPTED,
            keep=[rectification.pk],
        )
        left = Finding.objects.filter(rectification=rectification, state=FindingState.OPEN)
        if texts := [finding_text(finding) for finding in left]:
            raise StillHolds(texts)
    rectification.refresh_from_db()
    return rectification


def accept_rectifications(
    *, rectifications: Sequence[Rectification], actor: Staff, at: datetime, reason: str = ""
) -> BulkResult:
    """Each in a transaction of its own; four eyes and every other check hold for each."""
    result = BulkResult()
    for rectification in rectifications:
        try:
            accept_rectification(rectification=rectification, actor=actor, at=at, reason=reason)
        except (StepRefused, CorrectionRefused, ExemptionRefused) as refusal:
            result.refused.append(Refused(rectification, str(refusal)))
        except Misshapen as error:
            said = words_of({"code": error.code, "params": error.params})
            result.refused.append(Refused(rectification, said))
        else:
            result.done.append(rectification)
    return result


def return_rectification(
    *,
    rectification: Rectification,
    actor: Staff,
    at: datetime,
    reason: str,
    why: str = "",
    seen_version: int | None = None,
) -> Rectification:
    """The record stays as it was; the values go back to the owner as drafts. `why` is a ReturnReason."""
    end = rectification.proposed_end
    with transaction.atomic():
        walk(
            rectification=rectification,
            action=StepAction.RETURN,
            actor=actor,
            at=at,
            reason=reason,
            seen_version=seen_version,
            detail={"why": why},
        )
        tell_returned(rectification=rectification, actor=actor, at=at)
        take_end_back(rectification=rectification, end=end, reason=reason, actor=actor, at=at)
        return_corrections(origin=origin_of(rectification), actor=actor, at=at)
        if rectification.owner is not None and not rectification.owner.is_active:
            unassign_rectification(rectification=rectification, actor=None, at=at)
    return rectification


def would_still_hold(
    *, rectification: Rectification, corrections: Iterable[Correction], actor: Staff, at: datetime
) -> list[str]:
    """Writes the values, asks the rules and rolls it all back; the words of what is left."""
    rows = list(corrections)
    customers, policies = subjects_of(rectification, rows)
    with staged():
        write_staged(rows, actor, at)
        hits = evaluate(stage=Stage.BOOK, customer_ids=customers, policy_ids=policies)
        sampled = left_unmended(rectification)
    found = [hit_text(hit) for hit in hits if _concerns(hit, rectification)]
    return found + [finding_text(finding) for finding in sampled]


def write_staged(corrections: Iterable[Correction], actor: Staff, at: datetime) -> None:
    """Only inside `staged()`: the values go through the same writers as an acceptance."""
    rows = sorted(corrections, key=lambda row: (row.record_kind, row.record_id))
    for (kind_name, record_id), group in groupby(rows, key=lambda row: (row.record_kind, row.record_id)):
        kind = correctable(kind_name)
        record = kind.find(record_id, True)
        kind.write(
            record=record,
            values={row.field: row.new_raw for row in group},
            actor=actor,
            at=at,
            expected_version=record.version,
        )


def subjects_of(
    rectification: Rectification, corrections: Iterable[Correction]
) -> tuple[list[int], list[int]]:
    """Customers and policies whose findings the corrections may close or open."""
    customers = {rectification.customer_id} - {None}
    policies = {rectification.policy_id} - {None}
    for row in corrections:
        if row.record_kind == "customer":
            customers.add(row.record_id)
        elif row.record_kind == "policy":
            policies.add(row.record_id)
        else:
            party = PolicyParty.objects.get(pk=row.record_id)
            policies.add(party.policy_id)
            customers |= {party.customer_id} - {None}
    return sorted(pk for pk in customers if pk), sorted(pk for pk in policies if pk)


def _concerns(hit: Hit, rectification: Rectification) -> bool:
    """A finding of this rectification that stays, or one that the new values would open on its subject."""
    if hit.severity in NO_DEADLINE or hit.subject != (rectification.subject_kind, rectification.subject.pk):
        return False
    known = Finding.objects.filter(
        rule=hit.rule.code,
        field=hit.field,
        part=hit.part,
        state=FindingState.OPEN,
        **{f"{SUBJECT_COLUMNS[hit.subject_kind]}_id": hit.subject_id},
    ).first()
    if known is None:
        return True
    return known.rectification_id == rectification.pk and not exemption_proposed(known)


def exemption_proposed(finding: Finding) -> bool:
    """Its owner says that it may stand; accepting the rectification approves that too."""
    return Exemption.objects.filter(
        finding=finding, value_hash=finding.value_hash, state=ExemptionState.PROPOSED
    ).exists()


def check_places(rectification: Rectification, proposals: Iterable[Proposal], actor: Staff) -> None:
    """Corrections of a rectification touch its own subject, its policy's parties and, of its customer's
    places on policies, those within the actor's scope; nothing else."""
    for one in proposals:
        if not _belongs(rectification, one.record_kind, one.record_id, actor):
            raise CorrectionRefused(_("This field cannot be corrected here."), field=one.field)


def _belongs(rectification: Rectification, kind: str, pk: int, actor: Staff) -> bool:
    if kind == "customer":
        return pk == rectification.customer_id
    if kind == "policy":
        return pk == rectification.policy_id
    parties = PolicyParty.objects.filter(pk=pk)
    if rectification.policy_id:
        return parties.filter(policy_id=rectification.policy_id).exists()
    mine = parties.visible_to(actor).filter(customer_id=rectification.customer_id)
    return bool(rectification.customer_id) and mine.exists()


def _check_proved(rectification: Rectification, corrections: Sequence[Correction], at: datetime) -> None:
    open_ones = rectification.findings.filter(state=FindingState.OPEN)
    mended = open_ones.filter(source=FindingSource.SAMPLE).exclude(
        pk__in=[finding.pk for finding in left_unmended(rectification)]
    )
    left = open_ones.exclude(pk__in=mended.values("pk"))
    if not corrections and not all(exemption_proposed(finding) for finding in left):
        raise StepRefused(_("Nothing has been corrected yet."))
    customers, _policies = subjects_of(rectification, corrections)
    gaps = limit_gaps(corrections)
    gaps += source_gaps(
        corrections, customers=customers, since=rectification.assigned_at or rectification.opened_at
    )
    gaps += unproved(rectification, corrections)
    if _willed(corrections):
        missing = will_gaps(rectification, customers=customers, today=localdate(at))
        gaps += [("", text) for text in missing]
    if gaps:
        raise NotReady(gaps)


def _willed(corrections: Iterable[Correction]) -> bool:
    """A value of the customer changes, or of what the customer has agreed."""
    return any(row.record_kind in WILLED_KINDS for row in corrections)


def told_of(rectification: Rectification, corrections: Sequence[Correction]) -> dict[str, Any]:
    """What the timeline says of a submission."""
    fields = [masked_change(row) for row in corrections]
    return {"fields": fields, **will_told(rectification, corrections)}


def will_told(rectification: Rectification, corrections: Iterable[Correction]) -> dict[str, str]:
    """For the timeline; a change that a seller handed in is named for the call-back sample."""
    if not _willed(corrections):
        return {}
    seller = rectification.handled_by
    told = {"will": rectification.will, "applicant": rectification.applicant}
    return told | ({"handled_by": seller.staff_no} if seller else {})


def unproved(rectification: Rectification, corrections: Iterable[Correction]) -> list[tuple[str, str]]:
    text = _("A new “%(field)s” needs an image of the document as evidence.")
    fields = [correctable(row.record_kind).fields[row.field] for row in corrections]
    needing = [field for field in fields if field.needs_evidence]
    if not needing or _evidence_of_this_time(rectification).exists():
        return []
    return [(field.name, text % {"field": field.label}) for field in needing]


def _evidence_of_this_time(rectification: Rectification) -> QuerySet[Evidence]:
    """What proved the value of an earlier closure proves no other one."""
    reopened = rectification.timeline.filter(action=StepAction.REOPEN).order_by("-id").first()
    found = rectification.evidence.all()
    return found.filter(file__uploaded_at__gte=reopened.at) if reopened else found


def masked_change(row: Correction) -> dict[str, str]:
    kind = correctable(row.record_kind).fields[row.field].mask
    shown = [mask(kind, value) if kind else value for value in (row.old_normal, row.new_normal)]
    return {"kind": row.record_kind, "field": row.field, "old": shown[0], "new": shown[1]}


def drafts_of(rectification: Rectification) -> list[Correction]:
    return [row for row in pending_of(origin_of(rectification)) if row.state in PENDING]
