"""What concluded samples say of a unit: how many of its policies were untrue, and its sellers' real names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from audits.models import RunConclusion, SampleItem
from audits.performance import AsOf
from audits.sampling.bounds import Bounds, bounds
from audits.sampling.choices import ItemOutcome, RunState, SamplePurpose
from audits.sampling.results import ERRORS
from policies.models import Policy
from workplace.models import Staff

COUNTS_FOR = timedelta(days=365)
CONFIDENCE = 0.95
OF_DATA = (SamplePurpose.CONSISTENCY, SamplePurpose.TRUTH)
DECIDED = (ItemOutcome.RIGHT, *(ItemOutcome(kind) for kind in ERRORS))
MEASURES: dict[str, Q] = {
    "decided": Q(run__plan__purpose__in=OF_DATA),
    "wrong": Q(run__plan__purpose__in=OF_DATA, outcome__in=ERRORS),
    "sellers": Q(run__plan__purpose=SamplePurpose.SELLER),
    "real": Q(run__plan__purpose=SamplePurpose.SELLER, outcome=ItemOutcome.RIGHT),
}


@dataclass(frozen=True)
class Sampled:
    """Counts that add up over units; the interval is Clopper and Pearson's, at 95 %."""

    decided: int = 0
    wrong: int = 0
    sellers: int = 0
    real: int = 0

    def __add__(self, other: Sampled) -> Sampled:
        return Sampled(
            self.decided + other.decided,
            self.wrong + other.wrong,
            self.sellers + other.sellers,
            self.real + other.real,
        )

    @property
    def error(self) -> Bounds | None:
        return _bounds(self.wrong, self.decided)

    @property
    def real_names(self) -> Bounds | None:
        return _bounds(self.real, self.sellers)


def _bounds(found: int, sample: int) -> Bounds | None:
    return bounds(found=found, sample=sample, confidence=CONFIDENCE) if sample else None


def sampled_items(*, staff: Staff, moment: AsOf) -> QuerySet[SampleItem]:
    """Decided items of samples concluded within a year before that day, of policies that the person may see.

    Whoever answers for a unit sees its items here, once the sample is concluded and nothing can be arranged.
    """
    concluded = RunConclusion.objects.filter(run=OuterRef("run"), concluded_at__lte=moment.at)
    since = moment.at - COUNTS_FOR
    return SampleItem.objects.filter(
        Exists(concluded.filter(concluded_at__gt=since)),
        policy__in=Policy.objects.visible_to(staff).order_by().values("pk"),
        outcome__in=DECIDED,
        decided_at__lte=moment.at,
    ).exclude(run__state=RunState.WITHDRAWN)


def sampled_by_pair(*, staff: Staff, moment: AsOf) -> dict[tuple[int, int | None], Sampled]:
    """By branch and agency of the policy, in one statement."""
    counted: Any = {name: Count("pk", filter=condition) for name, condition in MEASURES.items()}
    rows = sampled_items(staff=staff, moment=moment).order_by()
    grouped = rows.values("policy__branch_id", "policy__agency_id").annotate(**counted)
    found: defaultdict[tuple[int, int | None], Sampled] = defaultdict(Sampled)
    for branch, agency, *numbers in grouped.values_list("policy__branch_id", "policy__agency_id", *MEASURES):
        found[branch, agency] += Sampled(*numbers)
    return dict(found)
