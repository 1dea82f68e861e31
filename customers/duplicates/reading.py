"""The thresholds as they stand, and how far the clean-up of pairs is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count

from customers.choices import PairState
from customers.duplicates.searching import Thresholds
from customers.models import DuplicateCampaign, DuplicatePair, DuplicateSettings

THRESHOLDS = ("review_from", "likely_from", "certain_from", "crowd", "largest_group")


def thresholds_now() -> Thresholds:
    row = DuplicateSettings.objects.filter(pk=1).first() or DuplicateSettings()
    return Thresholds(**{name: getattr(row, name) for name in THRESHOLDS})


def progress_of(pairs: Any) -> dict[str, int]:
    """Found, decided, merged and left, of a queryset of pairs."""
    return _progress(dict(pairs.order_by().values_list("state").annotate(Count("pk"))))


def progress_of_campaigns(campaigns: Iterable[DuplicateCampaign]) -> dict[int, dict[str, int]]:
    """The same of each campaign, in one query."""
    ids = [campaign.pk for campaign in campaigns]
    states: dict[int, dict[str, int]] = {pk: {} for pk in ids}
    counted = DuplicatePair.objects.filter(campaign__in=ids).order_by()
    for pk, state, count in counted.values_list("campaign", "state").annotate(Count("pk")):
        states[pk][state] = count
    return {pk: _progress(found) for pk, found in states.items()}


def _progress(states: Mapping[str, int]) -> dict[str, int]:
    left = states.get(PairState.OPEN, 0) + states.get(PairState.PROPOSED, 0)
    found = sum(states.values()) - states.get(PairState.GONE, 0)
    return {
        "found": found,
        "decided": found - left,
        "merged": states.get(PairState.MERGED, 0),
        "distinct": states.get(PairState.DISTINCT, 0),
        "left": left,
    }
