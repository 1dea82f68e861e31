"""From file to book against a bare COPY of the same finished rows into the same table with its indexes."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.book import chunks_of, columns_of, copy_into, lay, prepared
from benchmarks.stand import Bar, Stand, seconds_of
from customers.facts import derive_many
from customers.models import Customer

PROCESSES = 2
FACTS_BAR, MERGE_BAR, WHOLE_BAR, NIGHTLY_BAR = 0.9, 0.7, 2.0, 0.45
COPIED = "COPY of finished rows"


def facts_of(rows: Sequence[dict[str, str]]) -> int:
    return len(derive_many(rows))


def derive_all(path: Path) -> None:
    """Every row of the file, in two processes."""
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        waiting = []
        for chunk in chunks_of(path):
            waiting.append(pool.submit(facts_of, chunk))
            if len(waiting) > 2 * PROCESSES:
                waiting.pop(0).result()
        for left in waiting:
            left.result()


def bare_copy(stand: Stand) -> None:
    """With foreign keys and indexes as in the product, into the empty table."""
    path = prepared(stand.size, stand.home, stand.seed)[Customer]
    with stand.server() as server, server.transaction(), server.cursor() as cursor:
        copy_into(cursor, Customer._meta.db_table, columns_of(Customer), path)


def remove_customers(stand: Stand) -> None:
    with stand.server() as server:
        server.execute("TRUNCATE customers_customer RESTART IDENTITY CASCADE")


def measure_facts(stand: Stand) -> Iterator[Bar]:
    prepared(stand.size, stand.home, stand.seed)

    def copied() -> None:
        remove_customers(stand)
        bare_copy(stand)

    seconds, against = stand.in_turn(lambda: derive_all(stand.files.customers), copied)
    yield Bar.of("facts", stand.size, seconds, baseline=COPIED, against=against, bar=FACTS_BAR)


def measure_loads(stand: Stand) -> Iterator[Bar]:
    merges, wholes, copies = [], [], []
    for _round in range(stand.rounds):
        remove_customers(stand)
        copies.append(seconds_of(lambda: bare_copy(stand)))
        remove_customers(stand)
        said: dict[str, dict[str, float]] = {}

        def load(said: dict[str, dict[str, float]] = said) -> None:
            said.update(stand.manage("ingest", "customers", str(stand.files.customers)))

        wholes.append(seconds_of(load))
        merges.append(said["seconds"]["merge"])
    against = statistics.median(copies)
    merge, whole = statistics.median(merges), statistics.median(wholes)
    yield Bar.of("first_load_merge", stand.size, merge, baseline=COPIED, against=against, bar=MERGE_BAR)
    yield Bar.of("first_load", stand.size, whole, baseline=COPIED, against=against, bar=WHOLE_BAR)
    nightly = statistics.median(_nights(stand))
    yield Bar.of("nightly", stand.size, nightly, baseline=COPIED, against=against, bar=NIGHTLY_BAR)
    remove_customers(stand)
    fill(stand)


def _nights(stand: Stand) -> Iterator[float]:
    """One twentieth changed each night: the changed file and the first one, in turn."""
    for turn in range(stand.rounds):
        path = stand.files.customers if turn % 2 else stand.files.nightly
        yield seconds_of(lambda path=path: stand.manage("ingest", "customers", str(path)))  # type: ignore[misc]  # bound on purpose


def fill(stand: Stand) -> None:
    """Customers, policies and parties, for what is measured on them."""
    lay(stand.size, stand.home, stand.seed, lambda text: None)
