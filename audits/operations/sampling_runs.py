"""A draw from the sealed part of its seed to the seed itself: opened, framed, seeded, or withdrawn."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import date, datetime, timedelta

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _

from audits.frame_text import frame_text
from audits.frames import frame_of, labels_of
from audits.models import PlanVersion, SampleReview, SampleStratum, SamplingPlan, SamplingRun
from audits.operations.sample_giving import take_back
from audits.operations.seals import seal
from audits.past_rates import past_rates
from audits.plan_reading import approvers
from audits.run_files import WrittenFrame, written_frame
from audits.runs import frame_since, nobody_came, subject_of_run, why_not_draw, why_not_open, why_not_seed
from audits.sample_reviews import IN_HAND
from audits.sampling.choices import PlanState, RunOccasion, RunState, SamplePurpose, SamplingPeriod, SealKind
from audits.sampling.planning import plan_size
from audits.sampling.schedule import due_period
from audits.sampling.sealing import frame_sealed, machine_part_sealed, seed_sealed, withdrawal_sealed
from audits.sampling.selection import ALGORITHM, NoFrame, seal_of, seed_of
from workplace.calendar import WorkingCalendar
from workplace.choices import FilePurpose
from workplace.jobs import UNFINISHED, WORKER_DIED, JobRefused, cancel_job, start_job
from workplace.models import Staff
from workplace.operations.files import store_file
from workplace.operations.notices import notify
from workplace.operations.staff import recorded

KIND = "sampling"
LEAST_PART = 6
MOST_PART = 200
NEWCOMERS_FROM = 18
"""The hour from which a day's new customers are drawn; who comes later is drawn the next time."""
IDLE = timedelta(hours=1)
UNDER_WAY = (RunState.OPENED, RunState.SEEDED)
CAN_BE_WITHDRAWN = (RunState.OPENED, RunState.FRAMED, RunState.SEEDED, RunState.DRAWN)


class RunRefused(Exception):
    """The draw cannot take this step; its text says why."""


def open_run(
    *,
    plan: SamplingPlan,
    occasion: RunOccasion,
    actor: Staff | None,
    at: datetime,
    period: str = "",
    replaces: SamplingRun | None = None,
) -> SamplingRun:
    """Seals the machine's part, then lets a job take the frame.

    By schedule, the one of the period if it is there; nobody is the actor where the clock opens it.
    """
    if reason := why_not_open(plan, actor):
        raise RunRefused(reason)
    version = plan.versions.get(state=PlanState.APPROVED)
    if nobody_came(version, at):
        raise RunRefused(_("No customer was recorded since the last draw of this plan."))
    part = secrets.token_hex(32)
    try:
        with transaction.atomic(), recorded(actor, "draw opened"):
            run = SamplingRun.objects.create(
                plan=plan,
                version=version,
                occasion=occasion,
                period=period or localdate(at).isoformat(),
                replaces=replaces,
                algorithm=ALGORITHM,
                machine_part=part,
                machine_seal=seal_of(part),
                opened_at=at,
                opened_by=actor,
            )
            _seal(run, SealKind.MACHINE_PART, machine_part_sealed(part), actor, at)
            _start(run, actor, at)
    except IntegrityError as error:
        return _the_one_there(plan, occasion, period, replaces, error)
    return run


def _the_one_there(
    plan: SamplingPlan, occasion: str, period: str, replaces: SamplingRun | None, error: IntegrityError
) -> SamplingRun:
    """Another scheduler, or another click, was first."""
    same = SamplingRun.objects.filter(plan=plan)
    if occasion == RunOccasion.SCHEDULED:
        same = same.filter(occasion=occasion, period=period)
    elif replaces is not None:
        same = same.filter(replaces=replaces)
    else:
        raise error
    found: SamplingRun | None = same.first()
    if found is None:
        raise error
    return found


def open_instead(*, run: SamplingRun, actor: Staff, at: datetime) -> SamplingRun:
    """A new draw for the period of a withdrawn one, which stays beside it."""
    if run.state != RunState.WITHDRAWN:
        raise RunRefused(_("Only a withdrawn draw is replaced by another."))
    return open_run(
        plan=run.plan, occasion=RunOccasion.INSTEAD, actor=actor, at=at, period=run.period, replaces=run
    )


