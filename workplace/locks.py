"""Locks that two workers compete for and that end with the transaction."""

from __future__ import annotations

from django.db import connection

DIGEST_LOCK = 0x5A59
PUSH_LOCK = 0x5A5A
ESCALATION_LOCK = 0x5A5B


def alone(lock: int, key: int = 0) -> bool:
    """Whether nobody else holds it; false at once, without waiting. Needs a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [lock, key])
        return bool(cursor.fetchone()[0])
