"""What a plan would do if it were drawn today: frame, strata, sizes, what that proves, and the next days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from audits.frames import frame_counts
from audits.models import PlanVersion, SamplingPlan
from audits.past_rates import past_rates
from audits.sampling.choices import Allocation, RunOccasion
from audits.sampling.frames import subject_of
from audits.sampling.periods import Period
from audits.sampling.planning import Planned, plan_size
from audits.sampling.schedule import due_period, next_days
from audits.sampling.terms import PlanTerms
from workplace.calendar import WorkingCalendar

SCALE = 1.6
"""The chart of what is proven reaches this many times the tolerable rate at least."""


@dataclass(frozen=True)
class Day:
    """When a period is drawn and until when its reviews are due."""

    period: Period
    drawn_on: date
    due_on: date


@dataclass(frozen=True)
class Bar:
    """One line of the chart: so many errors prove less than `below`; lengths in per cent of the chart."""

    errors: int
    below: float
    length: float
    holds: bool


@dataclass(frozen=True)
class Consequence:
    """`overdue` is the period whose day has passed undrawn: it is drawn as soon as the plan is in force."""

    planned: Planned
    days: list[Day]
    overdue: str
    bars: list[Bar]
    tolerable: float
    tolerable_at: float
    confidence: float
    with_past: bool
    subject: str
    whole_strata: frozenset[str]
    unknown_years: list[int]

    @property
    def share(self) -> float:
        return self.planned.total / self.planned.frame if self.planned.frame else 0.0

    @property
    def more_than_asked(self) -> int:
        return self.planned.total - self.planned.asked

    @property
    def largest(self) -> int:
        return max((stratum.quota for stratum in self.planned.strata), default=0)


def as_version(terms: PlanTerms, purpose: str) -> PlanVersion:
    """A version that is kept nowhere."""
    return PlanVersion(plan=SamplingPlan(purpose=purpose), **terms.values())


def consequence(version: PlanVersion, today: date) -> Consequence:
    """Counts the frame as the book is today; nothing is written."""
    calendar = WorkingCalendar()
    neyman = version.allocation == Allocation.NEYMAN
    rates = past_rates(version, today) if neyman else {}
    planned = plan_size(version, frame_counts(version, today), rates)
    tolerable = float(version.tolerable_rate)
    scale = (
        max(tolerable * SCALE, *(claim.below for claim in planned.claims), 1e-9) if planned.claims else 1.0
    )
    days = [
        Day(period, day, calendar.after(day, version.deadline_days))
        for period, day in next_days(version, today, calendar)
    ]
    return Consequence(
        planned=planned,
        days=days,
        overdue=_overdue(version, days, today, calendar),
        bars=[
            Bar(claim.errors, claim.below, 100 * claim.below / scale, claim.below < tolerable)
            for claim in planned.claims
        ],
        tolerable=tolerable,
        tolerable_at=100 * tolerable / scale,
        confidence=float(version.confidence),
        with_past=neyman,
        subject=subject_of(version.plan.purpose),
        whole_strata=frozenset(version.whole_strata),
        unknown_years=calendar.unknown_years(days[0].drawn_on, days[-1].due_on) if days else [],
    )


def _overdue(version: PlanVersion, days: list[Day], today: date, calendar: WorkingCalendar) -> str:
    period = due_period(version, today, calendar)
    if period is None or period in {day.period.key for day in days}:
        return ""
    plan = version.plan
    drawn = plan.pk and plan.runs.filter(occasion=RunOccasion.SCHEDULED, period=period).exists()
    return "" if drawn else period
