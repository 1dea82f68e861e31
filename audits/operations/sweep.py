"""Makes the findings of some subjects say what the rules say now: judged exactly, under locks.

Locks are by buckets of neighbouring ids, taken in order: two sweeps at once take turns, and the second
finds nothing to do. A person's step goes first: it never waits long.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import pghistory
from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.utils.timezone import localtime

from audits.catalogue import catalogue
from audits.choices import EpisodeEnd, FindingSource
from audits.evaluation import Scope, find
from audits.exempting import kept_quiet
from audits.judging import Judge, Judgement
from audits.models import Finding
from audits.models.subject import SUBJECT_COLUMNS
from audits.neighbours import with_neighbours
from audits.operations.closing import Causes
from audits.operations.findings import Changes, Deadlines, key_of, settle
from audits.operations.grouping import group_findings
from audits.operations.sample_closing import close_sampled
from audits.rows import chosen_rows
from authenticity.choices import Stage
from authenticity.queries import load_values
from workplace.models import Staff

BUCKET = 1_000
LOCKS = {"customer": 0x5A01, "policy": 0x5A02, "seller": 0x5A03, "agency": 0x5A04}
PATIENCE = "700ms"
TRIES = 20
PAUSE = 0.25
# What a person has decided ends what a person has found; a sweep of its own never does.
DECIDED = (EpisodeEnd.CORRECTED, EpisodeEnd.EXEMPTED)
LOCKED = ("55P03", "40P01")  # lock not available, deadlock detected
TAKE_LOCKS = """
    SELECT pg_advisory_xact_lock(kind, bucket)
      FROM (SELECT kind, bucket FROM unnest(%s::int[], %s::int[]) AS wanted (kind, bucket)
             ORDER BY kind, bucket OFFSET 0) ordered
"""


@dataclass(frozen=True)
class Chunk:
    """Some subjects that are settled together."""

    ids: Mapping[str, Collection[int]] = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        customers, policies, sellers, agencies = (
            chosen_rows(self.ids.get(kind, ())) for kind in ("customer", "policy", "seller", "agency")
        )
        return Scope(customers, policies, sellers, agencies)

    @property
    def locks(self) -> list[tuple[int, int]]:
        return sorted({(LOCKS[kind], bucket_of(pk)) for kind, ids in self.ids.items() for pk in ids})


def bucket_of(pk: int) -> int:
    return pk // BUCKET


def resweep_subjects(
    *,
    customer_ids: Iterable[int] = (),
    policy_ids: Iterable[int] = (),
    seller_ids: Iterable[int] = (),
    agency_ids: Iterable[int] = (),
    at: datetime,
    actor: Staff | None,
    cause: EpisodeEnd | None = None,
    keep: Collection[int] = (),
) -> Counter[str]:
    """Findings of these subjects and of whom they share a number with, in the caller's transaction.

    `cause` says why findings close; `keep` names rectifications that the caller itself closes.
    """
    own_customers, own_policies = set(customer_ids), set(policy_ids)
    customers, policies = with_neighbours(own_customers, own_policies)
    named = {"seller": set(seller_ids), "agency": set(agency_ids)}
    chunk = Chunk({"customer": customers, "policy": policies, **named})
    with transaction.atomic(), pghistory.context(sweep="subjects", actor=actor.pk if actor else None):
        counts = Counter(sweep_chunk(chunk=chunk, at=at, cause=cause, keep=keep).counts())
        if cause in DECIDED:
            closed = close_sampled(
                customer_ids=own_customers, policy_ids=own_policies, cause=cause, keep=keep, at=at
            )
            counts["closed"] += len(closed)
        return counts


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
    hits = find(stage=Stage.BOOK, scope=chunk.scope, values=values, codes=codes)
    existing = _existing(chunk, codes)
    judge = Judge(hits, values, {finding.customer_id for finding in existing if finding.customer_id})
    judged, quiet = _without_exempted([judge.judge(hit) for hit in hits], existing, chunk, today)
    changes = settle(
        judged=judged,
        existing=existing,
        deadlines=Deadlines(values, today),
        causes=Causes(told=cause, values=values, judge=judge, exempted=quiet),
        at=at,
    )
    group_findings(changes=changes, at=at, keep=keep)
    return changes


def _lock(chunk: Chunk, patient: bool) -> None:
    kinds = [kind for kind, _bucket in chunk.locks]
    buckets = [bucket for _kind, bucket in chunk.locks]
    with connection.cursor() as cursor:
        cursor.execute(TAKE_LOCKS, [kinds, buckets])
        if patient:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])


def _existing(chunk: Chunk, codes: Collection[str] | None) -> list[Finding]:
    found = Finding.objects.filter(source=FindingSource.RULE)
    if codes is not None:
        found = found.filter(rule__in=codes)
    of_these = Q(pk__in=[])
    for kind, ids in chunk.ids.items():
        if ids:
            of_these |= Q(**{f"{SUBJECT_COLUMNS[kind]}__in": list(ids)})
    return list(found.filter(of_these).select_for_update(of=("self",)).order_by("pk"))


def _without_exempted(
    judged: list[Judgement], existing: Collection[Finding], chunk: Chunk, today: date
) -> tuple[list[Judgement], dict[int, EpisodeEnd]]:
    """What no exemption keeps quiet today, and how findings end that one does: for that very value."""
    if not judged:
        return [], {}
    quiet = kept_quiet(today, chunk.ids.get("customer", ()), Q(finding__in=existing))
    known = {key_of(finding): finding.pk for finding in existing} if quiet else {}
    kept: list[Judgement] = []
    exempted: dict[int, EpisodeEnd] = {}
    for one in judged:
        end = quiet.get((one.key, one.said["value_hash"]))
        if end is None:
            kept.append(one)
        elif one.key in known:
            exempted[known[one.key]] = end
    return kept, exempted
