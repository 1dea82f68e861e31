"""A person's step that met another's in a deadlock is taken again: the database had undone it wholly."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection

T = TypeVar("T")
DEADLOCK = "40P01"
TRIES = 3
PAUSE = 0.2


def patiently(act: Callable[[], T]) -> T:
    """`act` is one transaction; inside a caller's own transaction it is taken once."""
    for _attempt in range(TRIES):
        try:
            return act()
        except OperationalError as error:
            if connection.in_atomic_block or getattr(error.__cause__, "sqlstate", "") != DEADLOCK:
                raise
            time.sleep(PAUSE)
    return act()
