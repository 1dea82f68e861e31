"""Who answers for what was found, a unit or a person, and with which measure (82号 art. 16)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Agency, Branch, SalesAgent
from audits.models import Accountability, Finding, InspectionFinding, SampleItem
from audits.sampling.choices import AccountableMeasure
from workplace.models import Staff
from workplace.operations.staff import recorded

HOLD = "audits.add_accountability"
SUBJECTS: Mapping[str, Any] = {
    "sample_item": SampleItem,
    "inspection_finding": InspectionFinding,
    "finding": Finding,
}


class AccountabilityRefused(Exception):
    """Nobody can be held to account like that; its text says why, `field` where."""

    def __init__(self, text: str, *, field: str = "") -> None:
        super().__init__(text)
        self.field = field


def hold_to_account(
    *,
    measure: str,
    reason: str,
    actor: Staff,
    at: datetime,
    sample_item: SampleItem | None = None,
    inspection_finding: InspectionFinding | None = None,
    finding: Finding | None = None,
    branch: Branch | None = None,
    agency: Agency | None = None,
    seller: SalesAgent | None = None,
    person: Staff | None = None,
) -> Accountability:
    """One row for one unit or one person; what it is for must be seen by whoever decides.

    A measure that was decided stays; a later one is a further row. Raises AccountabilityRefused.
    """
    subjects = {"sample_item": sample_item, "inspection_finding": inspection_finding, "finding": finding}
    answerable = {"branch": branch, "agency": agency, "seller": seller, "person": person}
    _check_subjects(subjects, actor)
    if sum(one is not None for one in answerable.values()) != 1:
        raise AccountabilityRefused(_("Name one unit or one person who answers for it."), field="who")
    if person is not None and person.pk == actor.pk:
        raise AccountabilityRefused(_("Nobody decides about themselves."), field="who")
    if measure not in AccountableMeasure.values:
        raise AccountabilityRefused(_("Choose a measure."), field="measure")
    if not reason.strip():
        raise AccountabilityRefused(_("Say what they answer for; the reason stays."), field="reason")
    with transaction.atomic(), recorded(actor, "held to account"):
        return Accountability.objects.create(
            **subjects,
            **answerable,
            measure=measure,
            reason=reason.strip(),
            decided_by=actor,
            decided_at=at,
        )


def _check_subjects(subjects: Mapping[str, Any], actor: Staff) -> None:
    if not actor.is_active or not actor.has_perm(HOLD):
        raise AccountabilityRefused(_("Your role holds nobody to account."))
    named = {name: one for name, one in subjects.items() if one is not None}
    if not named:
        raise AccountabilityRefused(_("Say which finding it is for."))
    for name, one in named.items():
        if not SUBJECTS[name].objects.visible_to(actor).filter(pk=one.pk).exists():
            raise AccountabilityRefused(_("What it is for is outside your scope."))
