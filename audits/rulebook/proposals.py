"""A change of the rule book in plain terms: what stands, what is asked for, and what rules would read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from audits.catalogue import catalogue, rule_of
from audits.choices import ChangeTarget
from audits.models import RuleChange
from audits.rulebook.reading import readers_of_list, readers_of_thresholds, severities_of, with_yielding
from audits.rulebook.thresholds import LOOSE
from authenticity.choices import Severity
from authenticity.models import RuleSetting
from authenticity.models.word import WordList
from authenticity.queries import load_values, settings_on
from authenticity.rule import RuleValues, Setting

RANK = list(Severity.values)


@dataclass(frozen=True)
class Terms:
    """What one version of a rule says, with every threshold filled in."""

    enabled: bool = True
    severity: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    articles: Sequence[str] | None = None

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "articles": None if self.articles is None else list(self.articles)}

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Terms:
        return cls(**stored)


def known_codes() -> list[str]:
    """The rules, and the settings that are no rule."""
    return [*catalogue(), *LOOSE]


def defaults_of(code: str) -> dict[str, Any]:
    rule = rule_of(code)
    return dict(rule.thresholds) if rule else dict(LOOSE.get(code, {}))


def terms_of(code: str, row: RuleSetting | None) -> Terms:
    if row is None:
        return Terms(parameters=defaults_of(code))
    return Terms(row.enabled, row.severity, defaults_of(code) | row.parameters, row.articles)


def terms_on(code: str, day: date) -> Terms:
    return terms_of(code, settings_on(day).get(code))


def decided_by(target: str, key: str) -> tuple[str, ...]:
    """The rules whose own predicate the change decides; none for an article or a setting that is no rule."""
    if target == ChangeTarget.RULE:
        return readers_of_thresholds(key) if rule_of(key) else ()
    return readers_of_list(key) if target == ChangeTarget.WORDS else ()


def is_read_when_stored(target: str, key: str) -> bool:
    """No rule reads the list: stored facts are derived with it, and are derived anew by `refresh_facts`."""
    return target == ChangeTarget.WORDS and key == WordList.PHONE_PREFIX


def touched_by(target: str, key: str) -> tuple[str, ...]:
    """The rules whose findings may come or go: those decided, and those that yield to them."""
    return with_yielding(decided_by(target, key))


def gravest_of(target: str, key: str, after: Mapping[str, Any], day: date) -> str:
    """The gravest severity, before or after, of all rules decided; deadlines and how values are read count as
    a defect's.

    Before is also what would have come back after a version that runs out.
    """
    if target == ChangeTarget.ARTICLE:
        return ""
    if (target == ChangeTarget.RULE and rule_of(key) is None) or is_read_when_stored(target, key):
        return Severity.ERROR
    found: set[str] = set()
    codes = decided_by(target, key)
    for settings in map(settings_on, _days_decided(codes, day)):
        for code in codes:
            row = settings.get(code)
            found |= severities_of(catalogue()[code], row.severity if row else "")
    if target == ChangeTarget.RULE:
        found |= severities_of(catalogue()[key], str(after.get("severity", "")))
    return min(found, key=RANK.index, default="")


def _days_decided(codes: Sequence[str], day: date) -> list[date]:
    """That day, and every later one on which a version has run out and the one before returns."""
    rows = RuleSetting.objects.filter(code__in=codes, effective_to__gte=day)
    ends = rows.order_by("effective_to").values_list("effective_to", flat=True).distinct()
    return [day, *(last + timedelta(days=1) for last in ends if last is not None)]


def values_after(change: RuleChange, today: date) -> RuleValues:
    """What rules would compare with if the change were in the rule book today."""
    values = load_values(rules=catalogue().values(), today=today)
    if change.target == ChangeTarget.WORDS:
        return with_words(values, change.key, change.after["add"], change.after["remove"])
    if change.target == ChangeTarget.RULE:
        return with_terms(values, change.key, Terms.of_json(change.after))
    return values


def with_terms(values: RuleValues, code: str, terms: Terms) -> RuleValues:
    setting = Setting(terms.enabled, terms.severity, values.setting(code).version + 1)
    return replace(
        values,
        thresholds={**values.thresholds, code: dict(terms.parameters)},
        settings={**values.settings, code: setting},
    )


def with_words(values: RuleValues, name: str, add: Iterable[str], remove: Iterable[str]) -> RuleValues:
    words = (values.list(name) - set(remove)) | set(add)
    return replace(values, words={**values.words, name: frozenset(words)})
