"""What a seal covers and how it follows from the one before; standard library only, for the verifier too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

FIRST = "0" * 64
"""Stands where the first seal names the one before it."""


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def canonical(said: Any) -> bytes:
    """JSON with sorted names and no spaces: the same data are the same bytes."""
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def seal_digest(*, place: int, kind: str, subject: str, content: str, previous: str, sealed_at: str) -> str:
    """`content` is a SHA-256, `sealed_at` as `2026-11-23T01:02:03.000004+00:00`."""
    said = {
        "place": place,
        "kind": kind,
        "subject": subject,
        "content": content,
        "previous": previous,
        "sealed_at": sealed_at,
    }
    return digest_of(canonical(said))


def machine_part_sealed(machine_part: str) -> bytes:
    """The part itself, so that the seal's content is `seal_of` the part, as the page shows it."""
    return machine_part.encode("utf-8")


def frame_sealed(*, digest: str, size: int, strata: Iterable[tuple[str, int, int]]) -> bytes:
    """`strata` is (key, size, quota): how many are drawn of each stands before anybody gives a seed."""
    return canonical({"frame": digest, "size": size, "strata": sorted([list(one) for one in strata])})


def seed_sealed(*, seed: str, frame: str, machine_part: str, approver_part: str, by: str) -> bytes:
    said = {"seed": seed, "frame": frame, "machine": machine_part, "approver": approver_part, "by": by}
    return canonical(said)


def items_sealed(*, seed: str, items: Iterable[tuple[str, int, str]]) -> bytes:
    """Of a draw or an extension; each item is (stratum, place, key)."""
    return canonical({"seed": seed, "items": sorted([list(one) for one in items])})


def substitution_sealed(
    *, seed: str, item: tuple[str, int, str], stands_for: tuple[str, int, str], reason: str
) -> bytes:
    said = {"seed": seed, "item": list(item), "stands_for": list(stands_for), "reason": reason}
    return canonical(said)


def withdrawal_sealed(*, reason: str, by: str) -> bytes:
    return canonical({"reason": reason, "by": by})


def conclusion_sealed(*, figures: Any, verdict: str, by: str) -> bytes:
    """`figures` as `results.Results.to_json` tells them."""
    return canonical({"figures": figures, "verdict": verdict, "by": by})
