"""Who gets which rectification by rule: pure, so that a preview and the deed cannot differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from agents.choices import Post
from audits.choices import Spread


@dataclass(frozen=True)
class Case:
    """A rectification that is with nobody; `branches` is its branch and all above it, the nearest first."""

    pk: int
    branches: tuple[int, ...]
    agency: int | None
    wrong: frozenset[tuple[str, str]] = frozenset()
    """(code, severity) of its open findings"""


@dataclass
class Rule:
    """A rule of assignment as values; `people` are weights of those named, none: whoever holds the post."""

    pk: int
    name: str
    branch: int | None = None
    agency: int | None = None
    family: str = ""
    severity: str = ""
    post: str = ""
    spread: str = Spread.LOAD
    people: Mapping[int, int] = field(default_factory=dict)
    turn: int = 0

    def fits(self, case: Case) -> bool:
        """One finding must be of both family and severity; a liaison has only what an agency answers."""
        if self.branch is not None and self.branch not in case.branches:
            return False
        if self.agency is not None and self.agency != case.agency:
            return False
        if self.post == Post.LIAISON and not self.people and case.agency is None:
            return False
        if not self.family and not self.severity:
            return True
        return any(self._is_meant(code, severity) for code, severity in case.wrong)

    def _is_meant(self, code: str, severity: str) -> bool:
        family = self.family if "-" in self.family or not self.family else f"{self.family}-"
        return code.startswith(family) and self.severity in ("", severity)


@dataclass(frozen=True)
class Given:
    """`rule` 0: no rule fits; `owner` 0: nobody is left, and it stays with nobody."""

    case: int
    branch: int
    rule: int = 0
    owner: int = 0


Holders = Callable[[str, Case], Mapping[int, int]]
Reach = Callable[[Case], set[int]]


@dataclass
class Planner:
    """Plans one after the other; what it gave counts for the next.

    `holders` says who holds a post in the answering unit, `reach` who may work on a case, `away` who is
    absent: they take no part, and what they own already shows to their substitutes.
    """

    rules: Sequence[Rule]
    holders: Holders
    reach: Reach
    away: set[int]
    load: dict[int, int]

    def give(self, case: Case) -> Given:
        rule = next((one for one in self.rules if one.fits(case)), None)
        if rule is None:
            return Given(case.pk, case.branches[0])
        weights = rule.people or self.holders(rule.post, case)
        allowed = self.reach(case)
        pool = {pk: weight for pk, weight in weights.items() if pk in allowed and pk not in self.away}
        if not pool:
            return Given(case.pk, case.branches[0], rule.pk)
        owner = self._taker(rule, pool)
        rule.turn += 1
        self.load[owner] = self.load.get(owner, 0) + 1
        return Given(case.pk, case.branches[0], rule.pk, owner)

    def _taker(self, rule: Rule, pool: Mapping[int, int]) -> int:
        if rule.spread == Spread.LOAD:
            return min(pool, key=lambda pk: (self.load.get(pk, 0), pk))
        weighted = rule.spread == Spread.WEIGHT
        turns = wheel(tuple(sorted((pk, weight if weighted else 1) for pk, weight in pool.items())))
        return turns[rule.turn % len(turns)]


@lru_cache(maxsize=256)
def wheel(weights: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
    """One round in which each comes as often as the weight says, spread evenly; it goes on over runs."""
    total = sum(weight for _pk, weight in weights)
    due = dict.fromkeys((pk for pk, _weight in weights), 0)
    turns = []
    for _turn in range(total):
        for pk, weight in weights:
            due[pk] += weight
        first = max(due, key=lambda pk: (due[pk], -pk))
        due[first] -= total
        turns.append(first)
    return tuple(turns)
