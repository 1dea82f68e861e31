"""Runs the rules over the book, or over some subjects, and makes the findings say what they say.

Subjects are taken in buckets of neighbouring ids, each in one transaction under its own lock: two sweeps
at once take turns, and the second finds nothing to do. A person's step goes first: it never waits long.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import pghistory
from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.utils.timezone import localtime

from audits.catalogue import catalogue
from audits.choices import EpisodeEnd, FindingSource
from audits.evaluation import Scope, find
from audits.judging import Judge
from audits.models import Finding
from audits.neighbours import with_neighbours
from audits.operations.findings import Changes, Deadlines, settle
from audits.operations.grouping import group_findings
from audits.questions import CHOSEN, Rows, chosen_rows, rows_between
from authenticity.choices import Stage
from authenticity.queries import load_values
from authenticity.rule import RuleValues
from policies.rules.scope import in_scope
from workplace.choices import CorrectionState
from workplace.models import Correction, Staff

BUCKET = 1_000
CUSTOMERS, POLICIES = 0x5A01, 0x5A02
PATIENCE = "700ms"
TRIES = 20
PAUSE = 0.25
LOCKED = ("55P03", "40P01")  # lock not available, deadlock detected


@dataclass(frozen=True)
class Chunk:
    """Some customers and policies, as conditions on their ids, and the locks that guard them."""

    customers: Rows | None
    policies: Rows | None
    locks: tuple[tuple[int, int], ...]


def bucket_of(pk: int) -> int:
    return pk // BUCKET


def bucket_chunk(kind: int, bucket: int) -> Chunk:
    ids = rows_between(bucket * BUCKET, (bucket + 1) * BUCKET)
    customers, policies = (ids, None) if kind == CUSTOMERS else (None, ids)
    return Chunk(customers, policies, ((kind, bucket),))


def chosen_chunk(customer_ids: Collection[int], policy_ids: Collection[int]) -> Chunk:
    locks = {(CUSTOMERS, bucket_of(pk)) for pk in customer_ids} | {
        (POLICIES, bucket_of(pk)) for pk in policy_ids
    }
    return Chunk(
        chosen_rows(customer_ids),
        chosen_rows(policy_ids),
        tuple(sorted(locks)),
    )


def resweep_subjects(
    *,
    customer_ids: Iterable[int] = (),
    policy_ids: Iterable[int] = (),
    at: datetime,
    actor: Staff | None,
    cause: EpisodeEnd | None = None,
    keep: Collection[int] = (),
) -> Counter[str]:
    """Findings of these subjects and of whom they share a number with, in the caller's transaction.

    `cause` says why findings close; `keep` names rectifications that the caller itself closes.
    """
    customers, policies = with_neighbours(customer_ids, policy_ids)
    chunk = chosen_chunk(customers, policies)
    with transaction.atomic(), pghistory.context(sweep="subjects", actor=actor.pk if actor else None):
        return Counter(sweep_chunk(chunk=chunk, at=at, cause=cause, keep=keep).counts())


def sweep_chunk_patiently(
    *,
    chunk: Chunk,
    codes: Collection[str] | None,
    at: datetime,
    then: Callable[[Changes], None],
) -> None:
    """As `sweep_chunk`, giving way to people: tried again when a row that it needs is locked.

    `then` runs in the chunk's transaction.
    """
    for attempt in range(TRIES + 1):
        try:
            with transaction.atomic(), pghistory.context(sweep="book"):
                then(sweep_chunk(chunk=chunk, codes=codes, at=at, patient=attempt < TRIES))
            return
        except OperationalError as error:
            if attempt == TRIES or getattr(error.__cause__, "sqlstate", "") not in LOCKED:
                raise
            time.sleep(PAUSE)


def sweep_chunk(
    *,
    chunk: Chunk,
    at: datetime,
    codes: Collection[str] | None = None,
    cause: EpisodeEnd | None = None,
    keep: Collection[int] = (),
    patient: bool = False,
) -> Changes:
    """Evaluate, open, close, reopen and group; must run inside a transaction, which keeps the locks."""
    _lock(chunk, patient)
    today = localtime(at).date()
    values = load_values(rules=catalogue().values(), today=today)
    hits = find(stage=Stage.BOOK, scope=Scope(chunk.customers, chunk.policies), values=values, codes=codes)
    existing = _existing(chunk, codes)
    judge = Judge(hits, values, {finding.customer_id for finding in existing if finding.customer_id})
    changes = settle(
        judged=[judge.judge(hit) for hit in hits],
        existing=existing,
        deadlines=Deadlines(values, today),
        cause_of=lambda finding: cause_of_closing(finding, cause, values, judge),
        at=at,
    )
    group_findings(changes=changes, at=at, keep=keep)
    return changes


def _lock(chunk: Chunk, patient: bool) -> None:
    with connection.cursor() as cursor:
        for kind, bucket in chunk.locks:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [kind, bucket])
        if patient:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])


def _existing(chunk: Chunk, codes: Collection[str] | None) -> list[Finding]:
    found = Finding.objects.filter(source=FindingSource.RULE)
    if codes is not None:
        found = found.filter(rule__in=codes)
    of_these = Q(pk__in=[])
    for name, ids in (("customer", chunk.customers), ("policy", chunk.policies)):
        if ids is not None:
            of_these |= _prefixed(ids, name)
    return list(found.filter(of_these).select_for_update(of=("self",)).order_by("pk"))


def _prefixed(rows: Rows, name: str) -> Q:
    if rows.shape == CHOSEN:
        return Q(**{f"{name}__in": rows.given["ids"]})
    return Q(**{f"{name}__gte": rows.given["low"], f"{name}__lt": rows.given["high"]})


def cause_of_closing(
    finding: Finding, told: EpisodeEnd | None, values: RuleValues, judge: Judge
) -> EpisodeEnd:
    """Why a finding no longer holds, as far as the records tell."""
    rule = catalogue().get(finding.rule)
    setting = values.setting(finding.rule)
    if rule is None or not setting.enabled:
        return EpisodeEnd.RULE_OFF
    if finding.customer_id and judge.answering.ended(finding.customer_id, rule.roles):
        return EpisodeEnd.POLICY_ENDED
    if finding.policy_id and _ended(finding):
        return EpisodeEnd.POLICY_ENDED
    if told is not None:
        return told
    if _corrected(finding, rule.concerns(finding.field.rpartition(".")[2])):
        return EpisodeEnd.CORRECTED
    return EpisodeEnd.RULE_OFF if setting.version != finding.rule_version else EpisodeEnd.OTHER_ROAD


def _ended(finding: Finding) -> bool:
    return not Finding.objects.filter(in_scope("policy__"), pk=finding.pk).exists()


def _corrected(finding: Finding, fields: Collection[str]) -> bool:
    """Somebody's accepted correction of a field that the rule reads, since the finding was last seen."""
    kind = finding.subject_kind
    return Correction.objects.filter(
        record_kind=kind,
        record_id=finding.customer_id or finding.policy_id or 0,
        field__in=list(fields),
        state=CorrectionState.ACCEPTED,
        decided_at__gte=finding.last_seen_at,
    ).exists()
