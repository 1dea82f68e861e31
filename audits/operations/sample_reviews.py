"""The steps of a review: contact, evidence, answers, the end, and a third person where two disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import PurePath

from django.db import transaction
from django.utils.dateparse import parse_date
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from audits.eligibility import GIVE, may_review
from audits.models import (
    ChecklistAnswer,
    ChecklistItem,
    Finding,
    ReviewEvidence,
    SampleItem,
    SampleReview,
)
from audits.operations.contacts import contact_customer
from audits.operations.evidence import media_type_of
from audits.operations.sample_findings import open_findings
from audits.operations.sample_giving import give_items, give_to, pass_clean, take_back
from audits.operations.sample_keying import ReviewRefused, in_hand, key_field
from audits.sample_path import said_amiss, unreached
from audits.sample_reviews import IN_HAND, customer_to_call, next_place
from audits.sampling.choices import (
    AnswerKind,
    ErrorKind,
    ItemOutcome,
    ReviewAnswer,
    RunState,
    SamplePurpose,
    SampleReviewState,
    TruthResult,
)
from audits.sampling.reviewing import BY_CONTACT, SAID, outcome_of, worst
from customers.choices import GrantSource
from customers.models import ContactAttempt
from customers.operations.grants import end_grants
from workplace.choices import FilePurpose
from workplace.models import Staff
from workplace.operations.files import store_file
from workplace.operations.staff import recorded

__all__ = [
    "ReviewRefused",
    "adjudicate",
    "contact_for_review",
    "finish_review",
    "give_items",
    "give_to",
    "key_field",
    "pass_clean",
    "prove",
    "take_back",
]
Answers = Mapping[int, tuple[str, str]]


def contact_for_review(
    *,
    review: SampleReview,
    channel: str,
    result: str,
    actor: Staff,
    at: datetime,
    point: str = "",
    note: str = "",
    asked: str = "",
    tried_at: datetime | None = None,
) -> ContactAttempt:
    """At what is on file and nothing else (requirement 162). Raises ReviewRefused and ContactRefused."""
    with transaction.atomic(), recorded(actor, "sample review"):
        found = in_hand(review=review, actor=actor, at=at)
        customer = customer_to_call(found.item)
        if customer is None:
            raise ReviewRefused(_("No customer stands behind it."))
        attempt = contact_customer(
            customer=customer,
            channel=channel,
            point=point,
            result=result,
            note=note,
            asked=asked,
            tried_at=tried_at,
            origin=origin_of(found.item),
            actor=actor,
            at=at,
        )
        found.contact = attempt
        found.version += 1
        found.save(update_fields=["contact", "version"])
    return attempt


def origin_of(item: SampleItem) -> str:
    return f"sample:{item.pk}"


def prove(
    *, review: SampleReview, name: str, content: bytes, actor: Staff, at: datetime, note: str = ""
) -> ReviewEvidence:
    """An image or PDF for good; raises ReviewRefused and EvidenceRefused."""
    media_type = media_type_of(content)
    with transaction.atomic(), recorded(actor, "sample review"):
        found = in_hand(review=review, actor=actor, at=at)
        stored = store_file(
            content=content,
            name=PurePath(name).name[:200] or "evidence",
            purpose=FilePurpose.SAMPLE,
            owner=actor,
            at=at,
            media_type=media_type,
        )
        return ReviewEvidence.objects.create(
            review=found, file=stored, note=note.strip()[:200], added_by=actor, added_at=at
        )


def finish_review(
    *,
    review: SampleReview,
    actor: Staff,
    at: datetime,
    truth: str = "",
    answers: Answers | None = None,
    note: str = "",
) -> SampleReview:
    """Everything asked is answered; the last round decides the item and opens what it found.

    Raises ReviewRefused.
    """
    with transaction.atomic(), recorded(actor, "sample review"):
        found = in_hand(review=review, actor=actor, at=at)
        kinds = [
            *_of_fields(found, truth),
            *_of_truth(found, truth),
            *_of_answers(found, answers or {}, truth, at),
        ]
        found.truth, found.note = truth, note.strip()[:2000]
        found.outcome = worst(kinds) if kinds else ErrorKind.RIGHT
        if found.outcome not in ("", ErrorKind.RIGHT) and not found.note and not found.fields.exists():
            raise ReviewRefused(_("Say in words what is wrong."))
        found.state, found.done_at = SampleReviewState.DONE, at
        found.version += 1
        found.save(update_fields=["truth", "note", "outcome", "state", "done_at", "version"])
        end_grants(source=GrantSource.SAMPLE, source_id=found.item_id, at=at, staff=actor)
        _settle(found.item, actor=actor, at=at)
        found.item.refresh_from_db(fields=["outcome", "decided_at"])
    return found


def _of_fields(review: SampleReview, truth: str) -> list[str]:
    """Identity is asked of whoever was reached; everything else has to be typed."""
    by_contact = review.item.run.plan.purpose in BY_CONTACT
    if not by_contact and next_place(review) is not None:
        raise ReviewRefused(_("There are fields left to type."))
    if by_contact:
        return []
    return [keyed.error for keyed in review.fields.all()]


def _of_truth(review: SampleReview, truth: str) -> list[str]:
    purpose = review.item.run.plan.purpose
    if purpose in BY_CONTACT:
        if truth not in TruthResult.values:
            raise ReviewRefused(_("Say what the customer says, or that nobody was reached."))
        refusal = said_amiss(review, truth) or (unreached(review) if truth == TruthResult.UNREACHABLE else "")
        if refusal:
            raise ReviewRefused(refusal)
        return [SAID[truth]]
    if truth:
        raise ReviewRefused(_("Nobody was asked in this audit."))
    if purpose == SamplePurpose.NEWCOMERS:
        rows = Finding.objects.filter(customer=review.item.customer, state="open")
        return [ErrorKind.RIGHT, *rows.values_list("kind", flat=True)]
    return []


def _of_answers(review: SampleReview, answers: Answers, truth: str, at: datetime) -> list[str]:
    """Whoever was not reached was asked nothing."""
    version = review.item.run.version.checklist
    questions: Sequence[ChecklistItem] = list(version.items.all()) if version is not None else []
    silent = SAID.get(truth, "-") == ""
    rows, kinds = [], []
    for question in questions:
        answer, text = answers.get(question.pk, ("", ""))
        if silent and not answer and not text.strip():
            continue
        rows.append(_answer(review, question, answer, text.strip()[:300]))
        failed = rows[-1].answer == ReviewAnswer.NO and question.fails
        kinds.append(_failed(review) if failed else ErrorKind.RIGHT)
    ChecklistAnswer.objects.bulk_create(rows)
    return [] if silent else kinds


def _answer(review: SampleReview, question: ChecklistItem, answer: str, text: str) -> ChecklistAnswer:
    if question.in_words:
        answer = _in_words(question, text)
    elif answer not in ReviewAnswer.values:
        raise ReviewRefused(_("Answer each question: %(question)s") % {"question": question.text})
    return ChecklistAnswer(review=review, question=question, answer=answer, text=text)


def _in_words(question: ChecklistItem, text: str) -> str:
    """Such a question decides nothing: it may be left empty."""
    if text and question.kind == AnswerKind.DATE and not _is_day(text):
        raise ReviewRefused(_("Write a day such as 2026-11-22: %(question)s") % {"question": question.text})
    return ReviewAnswer.YES if text else ReviewAnswer.NONE


def _is_day(text: str) -> bool:
    try:
        return parse_date(text) is not None
    except ValueError:  # 30 February
        return False


def _failed(review: SampleReview) -> str:
    """What an image review misses is missing; elsewhere a no says that something is not true."""
    images = review.item.run.plan.purpose == SamplePurpose.IMAGES
    return ErrorKind.MISSING if images else ErrorKind.FALSE


def _settle(item: SampleItem, *, actor: Staff, at: datetime) -> None:
    """Once every round is done. Where two disagree the worse counts, and a third person decides."""
    found: SampleItem = SampleItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    rounds = list(found.reviews.exclude(state=SampleReviewState.VOID).order_by("round"))
    if found.outcome == ItemOutcome.SUBSTITUTED or any(one.state in IN_HAND for one in rounds):
        return
    found.outcome = outcome_of([one.outcome for one in rounds])
    found.decided_at = at
    found.save(update_fields=["outcome", "decided_at"])
    if len({one.outcome or one.truth for one in rounds}) == 1:
        _report(rounds, found, actor=actor, at=at)


def _report(rounds: Sequence[SampleReview], item: SampleItem, *, actor: Staff, at: datetime) -> None:
    bearing = next((one for one in rounds if one.outcome == item.outcome), None)
    if bearing is not None and bearing.outcome != ErrorKind.RIGHT:
        open_findings(review=bearing, actor=actor, at=at)


def adjudicate(*, item: SampleItem, outcome: str, note: str, actor: Staff, at: datetime) -> SampleReview:
    """A third person decides between two; kept as round three. Raises ReviewRefused."""
    if not actor.has_perm(GIVE) or not SampleItem.objects.visible_to(actor).filter(pk=item.pk).exists():
        raise ReviewRefused(_("Your role may not take this step."))
    if outcome not in ErrorKind.values or not note.strip():
        raise ReviewRefused(_("Choose an outcome and say in words why."))
    with transaction.atomic(), recorded(actor, "sample review"):
        locked = SampleItem.objects.select_for_update(of=("self",)).select_related("run")
        found: SampleItem = locked.get(pk=item.pk)
        rounds = list(found.reviews.filter(state=SampleReviewState.DONE).order_by("round"))
        if reason := _no_third(found, rounds, actor, at):
            raise ReviewRefused(reason)
        third: SampleReview = SampleReview.objects.create(
            item=found, round=3, reviewer=actor, given_at=at, due_on=rounds[0].due_on
        )
        third.state, third.opened_at = SampleReviewState.OPEN, at
        third.save(update_fields=["state", "opened_at"])
        third.state, third.done_at = SampleReviewState.DONE, at
        third.outcome, third.note = outcome, note.strip()[:2000]
        third.save(update_fields=["state", "done_at", "outcome", "note"])
        found.outcome, found.decided_at = outcome, at
        found.save(update_fields=["outcome", "decided_at"])
        _report([*rounds, third], found, actor=actor, at=at)
    return third


def _no_third(item: SampleItem, rounds: Sequence[SampleReview], actor: Staff, at: datetime) -> str:
    if item.run.state != RunState.DRAWN:
        return _("The sample is not being reviewed any more.")
    if len(rounds) != 2 or len({one.outcome or one.truth for one in rounds}) == 1:
        return _("Only where two reviewers disagree a third person decides.")
    if actor.pk in {one.reviewer_id for one in rounds}:
        return _("Who reviewed it cannot decide between the two.")
    return may_review(actor, item, today=localdate(at))
