from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from agents.models.reach import reach_of
from workplace.choices import Role
from workplace.models.queryset import ModelT, ScopedQuerySet

if TYPE_CHECKING:
    from agents.models.agency import Agency, Outlet  # noqa: F401 - named in a string below
    from agents.models.branch import Branch  # noqa: F401 - named in a string below
    from agents.models.sales_agent import SalesAgent  # noqa: F401 - named in a string below
    from workplace.models import Staff


class BranchQuerySet(ScopedQuerySet["Branch"]):
    def of_staff(self, staff: Staff) -> Self:
        """Administrators see every unit, because they post people there; a unit is no customer's datum."""
        reach = reach_of(staff)
        if reach.everything or staff.role == Role.ADMINISTRATOR:
            return self
        return self.filter(pk__in=reach.branch_ids)


class AgencyQuerySet(ScopedQuerySet["Agency"]):
    def of_staff(self, staff: Staff) -> Self:
        """Its own people, the branch that manages it, and the branches that its outlets serve."""
        reach = reach_of(staff)
        if reach.everything or staff.role == Role.ADMINISTRATOR:
            return self
        outlets = apps.get_model("agents", "Outlet")._default_manager
        serving = outlets.filter(agency=OuterRef("pk"), branch_id__in=reach.branch_ids)
        return self.filter(Q(pk__in=reach.agency_ids) | Q(branch_id__in=reach.branch_ids) | Exists(serving))


class OfBranchOrAgencyQuerySet(ScopedQuerySet[ModelT]):
    """Rows with a branch and an agency of their own."""

    def of_staff(self, staff: Staff) -> Self:
        reach = reach_of(staff)
        if reach.everything:
            return self
        return self.filter(Q(branch_id__in=reach.branch_ids) | Q(agency_id__in=reach.agency_ids))


class OutletQuerySet(OfBranchOrAgencyQuerySet["Outlet"]):
    pass


class SalesAgentQuerySet(OfBranchOrAgencyQuerySet["SalesAgent"]):
    pass


class PostingQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """Administrators see every posting, others those of their units and their own."""
        if staff.role == Role.ADMINISTRATOR:
            return self
        reach = reach_of(staff)
        if reach.everything:
            return self
        units = Q(branch_id__in=reach.branch_ids) | Q(agency_id__in=reach.agency_ids)
        return self.filter(units | Q(staff=staff))
