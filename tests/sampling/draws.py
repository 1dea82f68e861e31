"""A plan in force over a small book, and what takes its draw from step to step."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from audits.models import PlanVersion, SamplingPlan, SamplingRun
from audits.operations.drawing import draw
from audits.operations.sampling_runs import give_seed, open_run, take_frame
from audits.sampling.choices import PlanState, RunOccasion, SamplePurpose, SampleSize
from tests.factories import AT, unique
from workplace.models import Staff

PART = "上证指数 3012.45"


def plan_in_force(
    *, writer: Staff, approver: Staff, purpose: str = SamplePurpose.CONSISTENCY, **said: Any
) -> SamplingPlan:
    plan = SamplingPlan.objects.create(
        code=unique("plan"), name="一致性核对", purpose=purpose, made_by=writer, made_at=AT
    )
    values: dict[str, Any] = {
        "strata": ["branch", "channel"],
        "size_by": SampleSize.RATE,
        "size_rate": Decimal("0.2"),
        "tolerable_rate": Decimal("0.05"),
        **said,
    }
    version = PlanVersion.objects.create(plan=plan, number=1, written_by=writer, written_at=AT, **values)
    for state in (PlanState.SENT, PlanState.APPROVED):
        version.state = state
        if state == PlanState.APPROVED:
            version.decided_by, version.decided_at = approver, AT
        version.save()
    return plan


def opened(plan: SamplingPlan, *, at: datetime = AT, **said: Any) -> SamplingRun:
    return open_run(plan=plan, occasion=RunOccasion.BY_HAND, **{"actor": None, "at": at, **said})


def framed(plan: SamplingPlan, *, at: datetime = AT, **said: Any) -> SamplingRun:
    return take_frame(run=opened(plan, at=at, **said), at=at + timedelta(minutes=1))


def drawn(plan: SamplingPlan, *, approver: Staff, at: datetime = AT, part: str = PART) -> SamplingRun:
    run = framed(plan, at=at)
    run = give_seed(run=run, part=part, actor=approver, at=at + timedelta(minutes=2))
    return draw(run=run, at=at + timedelta(minutes=3))
