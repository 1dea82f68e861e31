"""Everything that the page of one change request shows, to its maker and to whoever decides."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from audits.changing import (
    AT_HAND,
    DECIDE,
    MAKE,
    Asked,
    State,
    WillOfChange,
    beside,
    corrections_of,
    fields_of,
)
from audits.choices import EvidenceKind
from audits.models import ChangeRequest
from audits.operations.will import spoken_to
from audits.reviewing import compared
from audits.sight import Sight, shows_scans
from authenticity.masking import mask
from customers.contacts import WEEK
from workplace.choices import SourceChannel
from workplace.models import Staff


def decides(found: ChangeRequest, staff: Staff) -> bool:
    return found.state == State.SUBMITTED and found.made_by_id != staff.pk and staff.has_perm(DECIDE)


def page_context(found: ChangeRequest, staff: Staff) -> dict[str, Any]:
    mine = found.made_by_id == staff.pk and staff.has_perm(MAKE)
    works, may_decide = mine and found.state in AT_HAND, decides(found, staff)
    evidence = list(found.evidence.select_related("file", "file__owner"))
    corrections = corrections_of(found)
    context: dict[str, Any] = {
        "r": found,
        "subject": mask("name", found.customer.name) or found.customer.number,
        "works": works,
        "may_decide": may_decide,
        "may_withdraw": mine and found.state in (*AT_HAND, State.SUBMITTED),
        "compared": compared(corrections, Sight(staff, timezone.localdate(), revealed=may_decide)),
        "evidence": evidence,
        "scans": shows_scans(staff, timezone.localdate(), [found.customer]),
        "withdrawable": {one.pk for one in evidence if works and found.submitted_at is None},
    }
    if works:
        context |= _form(found, staff)
    if may_decide:
        context["before"], context["after"] = beside(staff, found)
    return context


def _form(found: ChangeRequest, staff: Staff) -> dict[str, Any]:
    asked = fields_of(found, staff)
    drafts = [one.input.draft for one in asked if one.input.draft is not None]
    today = timezone.localdate()
    return {
        "groups": _groups(asked),
        "channels": SourceChannel.choices,
        "kinds": EvidenceKind.choices,
        "no_past": True,
        "will": WillOfChange(
            row=found,
            day=found.applied_on or (None if found.will else today),
            confirmed_by=next((row.note for row in drafts if row.note), ""),
            spoken=spoken_to([found.customer_id], since=found.made_at - WEEK),
        ),
    }


def _groups(asked: list[Asked]) -> list[tuple[str, list[Asked]]]:
    """The customer's own fields first, then each person of the policy."""
    found: dict[str, list[Asked]] = {}
    for one in asked:
        found.setdefault(one.input.whose, []).append(one)
    return list(found.items())
