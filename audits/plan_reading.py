"""Who sees which plan, who approves, and whom a plan may name."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from agents.models.reach import reach_of
from audits.models import ChecklistVersion, PlanVersion, SamplingPlan
from workplace.choices import Role
from workplace.models import Staff


def plans_seen_by(staff: Staff) -> QuerySet[SamplingPlan]:
    """Plans look at the whole book: who does not reach all of it sees those of their own."""
    if reach_of(staff).everything:
        return SamplingPlan.objects.all()
    own = PlanVersion.objects.filter(written_by=staff).order_by().values("plan_id")
    return SamplingPlan.objects.filter(Q(made_by=staff) | Q(pk__in=own))


def approvers() -> list[Staff]:
    return list(Staff.objects.filter(is_active=True, role=Role.COMPLIANCE).order_by("pk"))


def possible_reviewers() -> QuerySet[Staff]:
    roles = (Role.COMPLIANCE, Role.MANAGER, Role.CLERK)
    return Staff.objects.filter(is_active=True, role__in=roles).order_by("name", "pk")


def usable_checklists(purpose: str) -> QuerySet[ChecklistVersion]:
    """The newest approved version of each that is for this purpose."""
    approved = ChecklistVersion.objects.filter(approved_at__isnull=False, checklist__purpose=purpose)
    newest = approved.order_by("checklist_id", "-number").distinct("checklist_id").values("pk")
    return ChecklistVersion.objects.filter(pk__in=newest).select_related("checklist")
