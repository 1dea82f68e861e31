"""How many findings a change would open and close: the engine asked with the proposed values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from audits.choices import FindingSource, FindingState
from audits.evaluation import EVERYTHING, Hit, Scope, find
from audits.exempting import all_kept_quiet
from audits.judging import Judge
from audits.models import Finding, RuleChange
from audits.models.subject import SUBJECT_COLUMNS
from audits.rulebook.proposals import touched_by, values_after
from authenticity.choices import Stage
from authenticity.rule import RuleValues

BATCH = 2_000
# The whole book, one kind of record after the other; parties come with their policies.
PARTS = (
    Scope(customers=EVERYTHING),
    Scope(policies=EVERYTHING),
    Scope(sellers=EVERYTHING),
    Scope(agencies=EVERYTHING),
)
Key = tuple[str, str, int, str, str]
Steps = Callable[[int, int], None]


@dataclass
class Effect:
    """By severity, rule and branch what would open and close, and how many change their severity."""

    opened: Counter[str] = field(default_factory=Counter)
    closed: Counter[str] = field(default_factory=Counter)
    changed: int = 0
    opened_rules: Counter[str] = field(default_factory=Counter)
    closed_rules: Counter[str] = field(default_factory=Counter)
    opened_branches: Counter[int] = field(default_factory=Counter)
    closed_branches: Counter[int] = field(default_factory=Counter)
    rules: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        counts = {name: dict(value) for name, value in vars(self).items() if isinstance(value, Counter)}
        return {**counts, "changed": self.changed, "rules": list(self.rules)}


@dataclass(frozen=True)
class Standing:
    """An open finding, as far as counting it needs."""

    severity: str
    branch_id: int


def effect_of(change: RuleChange, *, today: date, step: Steps) -> Effect:
    """Over the whole book as it stands; `step(done, total)` is called after each kind of record."""
    codes = touched_by(change.target, change.key)
    effect = Effect(rules=codes)
    total = len(PARTS) + 1
    if not codes:
        step(total, total)
        return effect
    values = values_after(change, today)
    standing = _standing(codes)
    fresh: list[Hit] = []
    kept: list[Hit] = []
    for done, part in enumerate(PARTS, start=1):
        for hit in find(stage=Stage.BOOK, scope=part, values=values, codes=codes):
            (kept if _key(hit) in standing else fresh).append(hit)
        step(done, total)
    _count_opened(effect, fresh, values, today)
    effect.changed = _changed(kept, standing, values)
    gone = standing.keys() - {_key(hit) for hit in kept}
    for key in gone:
        effect.closed[standing[key].severity] += 1
        effect.closed_rules[key[0]] += 1
        effect.closed_branches[standing[key].branch_id] += 1
    step(total, total)
    return effect


def _key(hit: Hit) -> Key:
    return hit.rule.code, hit.subject_kind, hit.subject_id, hit.field, hit.part


def _standing(codes: Sequence[str]) -> dict[Key, Standing]:
    rows = Finding.objects.filter(source=FindingSource.RULE, state=FindingState.OPEN, rule__in=codes)
    columns = [f"{column}_id" for column in SUBJECT_COLUMNS.values()]
    found = {}
    for rule, name, part, severity, branch, *subjects in rows.order_by().values_list(
        "rule", "field", "part", "severity", "answering_branch_id", *columns
    ):
        kind, pk = next((kind, pk) for kind, pk in zip(SUBJECT_COLUMNS, subjects, strict=True) if pk)
        found[rule, kind, pk, name, part] = Standing(severity, branch)
    return found


def _count_opened(effect: Effect, fresh: Sequence[Hit], values: RuleValues, today: date) -> None:
    quiet = all_kept_quiet(today)
    for batch in _batches(fresh):
        judge = Judge(batch, values)
        for hit in batch:
            said = judge.judge(hit).said
            if (_key(hit), said["value_hash"]) in quiet:
                continue
            effect.opened[said["severity"]] += 1
            effect.opened_rules[hit.rule.code] += 1
            effect.opened_branches[said["answering_branch_id"]] += 1


def _changed(kept: Iterable[Hit], standing: dict[Key, Standing], values: RuleValues) -> int:
    """Judged only where the bare severity differs already: old business may have its own."""
    other = [hit for hit in kept if hit.severity != standing[_key(hit)].severity]
    return sum(
        judge.judge(hit).said["severity"] != standing[_key(hit)].severity
        for batch in _batches(other)
        for judge in [Judge(batch, values)]
        for hit in batch
    )


def _batches(hits: Sequence[Hit]) -> Iterator[Sequence[Hit]]:
    for start in range(0, len(hits), BATCH):
        yield hits[start : start + BATCH]
