"""Ends and begins again what reviewers found: by an accepted correction or exemption, by no sweep."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import pghistory
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.timezone import localdate

from audits.choices import EpisodeEnd, ExemptionState, FindingSource, FindingState
from audits.exempting import ENDS
from audits.models import Exemption, Finding, FindingEpisode
from audits.operations.findings import Changes, close_finding, write_found
from audits.operations.grouping import group_findings
from audits.sample_mending import is_mended, is_proved


def close_sampled(
    *,
    customer_ids: Collection[int],
    policy_ids: Collection[int],
    cause: EpisodeEnd,
    keep: Collection[int],
    at: datetime,
) -> list[Finding]:
    """Those of these subjects that are put right or exempted now, in the caller's transaction.

    What only a file or another correction proves is closed where that was accepted: in one of `keep`.
    """
    subjects = Q(customer__in=customer_ids) | Q(policy__in=policy_ids)
    found = Finding.objects.filter(subjects, source=FindingSource.SAMPLE, state=FindingState.OPEN)
    findings = list(found.select_for_update(of=("self",)).select_related("rectification").order_by("pk"))
    if not findings:
        return []
    ends = _exempted(findings, at)
    for finding in findings:
        if finding.pk not in ends and cause == EpisodeEnd.CORRECTED and _put_right(finding, keep):
            ends[finding.pk] = cause
    closed = [finding for finding in findings if finding.pk in ends]
    for finding in closed:
        close_finding(finding=finding, cause=ends[finding.pk], at=at)
    group_findings(changes=Changes(closed=closed), at=at, keep=keep)
    return closed


def reopen_sampled(*, finding: Finding, at: datetime) -> None:
    """Its exemption has ended: what the reviewer found is to be put right after all."""
    found: Finding = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    if found.source != FindingSource.SAMPLE or found.state != FindingState.CLOSED:
        return
    found.state, found.closed_at = FindingState.OPEN, None
    found.reopened += 1
    found.last_seen_at = max(at, found.last_seen_at)
    changes = Changes(reopened=[found])
    write_found(changes=changes, at=at)
    group_findings(changes=changes, at=at)


def reopen_expired(*, at: datetime) -> int:
    """What an exemption kept closed that has run out since; says how many. Safe to repeat."""
    last = FindingEpisode.objects.filter(finding=OuterRef("pk")).order_by("-episode", "-pk")
    holding = Exemption.objects.holding(localdate(at)).filter(
        finding=OuterRef("pk"), value_hash=OuterRef("value_hash")
    )
    closed = Finding.objects.filter(source=FindingSource.SAMPLE, state=FindingState.CLOSED)
    exempted = closed.annotate(ended=Subquery(last.values("ended_by")[:1])).filter(ended=EpisodeEnd.EXEMPTED)
    over = exempted.exclude(Exists(holding)).filter(
        exemptions__state=ExemptionState.APPROVED, exemptions__expires_on__lt=localdate(at)
    )
    rows = list(over.order_by("pk").distinct())
    for finding in rows:
        with transaction.atomic(), pghistory.context(cause="exemption"):
            reopen_sampled(finding=finding, at=at)
    return len(rows)


def _exempted(findings: Collection[Finding], at: datetime) -> dict[int, EpisodeEnd]:
    holding = Exemption.objects.holding(localdate(at)).filter(
        finding__in=findings, value_hash=F("finding__value_hash")
    )
    rows = holding.values_list("finding_id", "relation")
    return {pk: ENDS.get(relation, EpisodeEnd.EXEMPTED) for pk, relation in rows}


def _put_right(finding: Finding, keep: Collection[int]) -> bool:
    rectification = finding.rectification
    here = rectification is not None and rectification.pk in keep
    return is_mended(finding, proved=here and rectification is not None and is_proved(finding, rectification))
