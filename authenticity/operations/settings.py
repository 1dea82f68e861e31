"""What compliance decides about rules; each change of what a rule finds is a new version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localdate

from authenticity.models import RuleSetting
from authenticity.queries import settings_on
from authenticity.rule import SLA, SLA_DAYS, Rule


@dataclass(frozen=True)
class Decision:
    """What one version says; `articles` None leaves those that the rule itself cites."""

    enabled: bool = True
    severity: str = ""
    parameters: Mapping[str, Any] | None = None
    articles: Sequence[str] | None = None
    effective_to: date | None = None


def ensure_settings(*, rules: Iterable[Rule], using: str = "default") -> int:
    """A row of version 1 for each rule that has none, so that compliance finds its thresholds; no other."""
    wanted = {rule.code: dict(rule.thresholds) for rule in rules} | {SLA: dict(SLA_DAYS)}
    known = set(RuleSetting.objects.using(using).values_list("code", flat=True))
    missing = [
        RuleSetting(code=code, parameters=parameters)
        for code, parameters in wanted.items()
        if code not in known
    ]
    return len(RuleSetting.objects.using(using).bulk_create(missing, ignore_conflicts=True))


def change_setting(
    *, code: str, enabled: bool, severity: str, parameters: Mapping[str, Any], at: datetime
) -> RuleSetting:
    """At once, with the articles as they are; nothing new is written where nothing changes."""
    current = settings_on(localdate(at)).get(code) or RuleSetting(code=code)
    if (current.enabled, current.severity, current.parameters) == (enabled, severity, dict(parameters)):
        return current
    decision = Decision(enabled, severity, parameters, current.articles, current.effective_to)
    return decide_setting(code=code, decision=decision, effective_from=localdate(at), at=at)


def decide_setting(
    *, code: str, decision: Decision, effective_from: date, at: datetime, using: str = "default"
) -> RuleSetting:
    """A new version from that day on. Findings carry the version they were opened by."""
    with transaction.atomic(using=using):
        rows = RuleSetting.objects.using(using)
        list(rows.select_for_update().filter(code=code).values_list("pk", flat=True))
        last = rows.filter(code=code).aggregate(last=Max("version"))["last"]
        return rows.create(
            code=code,
            enabled=decision.enabled,
            severity=decision.severity,
            parameters=dict(decision.parameters or {}),
            articles=None if decision.articles is None else list(decision.articles),
            version=(last or 1) + 1,
            effective_from=effective_from,
            effective_to=decision.effective_to,
            updated_at=at,
        )


def raise_versions(*, codes: Iterable[str], effective_from: date, at: datetime) -> None:
    """For rules whose own settings stay, because something that they read changes on that day."""
    current = settings_on(effective_from)
    for code in sorted(set(codes)):
        row = current.get(code) or RuleSetting(code=code)
        decision = Decision(row.enabled, row.severity, row.parameters, row.articles, row.effective_to)
        decide_setting(code=code, decision=decision, effective_from=effective_from, at=at)
