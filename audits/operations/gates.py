"""Asks a gate, writes its answer down, and lets somebody with the right pass in spite of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from audits.application import Application, stage_application
from audits.choices import Gate, ServicingItem
from audits.evaluation import evaluate
from audits.gates import (
    Asked,
    Said,
    findings_against_commission,
    findings_of_policy,
    gaps,
    people_of,
    said_of_findings,
    said_of_hits,
    stopping_of,
)
from audits.models import GateAnswer, GateOverride
from audits.staging import staged
from authenticity.choices import Stage
from policies.models import Policy
from workplace.models import Staff

OVERRIDE_DAYS = 7


class GateRefused(Exception):
    """Told to the person who asked, in their language."""


class KeyReused(Exception):
    """The same idempotency key came with another request."""


@dataclass(frozen=True)
class Subject:
    """What a gate is asked about, and whose business it is."""

    reference: str
    branch_id: int
    agency_id: int | None = None
    policy_id: int | None = None
    item: str = ""


def answered_before(*, gate: str, asked: Asked) -> GateAnswer | None:
    """The answer to this very request; raises KeyReused when the key stood for another one."""
    if asked.client is None or not asked.key:
        return None
    known = GateAnswer.objects.filter(client=asked.client, gate=gate, key=asked.key).first()
    if known is not None and known.request_hash != asked.request_hash:
        raise KeyReused
    return known


def ask_underwriting(*, application: Application, asked: Asked) -> GateAnswer:
    """The gate-stage rules over the application as sent: written, judged and taken back.

    Raises ApplicationMisshapen with every cell that has no shape.
    """
    today = localtime(asked.at).date()
    with staged():
        placed = stage_application(application=application, actor=asked.actor, at=asked.at)
        hits = evaluate(
            stage=Stage.GATE, customer_ids=placed.customer_ids, policy_ids=[placed.policy_id], today=today
        )
        found = said_of_hits(hits, placed.names)
        subject = Subject(application.number, placed.branch_id, placed.agency_id)
    return _answer(Gate.UNDERWRITING, subject, found, asked)


def ask_about_policy(*, gate: str, policy: Policy, asked: Asked, item: str = "") -> GateAnswer:
    """Servicing and commission read the open findings; underwriting judges the policy as it stands."""
    answers: dict[str, Callable[[Policy, datetime], list[Said]]] = {
        Gate.UNDERWRITING: _standing_policy,
        Gate.SERVICING: lambda found, at: said_of_findings(*findings_of_policy(found)),
        Gate.COMMISSION: lambda found, at: said_of_findings(*findings_against_commission(found)),
    }
    subject = Subject(policy.number, policy.branch_id, policy.agency_id, policy.pk, item)
    return _answer(gate, subject, answers[gate](policy, asked.at), asked)


def _standing_policy(policy: Policy, at: datetime) -> list[Said]:
    names = people_of(policy)
    customers = [pk for kind, pk in names if kind == "customer"]
    hits = evaluate(
        stage=Stage.GATE, customer_ids=customers, policy_ids=[policy.pk], today=localtime(at).date()
    )
    return said_of_hits(hits, names)


def override_gate(*, answer: GateAnswer, reason: str, actor: Staff, at: datetime) -> GateOverride:
    """The same gaps of the same values pass at this gate, for this reference and whoever asked (the client,
    or people on our own pages), until the day named; whoever asks next is told of it."""
    if not actor.has_perm("audits.override_gate"):
        raise PermissionDenied
    if answer.passed:
        raise GateRefused(_("This gate let it pass; there is nothing to override."))
    if not reason.strip():
        raise GateRefused(_("Say why it may pass in spite of the gaps."))
    until = localtime(at).date() + timedelta(days=OVERRIDE_DAYS)
    try:
        with transaction.atomic():
            return GateOverride.objects.create(
                refused=answer,
                reason=reason.strip()[:1000],
                overridden_by=actor,
                overridden_at=at,
                valid_until=until,
            )
    except IntegrityError as error:
        raise GateRefused(_("Somebody has let this pass already.")) from error


def _answer(gate: str, subject: Subject, said: Sequence[Said], asked: Asked) -> GateAnswer:
    stopping = stopping_of(gate, said)
    always = subject.item == ServicingItem.INFORMATION_CHANGE
    override = None if always or not stopping else _override_for(gate, subject, stopping, asked)
    passed = always or not stopping or override is not None
    told: dict[str, Any] = {
        "gate": gate,
        "reference": subject.reference,
        "item": subject.item,
        "passed": passed,
        "asked_at": asked.at.isoformat(),
        "gaps": [gap.as_dict() for gap in gaps(gate, said)],
        "override": _told(override) if override else None,
    }
    answer = GateAnswer(
        gate=gate,
        reference=subject.reference,
        item=subject.item,
        policy_id=subject.policy_id,
        branch_id=subject.branch_id,
        agency_id=subject.agency_id,
        passed=passed,
        stopping=stopping,
        answer=told,
        asked_by=asked.actor,
        client=asked.client,
        key=asked.key,
        request_hash=asked.request_hash,
        asked_at=asked.at,
    )
    return _kept(answer, asked)


def _kept(answer: GateAnswer, asked: Asked) -> GateAnswer:
    """Two requests under one key at the same moment get one answer."""
    try:
        with transaction.atomic():
            answer.save(force_insert=True)
    except IntegrityError:
        known = answered_before(gate=answer.gate, asked=asked)
        if known is None:
            raise
        return known
    return answer


def _override_for(gate: str, subject: Subject, stopping: Sequence[str], asked: Asked) -> GateOverride | None:
    """One that this client was given and that lets pass everything that stops now, value by value."""
    rows = GateOverride.objects.select_related("refused", "overridden_by").filter(
        refused__gate=gate,
        refused__reference=subject.reference,
        refused__client=asked.client,
        valid_until__gte=localtime(asked.at).date(),
    )
    return next((row for row in rows if set(stopping) <= set(row.refused.stopping)), None)


def _told(override: GateOverride) -> dict[str, Any]:
    return {
        "by": override.overridden_by.name,
        "at": override.overridden_at.isoformat(),
        "reason": override.reason,
        "valid_until": override.valid_until.isoformat(),
    }
