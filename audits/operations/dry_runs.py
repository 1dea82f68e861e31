"""Measures a change before it is saved: at once in a small book, as a job in a large one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from audits.models import RuleChange
from audits.rulebook.measure import Effect, effect_of
from customers.models import Customer
from workplace.jobs import JobRun, start_job
from workplace.models import Job, Staff

KIND = "dry_run"
SMALL_BOOK = 3_000


def measure_change(*, change: RuleChange, actor: Staff, at: datetime) -> Job | None:
    """The job that measures it, or None when the counts are there already."""
    if not is_large():
        _keep(change.pk, effect_of(change, today=localdate(at), step=lambda done, total: None), at)
        change.refresh_from_db()
        return None
    job = start_job(
        kind=KIND,
        parameters={"change": change.pk},
        actor=actor,
        at=at,
        unique_key=f"{KIND}:{change.pk}",
    )
    RuleChange.objects.filter(pk=change.pk).update(dry_run_job=job)
    change.dry_run_job = job
    return job


def is_large() -> bool:
    return len(Customer.objects.order_by("pk").values_list("pk", flat=True)[: SMALL_BOOK + 1]) > SMALL_BOOK


def run_dry_run(run: JobRun, now: Callable[[], datetime]) -> dict[str, Any]:
    """The job's handler; begun again from the start when it was killed, for it writes only at its end."""
    change = RuleChange.objects.filter(pk=run.parameters["change"]).first()
    if change is None:
        return {}
    at = now()

    def step(done: int, total: int) -> None:
        with transaction.atomic():
            run.advance(done=done, total=total, lasting=False)

    effect = effect_of(change, today=localdate(at), step=step)
    _keep(change.pk, effect, at)
    return {"opened": effect.opened.total(), "closed": effect.closed.total(), "changed": effect.changed}


def _keep(change_id: int, effect: Effect, at: datetime) -> None:
    RuleChange.objects.filter(pk=change_id).update(dry_run=effect.as_json(), dry_run_at=at)
