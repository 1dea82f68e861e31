""" "This rule is wrong here": a clerk's word about one finding, and compliance's answer."""

from __future__ import annotations

from datetime import datetime

import pghistory
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audits.choices import DisputeState, FindingState, TimelineKind
from audits.models import Finding, RuleDispute
from audits.operations.rectifications import write_line
from audits.operations.telling import tell_dispute_answered
from workplace.models import Staff


class DisputeRefused(Exception):
    """The dispute cannot be raised or answered; its text says why."""


def raise_dispute(*, finding: Finding, reason: str, actor: Staff, at: datetime) -> RuleDispute:
    """One open dispute a finding; it changes nothing until compliance answers."""
    if not reason.strip():
        raise DisputeRefused(_("Say in a few words why the rule is wrong here."))
    if finding.state != FindingState.OPEN:
        raise DisputeRefused(_("This finding is closed; there is nothing to dispute."))
    try:
        with transaction.atomic(), pghistory.context(actor=actor.pk, cause="dispute"):
            dispute = RuleDispute.objects.create(
                finding=finding, reason=reason.strip(), raised_by=actor, raised_at=at
            )
            _tell(dispute, "dispute", dispute.reason, actor, at)
    except IntegrityError as error:
        raise DisputeRefused(_("Somebody has already told compliance; the answer is awaited.")) from error
    return dispute


def answer_dispute(
    *, dispute: RuleDispute, verdict: str, answer: str, actor: Staff, at: datetime
) -> RuleDispute:
    """`verdict` is UPHELD or RULE_WRONG; the words show on the rectification."""
    if not answer.strip():
        raise DisputeRefused(_("Give the reason for the answer."))
    if verdict not in {DisputeState.UPHELD, DisputeState.RULE_WRONG}:
        raise DisputeRefused(_("Choose whether the rule stands."))
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="dispute"):
        found: RuleDispute = RuleDispute.objects.select_for_update(of=("self",)).get(pk=dispute.pk)
        if found.state != DisputeState.OPEN:
            by = found.answered_by.name if found.answered_by else ""
            raise DisputeRefused(_("Already answered by %(by)s.") % {"by": by})
        if found.raised_by_id == actor.pk:
            raise DisputeRefused(_("Who raised it cannot answer it; another person must."))
        found.state, found.answer = DisputeState(verdict), answer.strip()
        found.answered_by, found.answered_at = actor, at
        found.save()
        _tell(found, "answer", found.answer, actor, at)
        tell_dispute_answered(dispute=found, at=at)
    return found


def _tell(dispute: RuleDispute, action: str, words: str, actor: Staff, at: datetime) -> None:
    if dispute.finding.rectification is not None:
        write_line(
            rectification=dispute.finding.rectification,
            kind=TimelineKind.NOTE,
            action=action,
            actor=actor,
            at=at,
            reason=words,
            rule=dispute.finding.rule,
            verdict=dispute.state,
        )
