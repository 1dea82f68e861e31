"""The sweep as a background job: what differs is found range by range, settled, and resumed where it was.

A scan reads without a lock; two connections scan ahead while what they found is settled. In a steady book
the scan is everything. An incremental sweep scans what changed and whom that concerns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from math import ceil
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils.timezone import localtime

from agents.models import Agency, SalesAgent
from audits.catalogue import catalogue
from audits.changed import KINDS, MOST, Changed, base_of
from audits.choices import SweepScope
from audits.models import Sweep
from audits.neighbours import neighbours, with_neighbours, with_parties
from audits.operations.findings import Changes
from audits.operations.grouping import settle_leftovers
from audits.operations.sweep import Chunk, sweep_chunk, sweep_chunk_patiently
from audits.operations.sweep_runs import begin_sweep, changes_for, end_sweep, must_be_full
from audits.rows import Rows, chosen_rows, rows_between
from audits.scanning import Scanner
from audits.scanning_lanes import LANES, in_lanes
from authenticity.queries import load_values
from authenticity.rule import RuleValues
from customers.models import Customer
from policies.models import Policy
from policies.sharing import APART, rebuild_shared_keys
from workplace.jobs import JobRun, start_job
from workplace.models import Job, Staff
from workplace.statistics import count_grown_tables

KIND = "sweep"
WHOLE_BOOK = "sweep"
SPAN: int = settings.SWEEP_SPAN
CHOSEN_SPAN = 5_000
BATCH = 500
MODELS: dict[str, Any] = {"customer": Customer, "policy": Policy, "seller": SalesAgent, "agency": Agency}


def start_sweep(
    *,
    actor: Staff | None,
    at: datetime,
    codes: Iterable[str] = (),
    customer_ids: Iterable[int] | None = None,
    policy_ids: Iterable[int] | None = None,
    incremental: bool = False,
    unique_key: str = "",
) -> Job:
    """Over the whole book, unless subjects are named; only some rules when `codes` are.

    `incremental` takes what changed since the last sweep, or the whole book where that would not do.
    There is one unfinished sweep of the whole book at a time, and this returns it.
    """
    chosen = customer_ids is not None or policy_ids is not None
    parameters: dict[str, Any] = {"codes": sorted(codes)}
    if chosen:
        parameters |= {"customer_ids": sorted(customer_ids or ()), "policy_ids": sorted(policy_ids or ())}
    elif incremental:
        parameters["incremental"] = True
    elif not parameters["codes"]:
        unique_key = unique_key or WHOLE_BOOK
    return start_job(kind=KIND, parameters=parameters, actor=actor, at=at, unique_key=unique_key)


def scope_of(parameters: dict[str, Any]) -> SweepScope:
    if "customer_ids" in parameters:
        return SweepScope.SUBJECTS
    if parameters.get("incremental"):
        return SweepScope.INCREMENTAL
    return SweepScope.RULES if parameters.get("codes") else SweepScope.FULL


class WholeBook:
    """Ranges of ids, in order."""

    swept = True
    small = False

    def total(self) -> int:
        return sum(model.objects.count() for model in MODELS.values())

    def parts(self, kind: str, after: int) -> Iterator[tuple[Rows, int]]:
        """The rows of each part, and the id up to which it goes."""
        span = _even_span(kind, after)
        while True:
            following = MODELS[kind].objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
            first = following.first()
            if first is None:
                return
            after = first + span - 1
            yield rows_between(first, after + 1), after

    def records(self, kind: str, rows: Rows) -> int:
        low, high = rows.given["low"], rows.given["high"]
        return int(MODELS[kind].objects.filter(pk__gte=low, pk__lt=high).count())


def _even_span(kind: str, after: int) -> int:
    """At most SPAN, and such that no lane is left with a range more than the others."""
    last: int = MODELS[kind].objects.aggregate(last=Max("pk", default=0))["last"]
    parts = ceil((last - after) / SPAN)
    return SPAN if parts <= 1 else ceil((last - after) / (parts + -parts % LANES))


class ChosenSubjects:
    """Named subjects, in order of their ids."""

    swept = False

    def __init__(self, ids: dict[str, set[int]]) -> None:
        self._ids = {kind: sorted(ids.get(kind, ())) for kind in KINDS}
        self.small = all(len(chosen) <= 2 * CHOSEN_SPAN for chosen in self._ids.values())

    def total(self) -> int:
        return sum(map(len, self._ids.values()))

    def parts(self, kind: str, after: int) -> Iterator[tuple[Rows, int]]:
        left = [pk for pk in self._ids[kind] if pk > after]
        for start in range(0, len(left), CHOSEN_SPAN):
            part = left[start : start + CHOSEN_SPAN]
            rows = chosen_rows(part)
            assert rows is not None  # noqa: S101 - a part is never empty
            yield rows, part[-1]

    def records(self, kind: str, rows: Rows) -> int:
        return len(rows.given["ids"])


Route = WholeBook | ChosenSubjects


@dataclass(frozen=True)
class Part:
    """Some rows of one kind, up to an id, and who compares them."""

    kind: str
    scanner: Scanner
    rows: Rows
    last: int


class Progress:
    """Where a run of the job stands; what it keeps goes with the chunk's transaction."""

    def __init__(self, run: JobRun, route: Route) -> None:
        state = run.cursor or {"kind": KINDS[0], "after": 0, "counts": {}}
        self.kind, self.after = state["kind"], state["after"]
        self.done = run.job.done
        self.counts = Counter(state["counts"])
        self._run, self._total = run, max(run.job.total or route.total(), 1)

    def come_to(self, kind: str) -> None:
        if kind != self.kind:
            self.kind, self.after = kind, 0

    def settled(self, changes: Changes) -> None:
        """Some of a part's subjects are done: what came of them is kept, the part itself is not over."""
        counts = self.counts + Counter(changes.counts())
        self._keep(self.done, self.after, counts)
        self.counts = counts

    def passed(self, after: int, records: int) -> None:
        done = min(self.done + records, self._total)
        with transaction.atomic():
            written_in_time()
            self._keep(done, after, self.counts)
        self.done, self.after = done, after

    def _keep(self, done: int, after: int, counts: Counter[str]) -> None:
        cursor = {"kind": self.kind, "after": after, "counts": dict(counts)}
        self._run.advance(done=done, total=self._total, cursor=cursor)


