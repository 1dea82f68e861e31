"""What a version of a plan says, as a form or a caller brings it, and what of it cannot be meant."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from audits.sampling.choices import Allocation, SamplePurpose, SampleSize, SamplingPeriod
from audits.sampling.frames import BadFrame, FrameFilter, read_strata

LAST_WORKING_DAY = {
    SamplingPeriod.BY_HAND: 1,
    SamplingPeriod.DAILY: 1,
    SamplingPeriod.WEEKLY: 5,
    SamplingPeriod.MONTHLY: 20,
    SamplingPeriod.QUARTER: 60,
    SamplingPeriod.YEARLY: 240,
}
MOST_DAYS_OF_REVIEW = 250
MOST_ITEMS = 1_000_000


@dataclass(frozen=True)
class PlanTerms:
    """`frame` is a FrameFilter as JSON, `whole_strata` are stratum keys; rates are fractions of one."""

    tolerable_rate: Decimal
    frame: dict[str, Any] = field(default_factory=dict)
    strata: list[str] = field(default_factory=list)
    allocation: str = Allocation.PROPORTIONAL
    minimum: int = 0
    whole_strata: list[str] = field(default_factory=list)
    size_by: str = SampleSize.COMPUTED
    size_number: int | None = None
    size_rate: Decimal | None = None
    expected_rate: Decimal = Decimal(0)
    confidence: Decimal = Decimal("0.95")
    period: str = SamplingPeriod.BY_HAND
    working_day: int = 1
    deadline_days: int = 10
    second_share: Decimal = Decimal("0.1")

    def values(self) -> dict[str, Any]:
        """By column of a version."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def faults(self, purpose: str) -> dict[str, str]:
        """What is wrong, by field, in words."""
        found = self._faults_of_frame(purpose) | self._faults_of_size() | self._faults_of_time()
        if purpose == SamplePurpose.NEWCOMERS and (self.size_by != SampleSize.RATE or self.size_rate != 1):
            found["size_by"] = _("Of new customers every one is looked at: a share of 100 %.")
        return found

    def _faults_of_frame(self, purpose: str) -> dict[str, str]:
        try:
            FrameFilter.of_json(self.frame)
            read_strata(self.strata, purpose)
        except BadFrame as bad:
            return dict(bad.errors)
        return {}

    def _faults_of_size(self) -> dict[str, str]:
        found: dict[str, str] = {}
        if self.size_by == SampleSize.NUMBER and not 1 <= (self.size_number or 0) <= MOST_ITEMS:
            found["size_number"] = _("A number from 1 on.")
        if self.size_by == SampleSize.RATE and not 0 < (self.size_rate or 0) <= 1:
            found["size_rate"] = _("A share above 0 and up to 100 %.")
        if not 0 < self.tolerable_rate < 1:
            found["tolerable_rate"] = _("A rate between 0 and 100 %.")
        if not 0 <= self.expected_rate < self.tolerable_rate:
            found["expected_rate"] = _("Below the tolerable rate, else no sample can show it.")
        if not Decimal("0.5") <= self.confidence < 1:
            found["confidence"] = _("From 50 % to below 100 %.")
        if not 0 <= self.minimum <= MOST_ITEMS:
            found["minimum"] = _("A number from 0 on.")
        return found

    def _faults_of_time(self) -> dict[str, str]:
        found: dict[str, str] = {}
        last = LAST_WORKING_DAY[SamplingPeriod(self.period)]
        if not 1 <= self.working_day <= last:
            found["working_day"] = _("From 1 to %(last)d, so that each such period has it.") % {"last": last}
        if not 1 <= self.deadline_days <= MOST_DAYS_OF_REVIEW:
            found["deadline_days"] = _("From 1 to %(last)d working days.") % {"last": MOST_DAYS_OF_REVIEW}
        if not 0 <= self.second_share <= 1:
            found["second_share"] = _("A share from 0 to 100 %.")
        return found


def delivered_terms(purpose: str) -> PlanTerms:
    """What a new plan of this purpose starts with; 163's rates of 2014 stand behind the numbers."""
    return _DELIVERED[SamplePurpose(purpose)]


_DELIVERED = {
    SamplePurpose.CONSISTENCY: PlanTerms(
        tolerable_rate=Decimal("0.02"),
        frame={"issued_within_days": 365},
        strata=["channel"],
        minimum=10,
        period=SamplingPeriod.MONTHLY,
        working_day=5,
    ),
    SamplePurpose.TRUTH: PlanTerms(
        tolerable_rate=Decimal("0.04"),
        expected_rate=Decimal("0.008"),
        strata=["province"],
        minimum=5,
        period=SamplingPeriod.QUARTER,
        working_day=10,
        deadline_days=20,
    ),
    SamplePurpose.SELLER: PlanTerms(
        tolerable_rate=Decimal("0.02"),
        frame={"channels": ["bank", "professional"], "issued_within_days": 365},
        strata=["channel"],
        minimum=10,
        period=SamplingPeriod.QUARTER,
        working_day=10,
    ),
    SamplePurpose.CALL_BACK: PlanTerms(
        tolerable_rate=Decimal("0.05"), frame={"issued_within_days": 90}, period=SamplingPeriod.MONTHLY
    ),
    SamplePurpose.IMAGES: PlanTerms(
        tolerable_rate=Decimal("0.05"), frame={"issued_within_days": 365}, period=SamplingPeriod.MONTHLY
    ),
    SamplePurpose.HANDLED: PlanTerms(tolerable_rate=Decimal("0.05"), period=SamplingPeriod.MONTHLY),
    SamplePurpose.CLOSED: PlanTerms(
        tolerable_rate=Decimal("0.05"), period=SamplingPeriod.QUARTER, deadline_days=20
    ),
    SamplePurpose.NEWCOMERS: PlanTerms(
        tolerable_rate=Decimal("0.01"),
        size_by=SampleSize.RATE,
        size_rate=Decimal(1),
        period=SamplingPeriod.DAILY,
        deadline_days=1,
        second_share=Decimal(0),
    ),
}
