"""Ends a sample with what it proves, sealed; afterwards it is extended or stays as it is."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from audits.concluding import why_not_conclude
from audits.models import RunConclusion, SamplingRun
from audits.operations.seals import seal
from audits.run_figures import figures_of
from audits.runs import subject_of_run
from audits.sampling.choices import RunState, SealKind
from audits.sampling.sealing import conclusion_sealed
from workplace.models import Staff
from workplace.operations.staff import recorded

LONGEST = 2000


class ConclusionRefused(Exception):
    """The sample cannot be concluded yet, or not by this person; its text says why."""


def conclude(*, run: SamplingRun, actor: Staff, at: datetime, note: str = "") -> RunConclusion:
    """Rates, bounds and verdict as they are now, kept for good; raises ConclusionRefused.

    The second of two at once is refused. After an extension one concludes anew, in a further row.
    """
    with transaction.atomic(), recorded(actor, "sample concluded"):
        rows = SamplingRun.objects.select_for_update(of=("self",)).select_related("plan", "version")
        found: SamplingRun = rows.get(pk=run.pk)
        if reason := why_not_conclude(found, actor):
            raise ConclusionRefused(reason)
        results = figures_of(found)
        figures = results.to_json()
        link = seal(
            kind=SealKind.CONCLUSION,
            subject=subject_of_run(found),
            content=conclusion_sealed(figures=figures, verdict=results.verdict, by=actor.username),
            actor=actor,
            at=at,
        )
        concluded = RunConclusion.objects.create(
            run=found,
            figures=figures,
            verdict=results.verdict,
            extend_by=results.extend_by,
            note=note.strip()[:LONGEST],
            concluded_by=actor,
            concluded_at=at,
            seal=link,
        )
        found.state = RunState.CONCLUDED
        found.save(update_fields=["state"])
    return concluded
