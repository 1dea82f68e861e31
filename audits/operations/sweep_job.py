"""The sweep as a background job: bucket after bucket, resumed where it was killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import takewhile
from typing import Any

from django.db import transaction
from django.db.models import Q

from audits.neighbours import with_neighbours
from audits.operations.findings import Changes
from audits.operations.grouping import settle_leftovers
from audits.operations.sweep import (
    BUCKET,
    CUSTOMERS,
    POLICIES,
    Chunk,
    bucket_chunk,
    bucket_of,
    chosen_chunk,
    sweep_chunk_patiently,
)
from customers.models import Customer
from policies.models import Policy
from workplace.jobs import JobRun, start_job
from workplace.models import Job, Staff

KIND = "sweep"
WHOLE_BOOK = "sweep"
PHASES: dict[str, Any] = {"customers": (CUSTOMERS, Customer), "policies": (POLICIES, Policy)}


def start_sweep(
    *,
    actor: Staff | None,
    at: datetime,
    codes: Iterable[str] = (),
    customer_ids: Iterable[int] | None = None,
    policy_ids: Iterable[int] | None = None,
    unique_key: str = "",
) -> Job:
    """Over the whole book, unless subjects are named; only some rules when `codes` are.

    There is one unfinished sweep of the whole book at a time, and this returns it.
    """
    chosen = customer_ids is not None or policy_ids is not None
    parameters: dict[str, Any] = {"codes": sorted(codes)}
    if chosen:
        parameters |= {"customer_ids": sorted(customer_ids or ()), "policy_ids": sorted(policy_ids or ())}
    elif not parameters["codes"]:
        unique_key = unique_key or WHOLE_BOOK
    return start_job(kind=KIND, parameters=parameters, actor=actor, at=at, unique_key=unique_key)


class Route:
    """Which chunk comes after which id; the same for every run of one job."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        self._chosen: dict[str, list[int]] | None = None
        if "customer_ids" in parameters:
            found = with_neighbours(parameters["customer_ids"], parameters["policy_ids"])
            self._chosen = {name: sorted(ids) for name, ids in zip(PHASES, found, strict=True)}

    def total(self) -> int:
        if self._chosen is not None:
            return sum(map(len, self._chosen.values()))
        return sum(model.objects.count() for _kind, model in PHASES.values())

    def after(self, phase: str, last: int) -> tuple[Chunk, int, int] | None:
        """The next chunk, the id up to which it goes, and how many records that are."""
        kind, model = PHASES[phase]
        if self._chosen is not None:
            return self._chosen_after(phase, last)
        first = model.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True).first()
        if first is None:
            return None
        bucket = bucket_of(first)
        end = (bucket + 1) * BUCKET - 1
        records = model.objects.filter(Q(pk__gt=last, pk__lte=end)).count()
        return bucket_chunk(kind, bucket), end, records

    def _chosen_after(self, phase: str, last: int) -> tuple[Chunk, int, int] | None:
        assert self._chosen is not None  # noqa: S101 - the caller asked
        left = [pk for pk in self._chosen[phase] if pk > last]
        if not left:
            return None
        ids = list(takewhile(lambda pk: bucket_of(pk) == bucket_of(left[0]), left))
        chunk = chosen_chunk(ids, ()) if phase == "customers" else chosen_chunk((), ids)
        return chunk, ids[-1], len(ids)


class Progress:
    """Where a run of the job stands; what it keeps goes with the chunk's transaction."""

    def __init__(self, run: JobRun, route: Route) -> None:
        state = run.cursor or {"phase": "customers", "after": 0, "counts": {}}
        self.phase, self.after = state["phase"], state["after"]
        self.done = run.job.done
        self.counts = Counter(state["counts"])
        self._run, self._total = run, max(run.job.total or route.total(), 1)

    def keeper(self, last: int, records: int) -> Callable[[Changes], None]:
        def keep(changes: Changes) -> None:
            counts = self.counts + Counter(changes.counts())
            done = min(self.done + records, self._total)
            cursor = {"phase": self.phase, "after": last, "counts": dict(counts)}
            self._run.advance(done=done, total=self._total, cursor=cursor)
            self.done, self.after, self.counts = done, last, counts

        return keep


def run_sweep(run: JobRun, now: Callable[[], datetime]) -> dict[str, Any]:
    """The job's handler; `now` is asked for each chunk, because one sweep may last for hours."""
    route = Route(run.parameters)
    progress = Progress(run, route)
    codes = run.parameters.get("codes") or None
    phases = list(PHASES)
    for phase in phases[phases.index(progress.phase) :]:
        if phase != progress.phase:
            progress.phase, progress.after = phase, 0
        while (step := route.after(phase, progress.after)) is not None:
            chunk, last, records = step
            sweep_chunk_patiently(chunk=chunk, codes=codes, at=now(), then=progress.keeper(last, records))
    with transaction.atomic():
        settle_leftovers(at=now())
    return dict.fromkeys(Changes().counts(), 0) | dict(progress.counts)
