"""Findings as they stood at a moment of the past, told from their episodes alone."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from audits.choices import ExemptionRelation, ExemptionState
from audits.models import Exemption, FindingEpisode


def findings_as_of(at: datetime) -> QuerySet[FindingEpisode]:
    """The episodes that held at `at`: one for each finding that was open then, as it stood then."""
    lasted = Q(recorded_to__isnull=True) | Q(recorded_to__gt=at)
    return FindingEpisode.objects.filter(lasted, recorded_from__lte=at)


def counted_as_of(at: datetime) -> QuerySet[FindingEpisode]:
    """Those that count in scores: what an appeal took away counts on no day, for that very value."""
    upheld = Exemption.objects.filter(
        relation=ExemptionRelation.APPEALED,
        state=ExemptionState.APPROVED,
        finding=OuterRef("finding"),
        value_hash=OuterRef("value_hash"),
    )
    return findings_as_of(at).filter(~Exists(upheld))
