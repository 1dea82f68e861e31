"""The history of sweeps: what each looked at, by which versions, how far it saw, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from audits.catalogue import catalogue
from audits.changed import Changed, Marks, base_of, changed_since, marks_now, register_changed, settings_of
from audits.choices import SweepScope
from audits.evaluation import asked
from audits.judging import notice_date
from audits.models import Sweep
from authenticity.rule import RuleValues
from workplace.models import Job


def begin_sweep(
    *, job: Job | None, scope: SweepScope, codes: Collection[str], at: datetime, values: RuleValues
) -> Sweep:
    """The run of this job; one that a killed worker began goes on with its own marks."""
    if job is not None and (found := Sweep.objects.filter(job=job).first()) is not None:
        return found
    marks = marks_now(today=values.today, settings=digest(values), notice_date=str(notice_date(values)))
    rules = asked(codes or None)
    return Sweep.objects.create(
        job=job,
        scope=scope,
        codes=sorted(codes),
        rule_versions={rule.code: values.setting(rule.code).version for rule in rules},
        started_at=at,
        changes_before=marks.since,
        marks=marks.as_json(),
    )


def end_sweep(*, sweep: Sweep, counts: Mapping[str, int], records: int, at: datetime) -> None:
    sweep.finished_at, sweep.records = at, records
    for name in ("opened", "closed", "reopened", "changed"):
        setattr(sweep, name, counts.get(name, 0))
    sweep.save(update_fields=["finished_at", "records", "opened", "closed", "reopened", "changed"])


def digest(values: RuleValues) -> str:
    return settings_of(values, catalogue().values())


def must_be_full(values: RuleValues) -> bool:
    """Nothing to build on, another day's or other settings' verdicts, or a changed register of sellers."""
    base = base_of()
    if base is None:
        return True
    return base.settings != digest(values) or register_changed(base)


def changes_for(sweep: Sweep, base: Marks | None, today: date) -> Changed | None:
    """What changed since the sweeps before this one, which saw as far as `base`; None where none can tell.

    Where another day now parts old business from new, every finding is to be judged again.
    """
    if base is None or base.notice_date != sweep.marks["notice_date"]:
        return None
    return changed_since(base, sweep.marks["keys"], today)
