"""Reading ahead on several connections while the main one works through what they found, in order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from django.db import connection, transaction

LANES = 2
AHEAD = 2
# A scan reads much and keeps one core busy; its siblings have the others.
# Small tables are joined with each other first: more than eight are not even considered by default.
SESSION = (
    ("max_parallel_workers_per_gather", "0"),
    ("jit", "off"),
    ("work_mem", "64MB"),
    ("join_collapse_limit", "11"),
)
PartT = TypeVar("PartT")
FoundT = TypeVar("FoundT")


def in_lanes(
    scan: Callable[[PartT], FoundT], parts: Iterable[PartT], *, alone: bool = False
) -> Iterator[FoundT]:
    """What each part yields, in the order of the parts.

    Inside a transaction there is one lane, the caller's own: others would not see what is not committed.
    `alone` takes the caller's too: for a few rows, whose plans its connection has kept.
    """
    if connection.in_atomic_block:
        for part in parts:
            yield scan(part)
        return
    if alone:
        for part in parts:
            yield _tuned(scan, part)
        return
    lanes = ThreadPoolExecutor(LANES, thread_name_prefix="scan")
    waiting: deque[Future[FoundT]] = deque()
    try:
        for part in parts:
            waiting.append(lanes.submit(_tuned, scan, part))
            if len(waiting) >= LANES + AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
        _disconnect(lanes)


def _tuned(scan: Callable[[PartT], FoundT], part: PartT) -> FoundT:
    with transaction.atomic():
        tune()
        return scan(part)


def tune() -> None:
    """Until the end of the transaction."""
    settings = ", ".join(["set_config(%s, %s, true)"] * len(SESSION))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {settings}", [word for setting in SESSION for word in setting])


def _disconnect(lanes: ThreadPoolExecutor) -> None:
    """Each thread closes its own connection: all wait for each other, so that each gets one turn."""
    together = threading.Barrier(LANES)

    def close() -> None:
        together.wait(timeout=600)
        connection.close()

    for future in [lanes.submit(close) for _lane in range(LANES)]:
        future.result()
    lanes.shutdown()
