"""What can be said of a draw without changing it: its subject in the chain, and who may take which step."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from audits.frames import has_newcomers
from audits.models import PlanVersion, SamplingPlan, SamplingRun
from audits.plan_reading import plans_seen_by
from audits.sampling.choices import PlanState, RunState, SamplePurpose
from workplace.models import Staff

SEE = "audits.view_samplingrun"
DRAW = "audits.draw_samplingrun"
SEED = "audits.seed_samplingrun"


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


def frame_since(run: SamplingRun) -> datetime | None:
    """New customers are drawn from where the last such draw of the plan ended, so that none is left out."""
    return _last_end(run.plan, SamplingRun.objects.filter(pk__lt=run.pk))


def nobody_came(version: PlanVersion, at: datetime) -> bool:
    """Of a plan of new customers: since its last draw there is nobody to draw."""
    if version.plan.purpose != SamplePurpose.NEWCOMERS:
        return False
    since = _last_end(version.plan, SamplingRun.objects.all())
    return not has_newcomers(version, localdate(at), since=since, until=at)


def _last_end(plan: SamplingPlan, runs: QuerySet[SamplingRun]) -> datetime | None:
    if plan.purpose != SamplePurpose.NEWCOMERS:
        return None
    before = runs.filter(plan=plan, framed_at__isnull=False).exclude(state=RunState.WITHDRAWN)
    last = before.order_by("-framed_at").first()
    return last.framed_at if last else None