def open_due_runs(*, at: datetime) -> list[SamplingRun]:
    """Of each plan in force whose day of the period has come; and sends on its way what lies idle."""
    calendar = WorkingCalendar()
    found: list[SamplingRun] = []
    versions = PlanVersion.objects.filter(state=PlanState.APPROVED, plan__retired_at__isnull=True)
    for version in versions.exclude(period=SamplingPeriod.BY_HAND).select_related("plan").order_by("pk"):
        period = due_period(version, localdate(at), calendar)
        if period is None:
            continue
        there = SamplingRun.objects.filter(
            plan=version.plan, period=period, occasion=RunOccasion.SCHEDULED
        ).exists()
        if not there and not _too_early(version, at):
            found.append(
                open_run(plan=version.plan, occasion=RunOccasion.SCHEDULED, actor=None, at=at, period=period)
            )
    _wake(at)
    return found


def _too_early(version: PlanVersion, at: datetime) -> bool:
    """Of new customers also as long as there are none: a day without has no draw, and that is no fault."""
    early = version.plan.purpose == SamplePurpose.NEWCOMERS and localtime(at).hour < NEWCOMERS_FROM
    return early or nobody_came(version, at)


def _wake(at: datetime) -> None:
    """A draw whose job has ended without ending it gets another one."""
    for run in SamplingRun.objects.filter(state__in=UNDER_WAY).select_related("job").order_by("pk"):
        if _lies_idle(run, at):
            with transaction.atomic():
                _start(run, run.opened_by, at)


def _lies_idle(run: SamplingRun, at: datetime) -> bool:
    """At once when its worker died; what was refused is tried again after a while, for the book changes."""
    job = run.job
    if job is None:
        return True
    ended = job.finished_at or at
    return job.state not in UNFINISHED and (job.error == WORKER_DIED or ended <= at - IDLE)


def _start(run: SamplingRun, actor: Staff | None, at: datetime) -> None:
    job = start_job(kind=KIND, parameters={"run": run.pk}, actor=actor, at=at, unique_key=f"{KIND}:{run.pk}")
    SamplingRun.objects.filter(pk=run.pk).update(job=job)
    run.job = job


def locked_run(run: SamplingRun) -> SamplingRun:
    found: SamplingRun = (
        SamplingRun.objects.select_for_update(of=("self",)).select_related("plan", "version").get(pk=run.pk)
    )
    return found


def take_frame(*, run: SamplingRun, at: datetime) -> SamplingRun:
    """The frame as it is now, in order, kept and sealed with its strata and how many each will give.

    Of two at once the first one's frame stays. Raises JobRefused where the plan cannot be met.
    """
    today = localdate(at)
    try:
        since = frame_since(run)
    except NoFrame as error:
        text = _("The frame of an earlier draw of this plan cannot be used: %(why)s.")
        raise JobRefused(text % {"why": str(error)}) from error
    rows = frame_of(run.version, today, since=since, until=at)
    try:
        with written_frame(frame_text(rows)) as frame:
            return _sealed(run, frame, today, at)
    except NoFrame as error:
        raise JobRefused(_("A number of the book cannot stand in a frame.")) from error


def _sealed(run: SamplingRun, frame: WrittenFrame, today: date, at: datetime) -> SamplingRun:
    if not frame.size:
        raise JobRefused(_("The frame is empty: nothing of the book meets the plan."))
    labels = labels_of(run.version.strata, frame.counts)
    counts = {key: (labels[key], size) for key, size in frame.counts.items()}
    planned = plan_size(run.version, counts, past_rates(run.version, today))
    with transaction.atomic(), recorded(None, "frame taken"):
        found = locked_run(run)
        if found.state != RunState.OPENED:
            return found
        strata = [
            SampleStratum(run=found, key=key, label=label[:300], size=size, quota=planned.quotas[key])
            for key, (label, size) in sorted(counts.items())
        ]
        SampleStratum.objects.bulk_create(strata)
        _keep(found, frame, at)
        quotas = [(one.key, one.size, one.quota) for one in strata]
        content = frame_sealed(digest=frame.digest, size=frame.size, strata=quotas)
        _seal(found, SealKind.FRAME, content, None, at)
        _ask_for_part(found, at)
    return found


