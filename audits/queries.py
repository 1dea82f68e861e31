"""What holds for all rectifications."""

from __future__ import annotations

from audits.models import RectificationSettings


def rectification_settings() -> RectificationSettings:
    """The one row, made with the tables."""
    return RectificationSettings.objects.get(pk=1)


def days_of_a_list() -> int:
    """For how long a list that leaves the house is good."""
    return rectification_settings().list_days
