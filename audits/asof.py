"""Findings as they stood at a moment of the past, told from their episodes alone."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from audits.models import FindingEpisode


def findings_as_of(at: datetime) -> QuerySet[FindingEpisode]:
    """The episodes that held at `at`: one for each finding that was open then, as it stood then."""
    lasted = Q(recorded_to__isnull=True) | Q(recorded_to__gt=at)
    return FindingEpisode.objects.filter(lasted, recorded_from__lte=at)
