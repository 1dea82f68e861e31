"""Why a finding may stand: proposed by one, approved by another, until a day (requirement 164)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from audits.choices import EpisodeEnd, ExemptionRelation, ExemptionState, FindingState, TimelineKind
from audits.models import Exemption, Finding
from audits.operations.evidence import media_type_of
from audits.operations.rectifications import write_line
from audits.operations.sample_closing import reopen_sampled
from audits.operations.sweep import resweep_subjects
from audits.operations.telling import tell_exemption_decided
from audits.wording import finding_text
from workplace.choices import FilePurpose
from workplace.models import Staff, UploadedFile
from workplace.operations.files import store_file
from workplace.patience import patiently

LONGEST_YEARS = 3
USUAL_DAYS = 365


class ExemptionRefused(Exception):
    """The exemption cannot be proposed or decided; its text says why."""


def propose_exemption(
    *,
    finding: Finding,
    relation: str,
    reason: str,
    expires_on: date,
    actor: Staff,
    at: datetime,
    evidence: tuple[str, bytes] | None = None,
) -> Exemption:
    """One at a time for a finding, for the very value that it is about. `evidence` is a name and its bytes.

    It changes nothing until another person approves it. Raises ExemptionRefused, EvidenceRefused.
    """
    today = localtime(at).date()
    if finding.state != FindingState.OPEN:
        raise ExemptionRefused(_("This finding is closed; there is nothing to exempt."))
    if relation not in ExemptionRelation.values:
        raise ExemptionRefused(_("Choose why the finding may stand."))
    if not reason.strip():
        raise ExemptionRefused(_("Say how you know that it is right, and from whom."))
    if not today < expires_on <= _latest(today):
        text = _("Name a last day after today and within %(years)s years.")
        raise ExemptionRefused(text % {"years": LONGEST_YEARS})
    try:
        with transaction.atomic(), pghistory.context(actor=actor.pk, cause="exemption"):
            retire_exemptions(finding=finding, today=today)
            exemption = Exemption.objects.create(
                finding=finding,
                value_hash=finding.value_hash,
                relation=relation,
                reason=reason.strip()[:1000],
                evidence=_stored(evidence, actor, at) if evidence else None,
                expires_on=expires_on,
                proposed_by=actor,
                proposed_at=at,
            )
            _tell(exemption, "exemption_proposed", exemption.reason, actor, at)
    except IntegrityError as error:
        raise ExemptionRefused(_("An exemption of this finding is proposed or holds already.")) from error
    return exemption


def decide_exemption(
    *, exemption: Exemption, approve: bool, note: str = "", actor: Staff, at: datetime
) -> Exemption:
    """By another person than who proposed it. An approval closes that one finding in the same transaction."""
    if not actor.has_perm("audits.approve_exemption"):
        raise PermissionDenied
    if not approve and not note.strip():
        raise ExemptionRefused(_("Say why it is refused."))
    return patiently(lambda: _decide(exemption, approve, note, actor, at))


def _decide(exemption: Exemption, approve: bool, note: str, actor: Staff, at: datetime) -> Exemption:
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="exemption"):
        found = _locked(exemption)
        if found.state != ExemptionState.PROPOSED:
            by = found.decided_by.name if found.decided_by else ""
            raise ExemptionRefused(_("Already decided by %(by)s.") % {"by": by})
        if found.proposed_by_id == actor.pk:
            raise ExemptionRefused(_("Who proposed it cannot approve it; another person must."))
        if approve and _ends_own_work(found, actor):
            raise ExemptionRefused(_("It ends your own rectification; another person must approve it."))
        if approve:
            _sweep(found, actor, at, None)
            _check_value(found)
        _settle(found, ExemptionState.APPROVED if approve else ExemptionState.REFUSED, note, actor, at)
        if approve:
            _sweep(found, actor, at, EpisodeEnd.EXEMPTED)
    return found


def _ends_own_work(exemption: Exemption, actor: Staff) -> bool:
    """Handed in for its owner by whoever stands in, it is no other person's word."""
    rectification = exemption.finding.rectification
    ends = exemption.relation in (ExemptionRelation.WAIVED, ExemptionRelation.CANNOT)
    return ends and rectification is not None and rectification.owner_id == actor.pk


def approve_of_rectification(*, rectification_id: int, actor: Staff, at: datetime) -> list[Exemption]:
    """Those proposed for its open findings, in the caller's transaction, which sweeps afterwards."""
    waiting = Exemption.objects.select_for_update(of=("self",)).filter(
        finding__rectification=rectification_id, state=ExemptionState.PROPOSED
    )
    approved = []
    for exemption in waiting.order_by("pk"):
        if exemption.proposed_by_id == actor.pk:
            raise ExemptionRefused(_("Who proposed it cannot approve it; another person must."))
        _check_value(exemption)
        _settle(exemption, ExemptionState.APPROVED, "", actor, at)
        approved.append(exemption)
    return approved


