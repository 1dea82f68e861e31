"""Reads what rules compare with: settings, thresholds and word lists as they stand now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from authenticity.models import RuleSetting, Word
from authenticity.rule import SLA, SLA_DAYS, Rule, RuleValues, Setting


def load_values(*, rules: Iterable[Rule], today: date) -> RuleValues:
    """Two queries; a rule without a row has its defaults."""
    words: defaultdict[str, set[str]] = defaultdict(set)
    for name, text in Word.objects.values_list("list", "text"):
        words[name].add(text)
    rows = {row.code: row for row in RuleSetting.objects.all()}
    thresholds = {rule.code: dict(rule.thresholds) for rule in rules}
    thresholds[SLA] = dict(SLA_DAYS)
    for code, row in rows.items():
        thresholds.setdefault(code, {}).update(row.parameters)
    return RuleValues(
        today=today,
        words={name: frozenset(texts) for name, texts in words.items()},
        thresholds=thresholds,
        settings={code: Setting(row.enabled, row.severity, row.version) for code, row in rows.items()},
    )