def run_sweep(run: JobRun, now: Callable[[], datetime]) -> dict[str, Any]:
    """The job's handler; `now` is asked for each part, because one sweep may last for hours."""
    values_on = cache(lambda today: load_values(rules=catalogue().values(), today=today))
    sweep = _begun(run, now(), values_on)
    route, changed = _route(run, sweep, now())
    progress = Progress(run, route)
    codes, begun, after_begun = sweep.codes or None, progress.kind, progress.after

    def parts() -> Iterator[Part]:
        for kind in KINDS[KINDS.index(begun) :]:
            of_kind = None if changed is None else frozenset(changed.ids[kind])
            scanner = Scanner(values_on(localtime(now()).date()), codes, of_kind, swept=route.swept)
            for rows, last in route.parts(kind, after_begun if kind == begun else 0):
                yield Part(kind, scanner, rows, last)

    def scan(part: Part) -> tuple[Part, list[int], int]:
        return part, part.scanner.differing(part.kind, part.rows), route.records(part.kind, part.rows)

    for part, differing, records in in_lanes(scan, parts(), alone=route.small):
        progress.come_to(part.kind)
        for start in range(0, len(differing), BATCH):
            chunk = Chunk({part.kind: differing[start : start + BATCH]})
            sweep_chunk_patiently(chunk=chunk, codes=codes, at=now(), then=progress.settled)
        progress.passed(part.last, records)
    with transaction.atomic():
        written_in_time()
        if route.swept:
            settle_leftovers(at=now())
        end_sweep(sweep=sweep, counts=progress.counts, records=progress.done, at=now())
    return dict.fromkeys(Changes().counts(), 0) | dict(progress.counts)


def sweep_book(*, at: datetime) -> Counter[str]:
    """The whole book in the caller's transaction, without a job: for a book that is being laid."""
    values = load_values(rules=catalogue().values(), today=localtime(at).date())
    sweep = begin_sweep(job=None, scope=SweepScope.FULL, codes=(), at=at, values=values)
    count_grown_tables()
    rebuild_shared_keys()
    counts: Counter[str] = Counter()
    records, route = 0, WholeBook()
    scanner = Scanner(values)
    for kind in KINDS:
        for rows, _last in route.parts(kind, 0):
            differing = scanner.differing(kind, rows)
            for start in range(0, len(differing), BATCH):
                chunk = Chunk({kind: differing[start : start + BATCH]})
                counts.update(sweep_chunk(chunk=chunk, at=at).counts())
            records += route.records(kind, rows)
    end_sweep(sweep=sweep, counts=counts, records=records, at=at)
    return counts


def _begun(run: JobRun, at: datetime, values_on: Callable[[date], RuleValues]) -> Sweep:
    """What holders share is counted anew for the whole book before it is asked, once a run."""
    scope, values = scope_of(run.parameters), values_on(localtime(at).date())
    if scope == SweepScope.INCREMENTAL and must_be_full(values):
        scope = SweepScope.FULL
    with transaction.atomic():
        written_in_time()
        sweep = begin_sweep(
            job=run.job, scope=scope, codes=run.parameters.get("codes", ()), at=at, values=values
        )
    if sweep.scope in (SweepScope.FULL, SweepScope.RULES) and not run.cursor:
        count_grown_tables()
        sum(in_lanes(rebuild_shared_keys, APART))
    return sweep


def _route(run: JobRun, sweep: Sweep, at: datetime) -> tuple[Route, Changed | None]:
    """Also whose findings are judged again although they tell the same; None is everybody with one."""
    if sweep.scope == SweepScope.SUBJECTS:
        named = with_neighbours(run.parameters["customer_ids"], run.parameters["policy_ids"])
        return ChosenSubjects(dict(zip(KINDS, named, strict=False))), None
    base = base_of(sweep)
    found = changes_for(sweep, base, localtime(at).date())
    if base is None or found is None:
        return WholeBook(), None
    if sweep.scope == SweepScope.INCREMENTAL:
        changed = _with_parties(found)
        others = dict(zip(KINDS, _neighbours(found, base.since), strict=False))
        return ChosenSubjects({kind: changed.ids[kind] | others.get(kind, set()) for kind in KINDS}), changed
    return WholeBook(), None if found.total > MOST else _with_parties(found)


def written_in_time() -> None:
    """The disk is not waited for: the next commit takes it along, and a lost end is come to again."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")


def _with_parties(found: Changed) -> Changed:
    customers, policies = with_parties(found.ids["customer"], found.ids["policy"], found.standing)
    return Changed({**found.ids, "customer": customers, "policy": policies})


def _neighbours(found: Changed, since: datetime) -> tuple[set[int], set[int]]:
    """Accounts are compared by who the holders are, which a new phone does not change.

    History bears the time at which its transaction began: a day is added for what they had before.
    """
    sharing = found.sharing["customer"]
    customers, policies = with_parties(sharing, found.sharing["policy"], sharing & found.standing)
    return neighbours(customers, policies, since - timedelta(days=1))
