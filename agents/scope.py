"""Tells the office which units, sellers and colleagues a person sees, and what ends when one leaves."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from agents.models import Agency, Branch, Outlet, Posting, SalesAgent
from agents.models.reach import reach_of
from agents.operations.postings import end_postings_of
from workplace.leaving import register_leaving
from workplace.models import Staff
from workplace.saved_views import register_units
from workplace.schedules import Schedule, register_schedule
from workplace.visibility import RecordKind, register_colleagues, register_records

SELLER_PERSONAL = {"id_no": "id_no", "id_norm": "id_no", "certificate_no": "certificate"}
KINDS = (
    RecordKind("branch", _("Branch"), Branch.objects.visible_to, "agents.view_branch"),
    RecordKind("agency", _("Agency"), Agency.objects.visible_to, "agents.view_agency", page="agency"),
    RecordKind("outlet", _("Outlet"), Outlet.objects.visible_to, "agents.view_outlet"),
    RecordKind(
        "seller",
        _("Seller"),
        SalesAgent.objects.visible_to,
        "agents.view_salesagent",
        personal=SELLER_PERSONAL,
        page="seller",
    ),
    RecordKind("posting", _("Posting"), Posting.objects.visible_to, "agents.view_posting"),
    RecordKind(
        "staff",
        _("Staff member"),
        Staff.objects.visible_to,
        "workplace.view_staff",
        personal={"password": "password"},
        page="staff_member",
    ),
)


def colleagues(staff: Staff) -> QuerySet[Staff]:
    """Whoever is posted, now or before, to a branch or agency within the person's reach."""
    reach = reach_of(staff)
    everybody = Staff.objects.get_queryset()
    if reach.everything:
        return everybody
    posted = Posting.objects.filter(Q(branch_id__in=reach.branch_ids) | Q(agency_id__in=reach.agency_ids))
    return everybody.filter(pk__in=posted.order_by().values("staff"))


def units(staff: Staff) -> dict[int, str]:
    """Names of the units that the person is posted to now, by their groups."""
    branches = Branch.objects.filter(group__user=staff).order_by().values_list("group_id", "name")
    agencies = Agency.objects.filter(group__user=staff).order_by().values_list("group_id", "name")
    return dict(branches.union(agencies))


def register_scope() -> None:
    register_units(units)
    for kind in KINDS:
        register_records(kind)
    register_colleagues(colleagues)
    register_leaving("postings", end_postings_of)
    register_schedule(
        Schedule("align grants with postings", "agents.tasks.align_posting_grants", hour=0, minute=5)
    )
