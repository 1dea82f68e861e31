"""Tells the office which units, sellers and colleagues a person sees, and what ends when one leaves."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from agents.models import Agency, Branch, Outlet, Posting, SalesAgent
from agents.models.reach import reach_of
from agents.operations.postings import end_postings_of
from workplace.leaving import register_leaving
from workplace.models import Staff
from workplace.schedules import Schedule, register_schedule
from workplace.visibility import register_colleagues, register_records


def colleagues(staff: Staff) -> QuerySet[Staff]:
    """Whoever is posted, now or before, to a branch or agency within the person's reach."""
    reach = reach_of(staff)
    everybody = Staff.objects.get_queryset()
    if reach.everything:
        return everybody
    posted = Posting.objects.filter(Q(branch_id__in=reach.branch_ids) | Q(agency_id__in=reach.agency_ids))
    return everybody.filter(pk__in=posted.order_by().values("staff"))


def register_scope() -> None:
    register_records("branch", Branch.objects.visible_to)
    register_records("agency", Agency.objects.visible_to)
    register_records("outlet", Outlet.objects.visible_to)
    register_records("seller", SalesAgent.objects.visible_to)
    register_colleagues(colleagues)
    register_leaving("postings", end_postings_of)
    register_schedule(
        Schedule("align grants with postings", "agents.tasks.align_posting_grants", hour=0, minute=5)
    )
