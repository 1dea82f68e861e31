from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q

from agents.models.reach import Reach, reach_of
from workplace.models.queryset import ScopedQuerySet

if TYPE_CHECKING:
    from policies.models.policy import Policy  # noqa: F401 - named in a string below
    from workplace.models import Staff


class PolicyQuerySet(ScopedQuerySet["Policy"]):
    def of_staff(self, staff: Staff) -> Self:
        reach = reach_of(staff)
        if reach.everything:
            return self
        return self.filter(Q(branch_id__in=reach.branch_ids) | Q(agency_id__in=reach.agency_ids))


def _policy_in(reach: Reach) -> Q:
    return Q(policy__branch_id__in=reach.branch_ids) | Q(policy__agency_id__in=reach.agency_ids)


class OfPolicyQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        reach = reach_of(staff)
        return self if reach.everything else self.filter(_policy_in(reach))


class ApplicationFormQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """Through the policy; a form that has none yet is seen by whoever brought it."""
        reach = reach_of(staff)
        if reach.everything:
            return self
        unlinked = Q(policy__isnull=True, batch__created_by=staff)
        return self.filter(_policy_in(reach) | unlinked)
