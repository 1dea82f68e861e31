"""What compliance decides about rules; each change of what a rule finds raises its version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from authenticity.models import RuleSetting


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
