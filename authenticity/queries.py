"""Reads what rules compare with: settings, thresholds and word lists as they stand on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Q
from django.db.models.expressions import Combinable

from authenticity.models import RuleSetting, Word
from authenticity.rule import SLA, SLA_DAYS, Rule, RuleValues, Setting


def in_force(today: date | Combinable) -> Q:
    """What has begun and not ended on that day."""
    begun = Q(effective_from__isnull=True) | Q(effective_from__lte=today)
    return begun & (Q(effective_to__isnull=True) | Q(effective_to__gte=today))


def settings_on(today: date, codes: Collection[str] | None = None) -> dict[str, RuleSetting]:
    """By rule, the version in force: of those whose window holds the day, the one that began last."""
    rows = RuleSetting.objects.filter(in_force(today))
    if codes is not None:
        rows = rows.filter(code__in=codes)
    latest = sorted(rows, key=lambda row: (row.effective_from or date.min, row.version))
    return {row.code: row for row in latest}


def words_on(today: date) -> dict[str, frozenset[str]]:
    words: defaultdict[str, set[str]] = defaultdict(set)
    for name, text in Word.objects.filter(in_force(today)).values_list("list", "text"):
        words[name].add(text)
    return {name: frozenset(texts) for name, texts in words.items()}


def load_values(*, rules: Iterable[Rule], today: date) -> RuleValues:
    """Two queries; a rule without a row has its defaults."""
    rows = settings_on(today)
    thresholds = {rule.code: dict(rule.thresholds) for rule in rules}
    thresholds[SLA] = dict(SLA_DAYS)
    for code, row in rows.items():
        thresholds.setdefault(code, {}).update(row.parameters)
    return RuleValues(
        today=today,
        words=words_on(today),
        thresholds=thresholds,
        settings={code: Setting(row.enabled, row.severity, row.version) for code, row in rows.items()},
    )
