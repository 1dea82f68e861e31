"""Who may see samples: those who plan and judge see what their reach covers, reviewers what they review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from agents.models.reach import own_units, reach_of
from workplace.choices import Role
from workplace.models.queryset import ScopedQuerySet

if TYPE_CHECKING:
    from workplace.models import Staff

READERS_OF_SAMPLES = frozenset({Role.COMPLIANCE, Role.AUDITOR, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Audited:
    """Units whose samples are not for this person's eyes: one works there."""

    branch_ids: frozenset[int]
    agency_ids: frozenset[int]


def own_audited(staff: Staff) -> Audited:
    """One's own branch, those that it belongs to, and in the line also all that answer to it."""
    units = own_units(staff)
    line = frozenset() if staff.role in READERS_OF_SAMPLES else units.below
    return Audited(units.branch_ids | units.above | line, units.agency_ids)


def of_own_units(staff: Staff) -> Q:
    """Items of the units that one works for: no grant and no review in one's hands opens those."""
    own = own_audited(staff)
    serving = apps.get_model("customers", "ServingUnit")._default_manager.filter(
        Q(branch_id__in=own.branch_ids) | Q(agency_id__in=own.agency_ids), customer=OuterRef("customer_id")
    )
    found = Exists(serving) | Q(customer__home_branch_id__in=own.branch_ids)
    found |= Q(change_request__customer__home_branch_id__in=own.branch_ids)
    for subject in ("policy", "rectification", "change_request__policy"):
        found |= Q(**{f"{subject}__branch_id__in": own.branch_ids})
        found |= Q(**{f"{subject}__agency_id__in": own.agency_ids})
    for policy in ("policy", "rectification__policy", "change_request__policy"):
        found |= Q(**{f"{policy}__outlet__branch_id__in": own.branch_ids})
        for outlet in ("outlet", "agency_branch"):  # The agency that is recorded may be another than theirs.
            found |= Q(**{f"{policy}__{outlet}__agency_id__in": own.agency_ids})
    return found


class SampleItemQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """What one is to review, or reviewed; compliance and auditors also what their reach covers.

        Nobody sees items of the unit that one works for.
        """
        own = own_audited(staff)
        rows = self
        if own.branch_ids or own.agency_ids:
            closed = apps.get_model("audits", "SampleItem")._default_manager.filter(of_own_units(staff))
            rows = self.exclude(pk__in=closed.order_by().values("pk"))
        given = apps.get_model("audits", "SampleReview")._default_manager.filter(
            item_id=OuterRef("pk"), reviewer_id=staff.pk
        )
        if staff.role not in READERS_OF_SAMPLES:
            return rows.filter(Exists(given.exclude(state="void")))
        reach = reach_of(staff)
        if reach.everything:
            return rows
        return rows.filter(
            Exists(given.exclude(state="void"))
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


class SampleReviewQuerySet(ScopedQuerySet[Any]):
    def of_staff(self, staff: Staff) -> Self:
        """One's own; others' only to readers, and not while one has the same item in hand oneself."""
        items = apps.get_model("audits", "SampleItem")._default_manager.visible_to(staff)
        rows = self.filter(item_id__in=items.order_by().values("pk"))
        if staff.role not in READERS_OF_SAMPLES:
            return rows.filter(reviewer=staff)
        reviews = apps.get_model("audits", "SampleReview")._default_manager
        in_hand = reviews.filter(reviewer=staff, state__in=("given", "open"), item_id=OuterRef("item_id"))
        return rows.filter(Q(reviewer=staff) | ~Exists(in_hand))


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
