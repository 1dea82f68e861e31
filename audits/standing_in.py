"""Whose rectifications a person works on besides the own: those of people for whom they stand in."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from agents.models.reach import reach_of
from audits.models import Rectification
from audits.states import WORK
from workplace.absences import principal_ids, principals_now
from workplace.models import Staff


def owners_for(staff: Staff) -> set[int]:
    """Whose work shows to this person today: for lists and pages, by the database's clock."""
    return {staff.pk, *principals_now(staff)}


def works_for_owner(*, rectification: Rectification, staff: Staff) -> bool:
    """For pages: the owner, or whoever stands in for the owner today."""
    return rectification.owner_id is not None and rectification.owner_id in owners_for(staff)


def acts_for_owner(*, rectification: Rectification, actor: Staff, at: datetime) -> bool:
    """For operations: the same on the day of `at`, asked anew."""
    owner = rectification.owner_id
    if owner is None or owner == actor.pk:
        return owner is not None
    return owner in principal_ids(actor, localdate(at))


def why_not_substitute(staff: Staff, substitute: Staff) -> str:
    """A substitute may do and reach all that the absent person may do and reach with rectifications."""
    if not staff.has_perm(WORK):
        return ""
    if not substitute.has_perm(WORK):
        return _("%(name)s does not work on rectifications.") % {"name": substitute.name}
    theirs, own = reach_of(staff), reach_of(substitute)
    covered = theirs.branch_ids <= own.branch_ids and theirs.agency_ids <= own.agency_ids
    if own.everything or (covered and not theirs.everything):
        return ""
    return _("%(name)s does not see all that %(staff)s works on.") % {
        "name": substitute.name,
        "staff": staff.name,
    }
