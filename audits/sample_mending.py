"""When a reviewer's finding is put right: the value is what the form says, or what was done is proved."""

from __future__ import annotations

from django.db.models import Q

from audits.choices import ExemptionState, FindingSource, FindingState
from audits.models import Exemption, Finding, KeyedField, Rectification
from audits.sample_subjects import spot_of_finding
from audits.transitions import origin_of
from authenticity.choices import Kind
from workplace.choices import CorrectionState
from workplace.models import Correction

HANDED_IN = (CorrectionState.SUBMITTED, CorrectionState.ACCEPTED)


def left_unmended(rectification: Rectification) -> list[Finding]:
    """What would still be wrong if it were accepted as it is; without what an exemption is proposed for."""
    found = rectification.findings.filter(source=FindingSource.SAMPLE, state=FindingState.OPEN)
    spoken_for = Exemption.objects.filter(finding__in=found, state=ExemptionState.PROPOSED)
    asked = found.exclude(pk__in=spoken_for.values("finding")).order_by("pk")
    return [finding for finding in asked if not is_mended(finding, proved=is_proved(finding, rectification))]


def is_mended(finding: Finding, *, proved: bool) -> bool:
    """A value that a form says decides alone; what no single value shows is mended by what `proved` it."""
    typed = KeyedField.objects.filter(finding=finding).exclude(typed_normal="")
    said = set(typed.values_list("typed_normal", flat=True))
    if not said or not finding.field or finding.kind == Kind.CHANGED:
        return proved
    return spot_of_finding(finding).held in said


def is_proved(finding: Finding, rectification: Rectification) -> bool:
    """Since it was seen, a file was added to its rectification, or a value handed in there."""
    since = finding.last_seen_at
    corrections = Correction.objects.filter(
        Q(proposed_at__gte=since) | Q(decided_at__gte=since),
        origin=origin_of(rectification),
        state__in=HANDED_IN,
    )
    return rectification.evidence.filter(file__uploaded_at__gte=since).exists() or corrections.exists()
