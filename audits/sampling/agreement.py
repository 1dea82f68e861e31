"""How far two reviewers agree beyond chance: Cohen's κ (1960)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence


def kappa(first: Sequence[Hashable], second: Sequence[Hashable]) -> float | None:
    """1 is full agreement, 0 what chance gives; None without items, or where both know one verdict only."""
    if len(first) != len(second):
        raise ValueError
    count = len(first)
    if not count:
        return None
    seen = sum(one == other for one, other in zip(first, second, strict=True)) / count
    ours, theirs = Counter(first), Counter(second)
    chance = sum(ours[verdict] * theirs[verdict] for verdict in ours) / count**2
    return (seen - chance) / (1.0 - chance) if chance < 1.0 else None
