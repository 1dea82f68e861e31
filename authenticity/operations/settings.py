"""What compliance decides about rules; each change of what a rule finds raises its version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from authenticity.models import RuleSetting
from authenticity.rule import SLA, SLA_DAYS, Rule


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
    """Findings carry the version they were opened by; the next sweep applies the new one."""
    with transaction.atomic():
        setting, _ = RuleSetting.objects.select_for_update().get_or_create(code=code)
        wanted = (enabled, severity, dict(parameters))
        if (setting.enabled, setting.severity, setting.parameters) != wanted:
            setting.enabled, setting.severity, setting.parameters = wanted
            setting.version += 1
            setting.updated_at = at
            setting.save()
        return setting
