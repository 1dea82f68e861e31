"""What can be said of a draw without changing it: its subject in the chain, and who may take which step."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max, Min, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from audits.frames import Since, has_newcomers, start_of
from audits.models import PlanVersion, SamplingPlan, SamplingRun
from audits.plan_reading import plans_seen_by
from audits.run_files import frame_blocks
from audits.sampling.choices import PlanState, RunState, SamplePurpose
from audits.sampling.selection import NoFrame, runs_of
from workplace.models import Staff

SEE = "audits.view_samplingrun"
DRAW = "audits.draw_samplingrun"
SEED = "audits.seed_samplingrun"
LATE = timedelta(days=1)
"""How long a file may be written: its customers are recorded when it began, and seen when it ends."""


def subject_of_run(run: SamplingRun) -> str:
    """As every seal of a draw names it."""
    return f"run:{run.pk}"


def why_not_draw(plan: SamplingPlan, staff: Staff) -> str:
    """Nothing when this person may draw samples of this plan: one's own, or anybody's for the whole book."""
    if not staff.has_perm(DRAW):
        return _("You may not draw samples.")
    return "" if in_scope(plan, staff) else _("This draw is outside your scope.")


def why_not_open(plan: SamplingPlan, staff: Staff | None) -> str:
    """Nothing when a draw of this plan may begin, by hand of this person or, of nobody, by the clock."""
    if staff is not None and (reason := why_not_draw(plan, staff)):
        return reason
    if plan.retired_at is not None or not plan.versions.filter(state=PlanState.APPROVED).exists():
        return _("This plan is not in force; a draw needs an approved plan.")
    return ""


def in_scope(plan: SamplingPlan, staff: Staff) -> bool:
    return plans_seen_by(staff).filter(pk=plan.pk).exists()


def why_not_seed(run: SamplingRun, staff: Staff) -> str:
    """Nothing when this person may give the approver's part now."""
    if run.state != RunState.FRAMED:
        return _("No part is waited for: %(state)s.") % {"state": run.get_state_display()}
    if not staff.has_perm(SEED):
        return _("Your role may not take this step.")
    if not in_scope(run.plan, staff):
        return _("This draw is outside your scope.")
    if staff.pk == run.opened_by_id:
        return _("Who opened the draw cannot give the other part; another person must.")
    if staff.pk == run.version.written_by_id:
        return _("Who wrote the plan cannot give the other part; another person must.")
    return ""


def frame_since(run: SamplingRun) -> Since | None:
    """New customers are drawn from the plan's last such draw on; raises NoFrame where its frame is lost."""
    return _since(run.plan, SamplingRun.objects.filter(pk__lt=run.pk))


def nobody_came(version: PlanVersion, at: datetime) -> bool:
    """Of a plan of new customers: since its last draw there is nobody to draw."""
    if version.plan.purpose != SamplePurpose.NEWCOMERS:
        return False
    try:
        since = _since(version.plan, SamplingRun.objects.all())
    except NoFrame:  # The draw itself says which frame is lost; the other plans' draws begin meanwhile.
        return False
    return not has_newcomers(version, localdate(at), since=since, until=at)


def _since(plan: SamplingPlan, runs: QuerySet[SamplingRun]) -> Since | None:
    """A while before the last frame was taken: what was written just then was not seen by it."""
    if plan.purpose != SamplePurpose.NEWCOMERS:
        return None
    before = runs.filter(plan=plan, framed_at__isnull=False).exclude(state=RunState.WITHDRAWN)
    taken = before.aggregate(first=Min("framed_at"), last=Max("framed_at"))
    if taken["first"] is None:
        return None
    at = max(start_of(localdate(taken["first"])), taken["last"] - LATE)
    frames = before.filter(framed_at__gt=at).select_related("frame_file")
    lines = (keys for one in frames for _stratum, keys in runs_of(frame_blocks(one)()))
    return Since(at, frozenset(key.decode() for keys in lines for key in keys))
