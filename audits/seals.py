"""The sealed chain as it can be read: its head, its links, and the first one that does not hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from audits.models import Seal
from audits.sampling.sealing import FIRST, seal_digest


@dataclass(frozen=True)
class Broken:
    """`why` is `missing`, `moved`, `changed` or `content`."""

    place: int
    why: str
    kind: str = ""
    subject: str = ""


def head() -> Seal | None:
    """The newest seal; its digest is the HEAD that an evidence pack is checked against."""
    return Seal.objects.order_by("-place").first()


def seals_of(*subjects: str) -> list[Seal]:
    return list(Seal.objects.filter(subject__in=subjects).select_related("sealed_by").order_by("place"))


def said_at(at: datetime) -> str:
    """As a digest covers it: UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def digest_of_seal(seal: Seal) -> str:
    return seal_digest(
        place=seal.place,
        kind=str(seal.kind),
        subject=seal.subject,
        content=seal.content,
        previous=seal.previous,
        sealed_at=said_at(seal.sealed_at),
    )


def broken() -> Broken | None:
    """The first seal that is not where it was, or does not follow from the one before."""
    previous, expected = FIRST, 1
    for seal in Seal.objects.order_by("place").iterator(chunk_size=2000):
        if seal.place != expected:
            return Broken(expected, "missing")
        if seal.previous != previous:
            return Broken(seal.place, "moved", seal.kind, seal.subject)
        if digest_of_seal(seal) != seal.digest:
            return Broken(seal.place, "changed", seal.kind, seal.subject)
        previous, expected = seal.digest, expected + 1
    return None
