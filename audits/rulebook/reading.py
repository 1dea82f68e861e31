"""What each rule reads of what is editable, seen by asking its predicates once with listening values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import BaseExpression, RawSQL

from audits.catalogue import catalogue
from authenticity.choices import Severity
from authenticity.rule import SLA, SLA_DAYS, Rule, RuleValues

SOME_DAY = date(2026, 1, 1)


@dataclass(frozen=True)
class Reading:
    """Word lists, rules whose thresholds it takes, and whether other records than the row decide."""

    lists: frozenset[str]
    thresholds: frozenset[str]
    others: bool


class Listening(Mapping[str, Any]):
    """A mapping that notes which of its keys were asked for."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content
        self.heard: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.heard.add(str(key))
        return self._content[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._content)

    def __len__(self) -> int:
        return len(self._content)

    def __contains__(self, key: object) -> bool:
        self.heard.add(str(key))
        return key in self._content


class NothingShared:
    """Stands where live or swept sharing would; nobody runs what it gives."""

    def __init__(self) -> None:
        self.asked = False

    def keys(
        self, kind: str, *, at_least: int, below: int | None = None, one_seller: bool | None = None
    ) -> RawSQL:
        self.asked = True
        return RawSQL("SELECT NULL", ())


@lru_cache(maxsize=1)
def readings() -> dict[str, Reading]:
    """By rule; the same for as long as the catalogue is."""
    defaults: dict[str, Mapping[str, Any]] = {code: rule.thresholds for code, rule in catalogue().items()}
    defaults[SLA] = SLA_DAYS
    return {code: _reading(rule, defaults) for code, rule in catalogue().items()}


def _reading(rule: Rule, defaults: Mapping[str, Mapping[str, Any]]) -> Reading:
    words, thresholds, sharing = Listening({}), Listening(defaults), NothingShared()
    values = RuleValues(today=SOME_DAY, words=words, thresholds=thresholds, sharing=sharing)
    asked = [each for case in rule.cases for each in (case.predicate, case.written) if each is not None]
    conditions = [predicate(values) for predicate in asked]
    others = sharing.asked or any(_asks_others(condition) for condition in conditions)
    return Reading(frozenset(words.heard), frozenset(thresholds.heard) | {rule.code}, others)


def _asks_others(node: Any) -> bool:
    """A queryset, or an expression over one, anywhere in a condition."""
    if isinstance(node, Q):
        children = (child[1] if isinstance(child, tuple) else child for child in node.children)
        return any(_asks_others(child) for child in children)
    if isinstance(node, QuerySet) or hasattr(node, "query"):
        return True
    if isinstance(node, BaseExpression):
        return any(_asks_others(source) for source in node.get_source_expressions() if source is not None)
    return False


def readers_of_list(name: str) -> tuple[str, ...]:
    return tuple(code for code, reading in readings().items() if name in reading.lists)


def readers_of_thresholds(code: str) -> tuple[str, ...]:
    """The rule itself, and the rules that take its thresholds."""
    found = {other for other, reading in readings().items() if code in reading.thresholds}
    return tuple(sorted(found | ({code} & catalogue().keys())))


def with_yielding(codes: Iterable[str]) -> tuple[str, ...]:
    """Together with the rules that stay silent where one of these speaks."""
    changed = set(codes)
    yielding = {code for code, rule in catalogue().items() if changed.intersection(rule.yields_to)}
    return tuple(sorted(changed | yielding))


def severities_of(rule: Rule, setting: str = "") -> set[Severity]:
    """Every severity that a finding of the rule may have under that setting."""
    usual = Severity(setting or rule.severity)
    found = {case.severity or usual for case in rule.cases} or {usual}
    return found | ({rule.historical} if rule.historical else set())
