"""From a seed to the items of a sample, and further down the same order: extensions and substitutes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Model
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from audits.concluding import extension_of, why_not_extend
from audits.models import ChangeRequest, Rectification, SampleItem, SampleReview, SampleStratum, SamplingRun
from audits.operations.sample_giving import give_items, take_back
from audits.operations.sampling_runs import RunRefused, locked_run, take_frame
from audits.operations.seals import seal
from audits.operations.substitution_rules import why_not_substitute
from audits.past_rates import past_rates
from audits.run_files import frame_blocks
from audits.runs import subject_of_run, why_not_draw
from audits.sample_reviews import IN_HAND
from audits.sampling.allocation import NotPlannable, Stratum, equal, neyman, proportional
from audits.sampling.choices import Allocation, ItemOrigin, ItemOutcome, RunState, SealKind
from audits.sampling.frames import FrameSubject, subject_of
from audits.sampling.sealing import items_sealed, substitution_sealed
from audits.sampling.selection import NoFrame
from audits.sampling.selection import draw as select
from audits.sampling.substitution import SubstitutionRule
from customers.models import Customer
from policies.models import Policy
from workplace.calendar import add_working_days
from workplace.jobs import JobRefused, JobRun
from workplace.models import Staff
from workplace.operations.staff import recorded

BATCH = 2_000
RECORDS: dict[FrameSubject, tuple[str, type[Model]]] = {
    FrameSubject.POLICY: ("policy_id", Policy),
    FrameSubject.CUSTOMER: ("customer_id", Customer),
    FrameSubject.RECTIFICATION: ("rectification_id", Rectification),
    FrameSubject.CHANGE: ("change_request_id", ChangeRequest),
}


@dataclass(frozen=True)
class Place:
    """Who stands where in the order of a stratum."""

    stratum: SampleStratum
    place: int
    key: str

    @property
    def sealed(self) -> tuple[str, int, str]:
        return self.stratum.key, self.place, self.key


def draw(*, run: SamplingRun, at: datetime) -> SamplingRun:
    """From the sealed frame and nothing else; all items with their seal, or none. Raises JobRefused."""
    strata = {stratum.key: stratum for stratum in run.strata.all()}
    places = _places(run, strata, {key: (0, stratum.quota) for key, stratum in strata.items()})
    with transaction.atomic(), recorded(None, "sample drawn"):
        found = locked_run(run)
        if found.state != RunState.SEEDED:
            return found
        found.state, found.drawn_at = RunState.DRAWN, at
        found.due_on = add_working_days(localdate(at), found.version.deadline_days)
        found.save(update_fields=["state", "drawn_at", "due_on"])
        _write(found, places, ItemOrigin.DRAWN, at)
        content = items_sealed(seed=found.seed, items=[one.sealed for one in places])
        seal(kind=SealKind.DRAW, subject=subject_of_run(found), content=content, actor=None, at=at)
    return found


def _places(
    run: SamplingRun, strata: Mapping[str, SampleStratum], spans: Mapping[str, tuple[int, int]]
) -> list[Place]:
    """Of each stratum the places after the first number up to the second."""
    wanted = {key: upto for key, (after, upto) in spans.items() if upto > after}
    sizes = {key: stratum.size for key, stratum in strata.items()}
    try:
        found = select(frame_blocks(run), seed=run.seed, quotas=wanted, sizes=sizes)
    except NoFrame as error:
        text = _("The frame of this draw cannot be used: %(why)s.")
        raise JobRefused(text % {"why": str(error)}) from error
    return [
        Place(strata[key], place, number)
        for key, numbers in found.items()
        for place, number in enumerate(numbers, start=1)
        if place > spans[key][0]
    ]


def _write(run: SamplingRun, places: Sequence[Place], origin: ItemOrigin, at: datetime, **more: Any) -> None:
    column, model = RECORDS[subject_of(run.plan.purpose)]
    numbers = [one.key for one in places]
    known: dict[str, int] = dict(
        model._default_manager.filter(number__in=numbers).values_list("number", "pk")
    )
    if gone := [number for number in numbers if number not in known]:
        text = _("%(number)s of the frame is no longer in the book; withdraw this draw and draw anew.")
        raise JobRefused(text % {"number": gone[0]})
    items = [
        SampleItem(
            run=run,
            stratum=one.stratum,
            place=one.place,
            key=one.key,
            origin=origin,
            added_at=at,
            **{column: known[one.key]},
            **more,
        )
        for one in places
    ]
    SampleItem.objects.bulk_create(items, batch_size=BATCH)


def extend(*, run: SamplingRun, actor: Staff, at: datetime) -> list[str]:
    """As many more as its conclusion names, the next ones in the order of each stratum; in review again.

    Returns the new keys. The seed is the same, so whoever extends cannot choose; nor can whoever concluded.
    """
    with transaction.atomic(), recorded(actor, "sample extended"):
        found = locked_run(run)
        if refusal := why_not_extend(found, actor):
            raise RunRefused(refusal)
        strata = {stratum.key: stratum for stratum in found.strata.all()}
        places = _next_places(found, strata, extension_of(found), localdate(at))
        found.state = RunState.DRAWN
        found.due_on = add_working_days(localdate(at), found.version.deadline_days)
        found.save(update_fields=["state", "due_on"])
        _write(found, places, ItemOrigin.EXTENSION, at)
        content = items_sealed(seed=found.seed, items=[one.sealed for one in places])
        seal(kind=SealKind.EXTENSION, subject=subject_of_run(found), content=content, actor=actor, at=at)
        give_items(run=found, actor=actor, at=at)
    return [one.key for one in places]


def _next_places(run: SamplingRun, strata: Mapping[str, SampleStratum], by: int, today: date) -> list[Place]:
    have = taken(run)
    rates = past_rates(run.version, today)
    parts = [Stratum(key, stratum.size, rates.get(key), have.get(key, 0)) for key, stratum in strata.items()]
    share: dict[str, Callable[[Sequence[Stratum], int], dict[str, int]]] = {
        Allocation.EQUAL: equal,
        Allocation.NEYMAN: neyman,
    }
    try:
        totals = share.get(run.version.allocation, proportional)(parts, sum(have.values()) + by)
    except NotPlannable as error:
        raise RunRefused(_("So many cannot be shared out over the strata.")) from error
    return _refusing(run, strata, {key: (have.get(key, 0), total) for key, total in totals.items()})


def _refusing(
    run: SamplingRun, strata: Mapping[str, SampleStratum], spans: Mapping[str, tuple[int, int]]
) -> list[Place]:
    try:
        return _places(run, strata, spans)
    except JobRefused as refusal:
        raise RunRefused(str(refusal)) from refusal


def taken(run: SamplingRun) -> dict[str, int]:
    """How many places of each stratum are taken; they run on from 1 without a gap."""
    rows = run.items.order_by().values("stratum__key").annotate(last=Max("place"), n=Count("pk"))
    return {row["stratum__key"]: row["last"] for row in rows}


def substitute(*, item: SampleItem, reason: str, actor: Staff, at: datetime) -> SampleItem:
    """The next in the order of its stratum stands for it; `reason` is a SubstitutionRule that must hold.

    The one replaced stays, and its reviews are taken back.
    """
    if refusal := why_not_draw(item.run.plan, actor):
        raise RunRefused(refusal)
    if reason not in SubstitutionRule.values:
        raise RunRefused(_("A member of a sample is substituted by rule only."))
    with transaction.atomic(), recorded(actor, "sample item substituted"):
        run = locked_run(item.run)
        locked = SampleItem.objects.select_for_update(of=("self",)).select_related("stratum", "policy")
        old: SampleItem = locked.get(pk=item.pk, run=run)
        if run.state != RunState.DRAWN:
            raise RunRefused(_("Only a sample in review has its members substituted."))
        if why_not := why_not_substitute(old, SubstitutionRule(reason), localdate(at)):
            raise RunRefused(why_not)
        last = taken(run)[old.stratum.key]
        if last >= old.stratum.size:
            raise RunRefused(_("Its stratum has nobody left to stand for it."))
        (place,) = _refusing(run, {old.stratum.key: old.stratum}, {old.stratum.key: (last, last + 1)})
        _write(run, [place], ItemOrigin.SUBSTITUTE, at, stands_for=old, substitution_reason=reason)
        for review in SampleReview.objects.filter(item=old, state__in=IN_HAND).order_by("pk"):
            take_back(review=review, actor=actor, at=at)
        SampleItem.objects.filter(pk=old.pk).update(outcome=ItemOutcome.SUBSTITUTED, decided_at=at)
        content = substitution_sealed(
            seed=run.seed,
            item=place.sealed,
            stands_for=(old.stratum.key, old.place, old.key),
            reason=reason,
        )
        seal(kind=SealKind.SUBSTITUTION, subject=subject_of_run(run), content=content, actor=actor, at=at)
        give_items(run=run, actor=actor, at=at)
    new: SampleItem = SampleItem.objects.get(stands_for=old)
    return new


def run_sampling(job: JobRun, now: Callable[[], datetime]) -> dict[str, Any]:
    """The job's handler: takes a draw as far as it can go without a person; safe to be killed anywhere."""
    run = SamplingRun.objects.select_related("plan", "version").filter(pk=job.parameters["run"]).first()
    if run is None:
        return {}
    if run.state == RunState.OPENED:
        run = take_frame(run=run, at=now())
        _advance(job)
    if run.state == RunState.SEEDED:
        run = draw(run=run, at=now())
        _advance(job)
    if run.state == RunState.DRAWN:
        given = give_items(run=run, actor=None, at=now())
        return {"run": run.pk, "state": run.state, "reviews": given.reviews, "left": len(given.left)}
    return {"run": run.pk, "state": run.state}


def _advance(job: JobRun) -> None:
    with transaction.atomic():
        job.advance(done=1, total=1)
