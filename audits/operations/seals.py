"""Adds links to the sealed chain, one after the other."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from audits.models import Seal
from audits.sampling.choices import SealKind
from audits.sampling.sealing import FIRST, digest_of
from audits.seals import digest_of_seal, head
from workplace.models import Staff

SEAL_LOCK = 0x5A5C


def seal(*, kind: SealKind, subject: str, content: bytes, actor: Staff | None, at: datetime) -> Seal:
    """In the caller's transaction; whoever else seals waits until that ends, no two follow one."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [SEAL_LOCK])
        last = head()
        made = Seal(
            place=last.place + 1 if last else 1,
            kind=kind.value,
            subject=subject,
            content=digest_of(content),
            previous=last.digest if last else FIRST,
            sealed_at=at,
            sealed_by=actor,
        )
        made.digest = digest_of_seal(made)
        made.save(force_insert=True)
        return made
