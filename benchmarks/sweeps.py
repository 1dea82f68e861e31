"""All rules over the whole book, and over what changed, against one join of policies and customers."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from django.utils import timezone

from audits.operations.sweep_job import start_sweep
from benchmarks.stand import Bar, Stand, seconds_of
from workplace.choices import JobState
from workplace.jobs import UNFINISHED, execute

JOIN = """
    SELECT count(*) FROM policies_policy policy
      JOIN policies_policyparty party ON party.policy_id = policy.id AND party.role = 'holder'
      JOIN customers_customer customer ON customer.id = party.customer_id
"""
CHANGE = """
    UPDATE customers_customer SET address = address || '%s', version = version + 1
     WHERE id %% 1000 = %s
"""
FULL_BAR, INCREMENTAL_BAR = 8.0, 0.03


def measure(stand: Stand) -> Iterator[Bar]:
    """The first sweep opens what is found; the bar is for the sweeps after it, when the book is steady."""
    first = seconds_of(sweep)
    yield Bar.of("sweep_first", stand.size, first)
    with stand.server() as server:
        server.execute("VACUUM ANALYZE")
    full, against = [], []
    for _round in range(stand.rounds):
        against.append(seconds_of(lambda: _join(stand)))
        full.append(seconds_of(sweep))
    steady, join = statistics.median(full), statistics.median(against)
    yield Bar.of("sweep_full", stand.size, steady, baseline="policy ⋈ customer", against=join, bar=FULL_BAR)
    changed = statistics.median(_increments(stand))
    yield Bar.of(
        "sweep_incremental", stand.size, changed, baseline="sweep_full", against=steady, bar=INCREMENTAL_BAR
    )


def sweep(*, incremental: bool = False) -> None:
    """As a worker runs it, in this process."""
    job = start_sweep(actor=None, at=timezone.now(), incremental=incremental)
    while job.state in UNFINISHED:
        execute(job.pk)
        job.refresh_from_db()
    if job.state != JobState.DONE:
        raise RuntimeError(f"the sweep ended {job.state}: {job.error}")


def _join(stand: Stand) -> None:
    with stand.server() as server:
        server.execute(JOIN).fetchone()


def _increments(stand: Stand) -> Iterator[float]:
    """A thousandth of the customers changed, each time others."""
    for turn in range(stand.rounds):
        with stand.server() as server:
            server.execute(CHANGE % (turn, turn))
        yield seconds_of(lambda: sweep(incremental=True))
