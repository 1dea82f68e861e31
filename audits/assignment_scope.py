"""Which rules of assignment a person sees and may change."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from agents.models import Agency, Branch
from agents.models.reach import reach_of
from audits.models import AssignmentRule
from workplace.models import Staff

CHANGE = "audits.change_assignmentrule"


def rules_for(staff: Staff) -> QuerySet[AssignmentRule]:
    """Those of branches and agencies within sight, and those that hold everywhere."""
    if reach_of(staff).everything:
        return AssignmentRule.objects.all()
    everywhere = Q(branch__isnull=True, agency__isnull=True)
    return AssignmentRule.objects.filter(everywhere | _of_units(staff))


def changeable(staff: Staff) -> set[int]:
    """Which of them the person may change: those that hold everywhere are head office's."""
    if not staff.has_perm(CHANGE):
        return set()
    own = AssignmentRule.objects.all() if reach_of(staff).everything else None
    found = own if own is not None else AssignmentRule.objects.filter(_of_units(staff))
    return set(found.values_list("pk", flat=True))


def _of_units(staff: Staff) -> Q:
    branches = Branch.objects.visible_to(staff).order_by().values("pk")
    agencies = Agency.objects.visible_to(staff).order_by().values("pk")
    return Q(branch__in=branches) | Q(branch__isnull=True, agency__in=agencies)


def may_change(rule: AssignmentRule, staff: Staff) -> bool:
    """A rule that holds everywhere is for whoever reaches everything."""
    if not staff.has_perm(CHANGE):
        return False
    return within(rule.branch_id, rule.agency_id, staff)


def within(branch: int | None, agency: int | None, staff: Staff) -> bool:
    if reach_of(staff).everything:
        return True
    if branch is not None:
        return Branch.objects.visible_to(staff).filter(pk=branch).exists()
    return agency is not None and Agency.objects.visible_to(staff).filter(pk=agency).exists()
