"""The search: candidates, compared, and those alike enough, in an order that never differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from customers.duplicates.candidates import STEPS, Found, Pair, candidates, persons
from customers.duplicates.comparing import Comparison, Crowds, Person, compare, may_be_siblings

CHUNK = 10_000


@dataclass(frozen=True)
class Thresholds:
    """As `DuplicateSettings` holds them."""

    review_from: int = 20
    likely_from: int = 30
    certain_from: int = 40
    crowd: int = 4
    largest_group: int = 60

    def as_json(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True)
class Alike:
    """Two customers alike enough to be looked at; `kinds` are the keys they have in common."""

    pair: Pair
    comparison: Comparison
    kinds: tuple[str, ...]

    @property
    def siblings(self) -> bool:
        return may_be_siblings(self.comparison.lines)


def collect(thresholds: Thresholds, step: Callable[[int, int], None] = lambda done, total: None) -> Found:
    """All candidate pairs; `step` hears how many keys are done. Must run inside a transaction."""
    found = Found()
    steps = candidates(crowd=thresholds.crowd, largest=thresholds.largest_group)
    for done, found in enumerate(steps, start=1):  # noqa: B007 - the last one is what is returned
        step(done, STEPS)
    return found


def judge(found: Found, pairs: Sequence[Pair], thresholds: Thresholds) -> list[Alike]:
    """Those of the pairs that are alike enough, as they stand now."""
    crowds = found.as_crowds()
    known = persons({pk for pair in pairs for pk in pair})
    return list(_alike(pairs, known, found, crowds, thresholds))


def _alike(
    pairs: Sequence[Pair], known: dict[int, Person], found: Found, crowds: Crowds, thresholds: Thresholds
) -> Iterator[Alike]:
    for pair in pairs:
        left, right = known.get(pair[0]), known.get(pair[1])
        if left is None or right is None:
            continue
        comparison = compare(left, right, crowds)
        if comparison.score >= thresholds.review_from:
            yield Alike(pair, comparison, tuple(found.pairs[pair]))


def search(thresholds: Thresholds) -> list[Alike]:
    """The whole book at once, in the order of the pairs; must run inside a transaction."""
    found = collect(thresholds)
    ordered = sorted(found.pairs)
    chunks = (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))
    return [alike for chunk in chunks for alike in judge(found, chunk, thresholds)]


def explained(lines: Sequence[Sequence[Any]]) -> list[tuple[str, str, int]]:
    """A stored explanation as tuples again."""
    return [(str(field), str(level), int(weight)) for field, level, weight in lines]
