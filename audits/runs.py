"""What can be said of a draw without changing it: its subject in the chain, and who may take which step."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from audits.models import SamplingRun
from audits.sampling.choices import RunState, SamplePurpose
from workplace.models import Staff

SEE = "audits.view_samplingrun"
DRAW = "audits.draw_samplingrun"
SEED = "audits.seed_samplingrun"


def subject_of_run(run: SamplingRun) -> str:
    """As every seal of a draw names it."""
    return f"run:{run.pk}"


def why_not_seed(run: SamplingRun, staff: Staff) -> str:
    """Nothing when this person may give the approver's part now."""
    if run.state != RunState.FRAMED:
        return _("No part is waited for: %(state)s.") % {"state": run.get_state_display()}
    if not staff.has_perm(SEED):
        return _("Your role may not take this step.")
    if staff.pk == run.opened_by_id:
        return _("Who opened the draw cannot give the other part; another person must.")
    if staff.pk == run.version.written_by_id:
        return _("Who wrote the plan cannot give the other part; another person must.")
    return ""


def frame_since(run: SamplingRun) -> datetime | None:
    """New customers are drawn from where the last such draw of the plan ended, so that none is left out."""
    if run.plan.purpose != SamplePurpose.NEWCOMERS:
        return None
    before = SamplingRun.objects.filter(plan=run.plan, framed_at__isnull=False, pk__lt=run.pk)
    last = before.exclude(state=RunState.WITHDRAWN).order_by("-framed_at").first()
    return last.framed_at if last else None
