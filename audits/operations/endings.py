"""Ends without a correction: what may stand as it is, and what cannot be put right.

The owner hands it in with the reason and what was tried; another person's acceptance writes the exemptions.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from audits.choices import (
    ClosingCause,
    ExemptionRelation,
    ExemptionState,
    FindingState,
    ProposedEnd,
    StepAction,
)
from audits.models import Exemption, Rectification
from audits.operations.exemptions import ExemptionRefused, propose_exemption, refuse_of_rectification
from audits.operations.rectifications import start_rectification
from audits.standing_in import acts_for_owner
from audits.timeline import was_tried
from audits.transitions import StepRefused, origin_of, walk
from customers.models import ContactAttempt
from workplace.models import Staff
from workplace.operations.corrections import withdraw_corrections

RELATIONS = {
    ProposedEnd.WAIVED.value: ExemptionRelation.WAIVED,
    ProposedEnd.CANNOT.value: ExemptionRelation.CANNOT,
}
CAUSES = {
    ProposedEnd.CORRECTED.value: ClosingCause.ACCEPTED,
    ProposedEnd.WAIVED.value: ClosingCause.WAIVED,
    ProposedEnd.CANNOT.value: ClosingCause.CANNOT,
}


def hand_in_end(
    *,
    rectification: Rectification,
    end: str,
    reason: str,
    expires_on: date,
    evidence: tuple[str, bytes] | None = None,
    actor: Staff,
    at: datetime,
) -> Rectification:
    """Proposes an exemption of each open finding and hands it in for review; typed values are taken back.

    Raises StepRefused, ExemptionRefused and EvidenceRefused, and then nothing of it holds.
    """
    relation = RELATIONS.get(end)
    if relation is None:
        raise StepRefused(_("Choose how it is to end."))
    with transaction.atomic():
        found = Rectification.objects.select_for_update(of=("self",)).get(pk=rectification.pk)
        if not acts_for_owner(rectification=found, actor=actor, at=at):
            raise StepRefused(_("Only its owner may do this."))
        if not evidence and not _was_tried(found):
            raise StepRefused(_("Show what was tried: a file, or a contact with the customer."))
        start_rectification(rectification=rectification, actor=actor, at=at)
        _propose(rectification, relation, reason, expires_on, evidence, actor, at)
        withdraw_corrections(origin=origin_of(rectification), actor=actor, at=at)
        walk(
            rectification=rectification,
            action=StepAction.SUBMIT,
            actor=actor,
            at=at,
            reason=reason,
            detail={"end": end, "until": expires_on.isoformat()},
        )
        rectification.proposed_end = end
        rectification.save(update_fields=["proposed_end"])
    return rectification


def take_end_back(*, rectification: Rectification, end: str, reason: str, actor: Staff, at: datetime) -> None:
    """On return, in the caller's transaction: what was proposed to stand stands no more."""
    if end in RELATIONS:
        refuse_of_rectification(
            rectification_id=rectification.pk, relations=[RELATIONS[end]], note=reason, actor=actor, at=at
        )


def _was_tried(rectification: Rectification) -> bool:
    customer = rectification.customer_id
    return was_tried(
        rectification,
        entries=rectification.timeline.order_by("-at", "-id"),
        evidence=rectification.evidence.select_related("file"),
        attempts=ContactAttempt.objects.filter(customer=customer, tried_at__gte=rectification.opened_at),
    )


def _propose(
    rectification: Rectification,
    relation: ExemptionRelation,
    reason: str,
    expires_on: date,
    evidence: tuple[str, bytes] | None,
    actor: Staff,
    at: datetime,
) -> None:
    waiting = Exemption.objects.filter(state=ExemptionState.PROPOSED, finding__rectification=rectification)
    known = set(waiting.values_list("finding_id", flat=True))
    findings = [one for one in rectification.findings.filter(state=FindingState.OPEN) if one.pk not in known]
    if not findings and not known:
        raise StepRefused(_("No finding of it is open."))
    for finding in findings:
        try:
            propose_exemption(
                finding=finding,
                relation=relation,
                reason=reason,
                expires_on=expires_on,
                evidence=evidence,
                actor=actor,
                at=at,
            )
        except ExemptionRefused as refusal:
            raise StepRefused(str(refusal)) from refusal
