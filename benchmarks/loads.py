"""From file to book against a bare COPY of the same finished rows into the same table with its indexes."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.book import columns_of, copy_into, lay, prepared
from benchmarks.fact_workers import fact_workers
from benchmarks.stand import Bar, Stand, seconds_of
from customers.models import Customer

PROCESSES = 2
FACTS_BAR, MERGE_BAR, WHOLE_BAR, NIGHTLY_BAR = 0.9, 0.7, 2.0, 0.45
COPIED = "COPY of finished rows"


def copy_seconds(stand: Stand) -> float:
    """Into the empty table, with foreign keys and indexes as in the product."""
    path = prepared(stand.size, stand.home, stand.seed)[Customer]
    remove_customers(stand)

    def copied() -> None:
        with stand.server() as server, server.transaction(), server.cursor() as cursor:
            copy_into(cursor, Customer._meta.db_table, columns_of(Customer), path)

    return seconds_of(copied)


def remove_customers(stand: Stand) -> None:
    with stand.server() as server:
        server.execute("TRUNCATE customers_customer RESTART IDENTITY CASCADE")
        server.execute("CHECKPOINT")


def tidied(stand: Stand) -> None:
    """As it stands in the evening: statistics are known, nothing waits to be written."""
    with stand.server() as server:
        server.execute("VACUUM ANALYZE customers_customer")
        server.execute("CHECKPOINT")


def measure_facts(stand: Stand) -> Iterator[Bar]:
    facts, copies = [], []
    for _round in range(stand.rounds):
        copies.append(copy_seconds(stand))
        facts.append(_facts_seconds(stand))
    seconds, against = statistics.median(facts), statistics.median(copies)
    yield Bar.of("facts", stand.size, seconds, baseline=COPIED, against=against, bar=FACTS_BAR)


def _facts_seconds(stand: Stand) -> float:
    path = stand.files.customers
    with fact_workers(PROCESSES, path) as workers:
        done: list[int] = []
        seconds = seconds_of(lambda: done.append(workers.derive(path)))
    if done != [stand.size]:
        raise RuntimeError(f"facts of {done} rows instead of {stand.size}")
    return seconds


def measure_loads(stand: Stand) -> Iterator[Bar]:
    """A file that takes the small road has no merge of its own to tell of."""
    merges, wholes, copies = [], [], []
    for _round in range(stand.rounds):
        copies.append(copy_seconds(stand))
        remove_customers(stand)
        seconds, said = ingest(stand, stand.files.customers)
        if (said["new"], said["rejected"]) != (stand.size, 0):
            raise RuntimeError(f"of {stand.size} rows {said['new']} came in")
        wholes.append(seconds)
        if "seconds" in said:
            merges.append(said["seconds"]["merge"])
    against = statistics.median(copies)
    if merges:
        merge = statistics.median(merges)
        yield Bar.of("first_load_merge", stand.size, merge, baseline=COPIED, against=against, bar=MERGE_BAR)
    start = _start_seconds(stand)
    for name, seconds, bar in (
        ("first_load", statistics.median(wholes), WHOLE_BAR),
        ("nightly", statistics.median(_nights(stand)), NIGHTLY_BAR),
    ):
        yield Bar.of(name, stand.size, seconds, baseline=COPIED, against=against, bar=bar, fixed=start)
    remove_customers(stand)
    fill(stand)


def ingest(stand: Stand, path: Path, *more: str) -> tuple[float, dict[str, Any]]:
    """Seconds of the whole command with its start, and what it said."""
    said: dict[str, Any] = {}
    seconds = seconds_of(lambda: said.update(stand.manage("ingest", "customers", str(path), *more)))
    return seconds, said


def _start_seconds(stand: Stand) -> float:
    """What the command takes for a single row."""
    path = stand.home / "one-row.csv"
    with stand.files.customers.open(encoding="utf-8") as rows:
        path.write_text(rows.readline() + rows.readline(), encoding="utf-8")
    return statistics.median(ingest(stand, path, "--dry-run")[0] for _round in range(stand.rounds))


def _nights(stand: Stand) -> Iterator[float]:
    """One twentieth changed each night: the changed file and the first one, in turn."""
    for turn in range(stand.rounds):
        tidied(stand)
        seconds, said = ingest(stand, stand.files.customers if turn % 2 else stand.files.nightly)
        if said["changed"] != -(-stand.size // 20):
            raise RuntimeError(f"{said['changed']} customers changed in a night")
        yield seconds


def fill(stand: Stand) -> None:
    """Customers, policies and parties, for what is measured on them."""
    lay(stand.size, stand.home, stand.seed, lambda text: None)
