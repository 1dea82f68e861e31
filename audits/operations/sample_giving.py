"""Who reviews what: by load among those who may, some of it twice, and again when somebody may no longer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from audits.choices import FindingState
from audits.eligibility import GIVE, Judge, may_review
from audits.models import Finding, SampleItem, SampleReview, SamplingRun
from audits.newcomers import swept_until
from audits.operations.sweep import resweep_subjects
from audits.sample_reviews import IN_HAND, reviewers_of
from audits.sampling.choices import ItemOutcome, RunState, SamplePurpose, SampleReviewState
from audits.sampling.reviewing import twice
from customers.choices import GrantSource
from customers.operations.grants import end_grants
from workplace.absences import absent
from workplace.calendar import add_working_days
from workplace.models import Staff
from workplace.operations.notices import notify
from workplace.operations.staff import recorded

BATCH = 1_000


class GivingRefused(Exception):
    """It cannot be given so; its text says why."""


@dataclass(frozen=True)
class Given:
    """How many reviews were given now, and the numbers of items that nobody of the plan may review."""

    reviews: int
    left: list[str]


@dataclass
class _Desk:
    """The reviewers with what each has in hand."""

    judge: Judge
    load: dict[int, int]
    people: list[Staff]

    def choose(self, item: SampleItem, but: set[int]) -> Staff | None:
        """The one with the least in hand who may, and has not had it."""
        for person in sorted(self.people, key=lambda one: (self.load.get(one.pk, 0), one.pk)):
            if person.pk not in but and not self.judge.why_not(person, item):
                self.load[person.pk] = self.load.get(person.pk, 0) + 1
                return person
        return None


def give_items(*, run: SamplingRun, actor: Staff | None, at: datetime) -> Given:
    """All items without a reviewer, and a share of them to a second; safe to repeat.

    New customers without an open finding are right at once. Reviewers are those of the plan's version, else
    everybody in compliance.
    """
    with transaction.atomic(), recorded(actor, "samples given"):
        found = SamplingRun.objects.select_for_update(of=("self",)).select_related("version", "plan")
        run = found.get(pk=run.pk)
        if run.state != RunState.DRAWN:
            raise GivingRefused(_("Only a sample that is being reviewed is given to reviewers."))
        if run.plan.purpose == SamplePurpose.NEWCOMERS:
            pass_clean(run=run, at=at)
        items = list(run.items.exclude(outcome=ItemOutcome.SUBSTITUTED).order_by("stratum", "place"))
        new, left = _shared_out(run, items, at)
        SampleReview.objects.bulk_create(new, batch_size=BATCH)
        _tell(run, new, at)
    return Given(len(new), left)


def _shared_out(
    run: SamplingRun, items: Sequence[SampleItem], at: datetime
) -> tuple[list[SampleReview], list[str]]:
    had: dict[int, dict[int, int]] = {}
    for review in SampleReview.objects.filter(item__run=run).exclude(state=SampleReviewState.VOID):
        had.setdefault(review.item_id, {})[review.round] = review.reviewer_id
    keys = {item.key for item in items if item.pk in had or item.outcome == ItemOutcome.PENDING}
    second = twice(seed=run.seed, keys=keys, share=float(run.version.second_share))
    pending = [item for item in items if item.outcome == ItemOutcome.PENDING]
    desk = _desk(run, pending, at)
    due = run.due_on or add_working_days(localdate(at), run.version.deadline_days)
    new: list[SampleReview] = []
    left: list[str] = []
    for item in pending:
        known = had.setdefault(item.pk, {})
        for turn in (1, 2) if item.key in second else (1,):
            if turn in known:
                continue
            person = desk.choose(item, set(known.values()) | _sent_back(item))
            if person is None:
                left.append(item.key)
                continue
            known[turn] = person.pk
            new.append(SampleReview(item=item, round=turn, reviewer=person, given_at=at, due_on=due))
    return new, left


def _sent_back(item: SampleItem) -> set[int]:
    """Who had it in hand and gave it back does not get it again."""
    rows = SampleReview.objects.filter(item=item, state=SampleReviewState.VOID)
    return set(rows.values_list("reviewer", flat=True))


def _desk(run: SamplingRun, items: Sequence[SampleItem], at: datetime) -> _Desk:
    today = localdate(at)
    people = reviewers_of(run)
    here = [one for one in people if one.pk not in absent(today)]
    rows = SampleReview.objects.filter(reviewer__in=people, state__in=IN_HAND).order_by()
    load = dict(rows.values_list("reviewer").annotate(n=Count("pk")))
    return _Desk(Judge(items, today=today), load, here or people)


def _tell(run: SamplingRun, new: Iterable[SampleReview], at: datetime) -> None:
    counts: dict[int, int] = {}
    for review in new:
        counts[review.reviewer_id] = counts.get(review.reviewer_id, 0) + 1
    for person, count in counts.items():
        notify(
            recipients=[person],
            kind="samples_given",
            key=f"samples:{run.pk}:{at.isoformat()}",
            at=at,
            detail={"plan": run.plan.name, "count": count},
            link="/my-reviews/",
        )


def pass_clean(*, run: SamplingRun, at: datetime) -> int:
    """New customers against whom the rules have nothing are right without a person; says how many.

    Whom no sweep has looked at yet is looked at first: that nobody has asked the rules says nothing.
    """
    faulty = Finding.objects.filter(state=FindingState.OPEN, customer__isnull=False).values("customer")
    with transaction.atomic():
        rows = run.items.filter(outcome=ItemOutcome.PENDING, customer__isnull=False)
        clean = rows.exclude(customer__in=faulty)
        unswept = clean.filter(customer__gt=swept_until())
        ids = list(unswept.order_by("customer").values_list("customer", flat=True))
        for begin in range(0, len(ids), BATCH):
            resweep_subjects(customer_ids=ids[begin : begin + BATCH], at=at, actor=None)
        return clean.update(outcome=ItemOutcome.RIGHT, decided_at=at)


def give_to(*, item: SampleItem, reviewer: Staff, actor: Staff, at: datetime) -> SampleReview:
    """By hand, in the place of whoever has it; what was typed stays with the one taken back."""
    if not actor.has_perm(GIVE) or not SampleItem.objects.visible_to(actor).filter(pk=item.pk).exists():
        raise GivingRefused(_("Your role may not take this step."))
    with transaction.atomic(), recorded(actor, "sample given"):
        locked = SampleItem.objects.select_for_update(of=("self",)).select_related("run__version")
        item = locked.get(pk=item.pk)
        if item.outcome != ItemOutcome.PENDING or item.run.state != RunState.DRAWN:
            raise GivingRefused(_("It is decided already."))
        if reason := may_review(reviewer, item, today=localdate(at)):
            raise GivingRefused(reason)
        standing = item.reviews.exclude(state=SampleReviewState.VOID)
        if standing.filter(reviewer=reviewer).exists():
            raise GivingRefused(_("%(who)s has it already.") % {"who": reviewer.name})
        review = standing.filter(state__in=IN_HAND).order_by("round").first()
        due = item.run.due_on or add_working_days(localdate(at), item.run.version.deadline_days)
        turn = 1
        if review is not None:
            take_back(review=review, actor=actor, at=at)
            turn, due = review.round, review.due_on
        new: SampleReview = SampleReview.objects.create(
            item=item, round=turn, reviewer=reviewer, given_at=at, due_on=due
        )
        _tell(item.run, [new], at)
    return new


def hand_back(*, review: SampleReview, reason: str, actor: Staff, at: datetime) -> Given:
    """By the reviewer, with the reason; another of the plan gets the item at once, never the same person."""
    if review.reviewer_id != actor.pk or not reason.strip():
        raise GivingRefused(_("Say in words why another person has to review it."))
    with transaction.atomic(), recorded(actor, "sample handed back"):
        SampleReview.objects.filter(pk=review.pk, state__in=IN_HAND).update(note=reason.strip()[:2000])
        take_back(review=review, actor=actor, at=at)
        return give_items(run=review.item.run, actor=actor, at=at)


def take_back(*, review: SampleReview, actor: Staff | None, at: datetime) -> None:
    """Out of somebody's hands; sight of the customer ends with it."""
    with transaction.atomic(), recorded(actor, "sample taken back"):
        found: SampleReview = SampleReview.objects.select_for_update(of=("self",)).get(pk=review.pk)
        if found.state not in IN_HAND:
            return
        found.state = SampleReviewState.VOID
        found.version += 1
        found.save(update_fields=["state", "version"])
        end_grants(source=GrantSource.SAMPLE, source_id=found.item_id, at=at, staff=found.reviewer)
