from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from agents.models.reach import reach_of
from audits.choices import ExemptionState
from workplace.choices import Role
from workplace.models.queryset import ScopedQuerySet

if TYPE_CHECKING:
    from audits.models.finding import Finding  # noqa: F401 - named in a string below
    from audits.models.rectification import Rectification  # noqa: F401 - named in a string below
    from workplace.models import Staff


class RectificationQuerySet(ScopedQuerySet["Rectification"]):
    def of_staff(self, staff: Staff) -> Self:
        """By the branch and the agency that answer."""
        reach = reach_of(staff)
        if reach.everything:
            return self
        return self.filter(Q(branch_id__in=reach.branch_ids) | Q(agency_id__in=reach.agency_ids))


class OfRectificationQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        reach = reach_of(staff)
        if reach.everything:
            return self
        return self.filter(
            Q(rectification__branch_id__in=reach.branch_ids)
            | Q(rectification__agency_id__in=reach.agency_ids)
        )


class EvidenceQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """Whoever may open what it proves."""
        reach = reach_of(staff)
        if reach.everything:
            return self
        opened = Q(rectification__branch_id__in=reach.branch_ids)
        opened |= Q(rectification__agency_id__in=reach.agency_ids)
        if staff.has_perm("audits.view_changerequest"):
            requests = apps.get_model("audits", "ChangeRequest")._default_manager.visible_to(staff)
            opened |= Q(change_request_id__in=requests.order_by().values("pk"))
        return self.filter(opened)


class FindingQuerySet(ScopedQuerySet["Finding"]):
    def of_staff(self, staff: Staff) -> Self:
        """By the branch and the agency that answer."""
        reach = reach_of(staff)
        if reach.everything:
            return self
        return self.filter(
            Q(answering_branch_id__in=reach.branch_ids) | Q(answering_agency_id__in=reach.agency_ids)
        )


class OfFindingQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        reach = reach_of(staff)
        if reach.everything:
            return self
        return self.filter(
            Q(finding__answering_branch_id__in=reach.branch_ids)
            | Q(finding__answering_agency_id__in=reach.agency_ids)
        )


class ExemptionQuerySet(OfFindingQuerySet):
    def holding(self, today: date) -> Self:
        """Approved, and not past its last day."""
        return self.filter(state=ExemptionState.APPROVED, expires_on__gte=today)


class MergeQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """Whoever sees the pair that it is about."""
        if reach_of(staff).everything:
            return self
        pairs = apps.get_model("customers", "DuplicatePair")._default_manager.visible_to(staff)
        return self.filter(Exists(pairs.order_by().filter(pk=OuterRef("pair_id"))))


class GateAnswerQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """By the branch and the agency of what was asked about."""
        reach = reach_of(staff)
        if reach.everything:
            return self
        return self.filter(Q(branch_id__in=reach.branch_ids) | Q(agency_id__in=reach.agency_ids))


class OfAppealQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        reach = reach_of(staff)
        if reach.everything:
            return self
        return self.filter(
            Q(appeal__finding__answering_branch_id__in=reach.branch_ids)
            | Q(appeal__finding__answering_agency_id__in=reach.agency_ids)
        )


class LetterQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """The agency written to, which sees only what was sent; whoever wrote it; and whoever sees anything
        that it names."""
        reach = reach_of(staff)
        found = self
        if not reach.everything:
            lines = apps.get_model("audits", "LetterLine")._default_manager
            named = lines.filter(letter=OuterRef("pk"), rectification__branch_id__in=reach.branch_ids)
            found = self.filter(Q(agency_id__in=reach.agency_ids) | Q(made_by=staff) | Exists(named))
        return found.filter(sent_on__isnull=False) if staff.role == Role.PARTNER else found


class OfBulkQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """What one did oneself, and what people did whom one sees."""
        seen = apps.get_model("workplace", "Staff")._default_manager.visible_to(staff)
        return self.filter(Q(actor=staff) | Q(actor_id__in=seen.order_by().values("pk")))


class OfCustomerOrPolicyQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """Whoever sees the customer."""
        seen = apps.get_model("customers", "Customer")._default_manager.visible_to(staff)
        return self.filter(Exists(seen.order_by().filter(pk=OuterRef("customer_id"))))