def refuse_of_rectification(
    *, rectification_id: int, relations: Collection[str], note: str, actor: Staff, at: datetime
) -> None:
    """What its owner handed in as an end falls when it is returned, in the caller's transaction."""
    waiting = Exemption.objects.select_for_update(of=("self",)).filter(
        finding__rectification=rectification_id, state=ExemptionState.PROPOSED, relation__in=relations
    )
    for exemption in waiting.order_by("pk"):
        _settle(exemption, ExemptionState.REFUSED, note, actor, at)


def retire_exemptions(*, finding: Finding, today: date) -> None:
    """An approved one that has expired, or was for another value, makes room for the next."""
    approved = Exemption.objects.filter(finding=finding, state=ExemptionState.APPROVED)
    over = approved.filter(Q(expires_on__lt=today) | ~Q(value_hash=finding.value_hash))
    over.update(state=ExemptionState.REVOKED)


def revoke_exemption(*, exemption: Exemption, note: str, actor: Staff, at: datetime) -> Exemption:
    """From now on the rules speak of it again."""
    if not actor.has_perm("audits.approve_exemption"):
        raise PermissionDenied
    if not note.strip():
        raise ExemptionRefused(_("Say why it ends."))
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="exemption"):
        found = _locked(exemption)
        if found.state != ExemptionState.APPROVED:
            raise ExemptionRefused(_("Only an exemption that holds can be ended."))
        found.state = ExemptionState.REVOKED
        found.decision_note = note.strip()[:1000]
        found.save(update_fields=["state", "decision_note"])
        _tell(found, "exemption_revoked", found.decision_note, actor, at)
        _sweep(found, actor, at, None)
        reopen_sampled(finding=found.finding, at=at)
    return found


def _check_value(exemption: Exemption) -> None:
    """What is approved is the very value that was explained; for another one nobody has said anything."""
    finding = exemption.finding
    finding.refresh_from_db(fields=["state", "value_hash"])
    if finding.value_hash != exemption.value_hash:
        raise ExemptionRefused(
            _("The value was changed after %(by)s proposed this; refuse it, and have it proposed anew.")
            % {"by": exemption.proposed_by.name}
        )
    if finding.state != FindingState.OPEN:
        raise ExemptionRefused(_("This finding is closed; there is nothing to exempt."))


def _settle(exemption: Exemption, state: ExemptionState, note: str, actor: Staff, at: datetime) -> None:
    exemption.state, exemption.decision_note = state, note.strip()[:1000]
    exemption.decided_by, exemption.decided_at = actor, at
    exemption.save(update_fields=["state", "decision_note", "decided_by", "decided_at"])
    _tell(exemption, f"exemption_{state}", exemption.decision_note, actor, at)
    tell_exemption_decided(exemption=exemption, actor=actor, at=at)


def _locked(exemption: Exemption) -> Exemption:
    found: Exemption = (
        Exemption.objects.select_for_update(of=("self",)).select_related("finding").get(pk=exemption.pk)
    )
    return found


def _sweep(exemption: Exemption, actor: Staff, at: datetime, cause: EpisodeEnd | None) -> None:
    finding = exemption.finding
    resweep_subjects(
        customer_ids=[pk for pk in [finding.customer_id] if pk],
        policy_ids=[pk for pk in [finding.policy_id] if pk],
        at=at,
        actor=actor,
        cause=cause,
    )


def _latest(today: date) -> date:
    return today.replace(year=today.year + LONGEST_YEARS, day=min(today.day, 28))


def _stored(evidence: tuple[str, bytes], actor: Staff, at: datetime) -> UploadedFile:
    name, content = evidence
    return store_file(
        content=content,
        name=name[:200] or "evidence",
        purpose=FilePurpose.EVIDENCE,
        owner=actor,
        at=at,
        media_type=media_type_of(content),
    )


def _tell(exemption: Exemption, action: str, words: str, actor: Staff, at: datetime) -> None:
    finding = exemption.finding
    if finding.rectification is not None:
        write_line(
            rectification=finding.rectification,
            kind=TimelineKind.NOTE,
            action=action,
            actor=actor,
            at=at,
            reason=words,
            rule=finding.rule,
            finding=finding_text(finding),
            relation=exemption.relation,
        )
