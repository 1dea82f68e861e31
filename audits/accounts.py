"""Who was held to account as far as one may see it, and who could be for a failed item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from agents.models import Agency, Branch, SalesAgent
from audits.models import Accountability, Finding, InspectionFinding, SampleItem, SamplingRun
from audits.sample_subjects import answer_for
from audits.sampling.results import ERRORS
from workplace.models import Staff


def seen_accounts(staff: Staff) -> QuerySet[Accountability]:
    """For what one sees oneself; a row is no way to what is hidden."""
    items = SampleItem.objects.visible_to(staff).order_by().values("pk")
    found = InspectionFinding.objects.visible_to(staff).order_by().values("pk")
    findings = Finding.objects.visible_to(staff).order_by().values("pk")
    rows = Accountability.objects.filter(
        Q(sample_item__in=items)
        | Q(inspection_finding__in=found)
        | Q(finding__in=findings, sample_item__isnull=True, inspection_finding__isnull=True)
    )
    return rows.select_related(
        "sample_item__run__plan",
        "inspection_finding__inspection__branch",
        "inspection_finding__inspection__year",
        "finding__rectification",
        "branch",
        "agency",
        "seller",
        "person",
        "decided_by",
    )


@dataclass(frozen=True)
class Answerable:
    """A failed item with the units and the seller that answer for it."""

    item: SampleItem
    branch: Branch
    agency: Agency | None
    seller: SalesAgent | None

    def who(self, kind: str) -> dict[str, Any]:
        """As the operation takes it; nothing for a kind that the item does not have."""
        found = {"branch": self.branch, "agency": self.agency, "seller": self.seller}.get(kind)
        return {kind: found} if found is not None else {}


def answerable(run: SamplingRun, staff: Staff) -> list[Answerable]:
    failed = SampleItem.objects.visible_to(staff).filter(run=run, outcome__in=ERRORS)
    items = list(
        failed.select_related("policy", "customer", "rectification", "change_request__policy").order_by("pk")
    )
    answers = {item.pk: answer_for(item) for item in items}
    branches = Branch.objects.in_bulk({one.branch_id for one in answers.values()})
    agencies = Agency.objects.in_bulk({one.agency_id for one in answers.values() if one.agency_id})
    sellers = SalesAgent.objects.in_bulk({one.seller_id for one in answers.values() if one.seller_id})
    return [
        Answerable(
            item,
            branches[answers[item.pk].branch_id],
            agencies.get(answers[item.pk].agency_id or 0),
            sellers.get(answers[item.pk].seller_id or 0),
        )
        for item in items
    ]
