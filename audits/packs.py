"""The evidence packs of a draw as its page shows them: each with its HEAD, and the one being made."""

from __future__ import annotations

from typing import Any

from agents.models.reach import reach_of
from audits.models import EvidencePack, SampleItem, SamplingRun
from audits.models.sampling_queryset import of_own_units
from workplace.jobs import UNFINISHED
from workplace.models import Job, Staff

PACK = "audits.pack_samplingrun"
KIND = "evidence_pack"


def key_of(run: SamplingRun) -> str:
    """One job at a time for each draw."""
    return f"{KIND}:{run.pk}"


def sees_all(staff: Staff, run: SamplingRun) -> bool:
    """A pack holds frame and items: it is for those alone who see the whole book and work for none of it."""
    if not (staff.is_active and staff.has_perm(PACK) and reach_of(staff).everything):
        return False
    return not SampleItem.objects.filter(of_own_units(staff), run=run).exists()


def packs_of(run: SamplingRun, staff: Staff) -> dict[str, Any]:
    """For `audits/parts/run_packs.html`; the newest first."""
    packs = EvidencePack.objects.filter(run=run).select_related("file", "seal", "made_by").order_by("-pk")
    job = Job.objects.filter(unique_key=key_of(run)).order_by("-pk").first()
    return {
        "packs": list(packs),
        "pack_job": job if job is not None and job.state in UNFINISHED else None,
        "pack_fault": job.error if job is not None and job.state == "failed" else "",
        "may_pack": run.drawn_at is not None and sees_all(staff, run),
    }
