"""Who may see samples: those who plan and judge see what their reach covers, reviewers what they review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from agents.models.reach import reach_of
from workplace.choices import Role
from workplace.models.queryset import ScopedQuerySet

if TYPE_CHECKING:
    from workplace.models import Staff

READERS_OF_SAMPLES = frozenset({Role.COMPLIANCE, Role.AUDITOR, Role.ADMINISTRATOR})


class SampleItemQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """What one is to review, or reviewed; compliance and auditors also what their reach covers."""
        own = apps.get_model("audits", "SampleReview")._default_manager.filter(
            item_id=OuterRef("pk"), reviewer_id=staff.pk
        )
        if staff.role not in READERS_OF_SAMPLES:
            return self.filter(Exists(own))
        reach = reach_of(staff)
        if reach.everything:
            return self
        return self.filter(
            Exists(own)
            | Q(policy__branch_id__in=reach.branch_ids)
            | Q(policy__agency_id__in=reach.agency_ids)
            | Q(customer__home_branch_id__in=reach.branch_ids)
            | Q(rectification__branch_id__in=reach.branch_ids)
            | Q(rectification__agency_id__in=reach.agency_ids)
            | Q(change_request__customer__home_branch_id__in=reach.branch_ids)
        )


class SamplingRunQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """Compliance and auditors who see the whole book, whoever made the plan, or reviews an item."""
        if staff.role in READERS_OF_SAMPLES and reach_of(staff).everything:
            return self
        items = apps.get_model("audits", "SampleItem")._default_manager.visible_to(staff)
        return self.filter(Q(plan__made_by=staff) | Exists(items.order_by().filter(run_id=OuterRef("pk"))))


class OfRunQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        runs = apps.get_model("audits", "SamplingRun")._default_manager.visible_to(staff)
        return self.filter(run_id__in=runs.order_by().values("pk"))


class OfSampleItemQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """What hangs on an item that one sees."""
        items = apps.get_model("audits", "SampleItem")._default_manager.visible_to(staff)
        return self.filter(item_id__in=items.order_by().values("pk"))


class OfReviewQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        reviews = apps.get_model("audits", "SampleReview")._default_manager.visible_to(staff)
        return self.filter(review_id__in=reviews.order_by().values("pk"))


class OfInspectionQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        reach = reach_of(staff)
        if reach.everything:
            return self
        return self.filter(Q(inspection__branch_id__in=reach.branch_ids) | Q(inspection__inspector=staff))


class InspectionQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        reach = reach_of(staff)
        if reach.everything:
            return self
        return self.filter(Q(branch_id__in=reach.branch_ids) | Q(inspector=staff))
