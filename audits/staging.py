"""Asks the rules about values that are not the record's yet: written, judged, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def staged() -> Iterator[None]:
    """Everything written inside is rolled back on leaving, also after a normal end.

    Triggers fire and sequences move; nothing else of it stays. on_commit hooks inside are dropped.
    """
    with transaction.atomic():
        point = transaction.savepoint()
        try:
            yield
        finally:
            transaction.savepoint_rollback(point)