def _keep(run: SamplingRun, frame: WrittenFrame, at: datetime) -> None:
    run.frame_file = store_file(
        content=File(frame.file),
        name=f"frame-{run.pk}.tsv",
        purpose=FilePurpose.SAMPLE,
        owner=run.opened_by or run.version.written_by,
        at=at,
        media_type="text/tab-separated-values",
    )
    run.frame_digest, run.frame_size, run.framed_at = frame.digest, frame.size, at
    run.state = RunState.FRAMED
    run.save(update_fields=["frame_file", "frame_digest", "frame_size", "framed_at", "state"])


def _ask_for_part(run: SamplingRun, at: datetime) -> None:
    """Of everybody who may give it."""
    people = [one for one in approvers() if not why_not_seed(run, one)]
    notify(
        recipients=people,
        kind="frame_sealed",
        key=f"frame:{run.pk}",
        detail={"plan": run.plan.name, "period": run.period, "size": run.frame_size},
        link=reverse("sampling_run", args=[run.pk]),
        at=at,
    )


def give_seed(
    *, run: SamplingRun, part: str, actor: Staff, at: datetime, frame_digest: str = ""
) -> SamplingRun:
    """The approver's part, after the frame was sealed; with it the seed stands, and a job draws.

    `frame_digest`, where given, is the one the approver saw.
    """
    text = unicodedata.normalize("NFC", part).strip()
    if not LEAST_PART <= len(text) <= MOST_PART or not text.isprintable():
        raise RunRefused(
            _("Your part has %(least)s to %(most)s characters in one line.")
            % {"least": LEAST_PART, "most": MOST_PART}
        )
    with transaction.atomic(), recorded(actor, "seed given"):
        found = locked_run(run)
        if reason := why_not_seed(found, actor):
            raise RunRefused(reason)
        if frame_digest and frame_digest != found.frame_digest:
            raise RunRefused(_("The page shows another frame than the sealed one; load it again."))
        found.approver_part, found.seeded_by, found.seeded_at = text, actor, at
        found.seed = seed_of(
            machine_part=found.machine_part,
            approver_part=text,
            frame_digest=found.frame_digest,
            algorithm=found.algorithm,
        )
        found.state = RunState.SEEDED
        found.save(update_fields=["approver_part", "seeded_by", "seeded_at", "seed", "state"])
        content = seed_sealed(
            seed=found.seed,
            frame=found.frame_digest,
            machine_part=found.machine_part,
            approver_part=text,
            by=actor.username,
        )
        _seal(found, SealKind.SEED, content, actor, at)
        _start(found, actor, at)
    return found


def withdraw(*, run: SamplingRun, reason: str, actor: Staff, at: datetime) -> SamplingRun:
    """It stays to be seen, with its items and who withdrew it why; its reviews are taken back."""
    if why_not := why_not_draw(run.plan, actor):
        raise RunRefused(why_not)
    if not reason.strip():
        raise RunRefused(_("Say why; the reason stays with the draw."))
    with transaction.atomic(), recorded(actor, "draw withdrawn"):
        found = locked_run(run)
        if found.state not in CAN_BE_WITHDRAWN:
            raise RunRefused(
                _("This draw cannot be withdrawn: %(state)s.") % {"state": found.get_state_display()}
            )
        found.state = RunState.WITHDRAWN
        found.withdrawn_at, found.withdrawn_by, found.withdrawal_reason = at, actor, reason.strip()
        found.save(update_fields=["state", "withdrawn_at", "withdrawn_by", "withdrawal_reason"])
        for review in SampleReview.objects.filter(item__run=found, state__in=IN_HAND).order_by("pk"):
            take_back(review=review, actor=actor, at=at)
        content = withdrawal_sealed(reason=found.withdrawal_reason, by=actor.username)
        _seal(found, SealKind.WITHDRAWAL, content, actor, at)
        if found.job is not None and found.job.state in UNFINISHED:
            cancel_job(job=found.job, actor=actor, at=at)
    return found


def _seal(run: SamplingRun, kind: SealKind, content: bytes, actor: Staff | None, at: datetime) -> None:
    seal(kind=kind, subject=subject_of_run(run), content=content, actor=actor, at=at)
