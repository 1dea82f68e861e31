"""What the page of one review shows: what to type, what to ask, the images beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audits.call_script import Script, script_for
from audits.choices import FindingState
from audits.models import ChecklistAnswer, ChecklistItem, Finding, SampleItem, SampleReview
from audits.sample_path import attempts_for
from audits.sample_reviews import IN_HAND, Line, customer_to_call, lines_of, neighbour, waiting
from audits.sample_subjects import customer_of, policy_of
from audits.sampling.choices import ErrorKind, ReviewAnswer, SamplePurpose, TruthResult
from audits.sampling.reviewing import BY_CONTACT
from audits.sampling.substitution import SubstitutionRule
from audits.wording import field_label, finding_text
from customers.models import CustomerImage
from policies.models import ApplicationForm, FormPage, PolicyParty
from workplace.models import Staff

HOW = {
    SamplePurpose.CONSISTENCY: "form",
    SamplePurpose.SELLER: "form",
    SamplePurpose.IMAGES: "images",
    SamplePurpose.NEWCOMERS: "findings",
}


@dataclass(frozen=True)
class Question:
    item: ChecklistItem
    given: ChecklistAnswer | None


def page_context(review: SampleReview, staff: Staff, *, at: datetime) -> dict[str, Any]:
    """For its reviewer: in full while it is in hand, masked once it is done."""
    item = review.item
    purpose = item.run.plan.purpose
    works = review.state in IN_HAND
    return {
        "review": review,
        "item": item,
        "run": item.run,
        "works": works,
        **keying_context(review, works=works),
        "questions": questions_of(review),
        "answers": ReviewAnswer.choices,
        "pages": form_pages(item),
        "images": customer_images(item) if purpose == SamplePurpose.IMAGES else [],
        "script": script_of(item, at) if works else None,
        "attempts": attempts_for(review),
        "evidence": list(review.evidence.select_related("file", "added_by")),
        "truths": TruthResult.choices if purpose in BY_CONTACT else [],
        "findings": newcomers_findings(item) if purpose == SamplePurpose.NEWCOMERS else [],
        "left": waiting(staff).count(),
        "after": neighbour(staff, review),
    }


def keying_context(review: SampleReview, *, works: bool) -> dict[str, Any]:
    lines = lines_of(review, in_full=works)
    typed = sum(line.keyed is not None for line in lines)
    purpose = review.item.run.plan.purpose
    return {
        "lines": lines,
        "typed": typed,
        "untyped": len(lines) - typed,
        "groups": _groups(lines),
        "how": HOW.get(SamplePurpose(purpose), "call" if purpose in BY_CONTACT else "file"),
    }


def _groups(lines: list[Line]) -> list[tuple[str, list[Line]]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.role_label, []).append(line)
    return list(found.items())


def questions_of(review: SampleReview) -> list[Question]:
    version = review.item.run.version.checklist
    if version is None:
        return []
    given = {one.question_id: one for one in review.answers.all()}
    rows = version.items.select_related("article").order_by("place")
    return [Question(row, given.get(row.pk)) for row in rows]


def form_pages(item: SampleItem) -> list[FormPage]:
    policy = policy_of(item)
    if policy is None:
        return []
    form = ApplicationForm.objects.filter(policy=policy).first()
    return list(form.pages.select_related("image")) if form is not None else []


def customer_images(item: SampleItem) -> list[CustomerImage]:
    """Of everybody on the policy, or of the customer."""
    people = PolicyParty.objects.filter(policy=policy_of(item), customer__isnull=False).values("customer")
    customer = customer_of(item)
    rows = CustomerImage.objects.filter(customer__in=people)
    if policy_of(item) is None and customer is not None:
        rows = CustomerImage.objects.filter(customer=customer)
    return list(rows.select_related("file").order_by("customer", "document", "side", "id"))


def script_of(item: SampleItem, at: datetime) -> Script | None:
    customer = customer_to_call(item)
    return script_for(customer, policy_of(item), at=at) if customer is not None else None


def newcomers_findings(item: SampleItem) -> list[tuple[Finding, str, str]]:
    rows = Finding.objects.filter(customer=item.customer, state=FindingState.OPEN).order_by("id")
    return [(one, field_label(one), finding_text(one)) for one in rows.select_related("rectification")]


def reader_context(item: SampleItem, staff: Staff) -> dict[str, Any]:
    """For who plans and judges: every round, masked, with what may be done about it.

    While a round is in somebody's hands nobody reads what the other found: one may yet be given it.
    """
    rounds = list(item.reviews.select_related("reviewer").order_by("round", "id"))
    if any(one.state in IN_HAND for one in rounds):
        return _waiting(item, rounds)
    shown = [
        (one, lines_of(one, in_full=False), list(one.answers.select_related("question"))) for one in rounds
    ]
    done = [one for one in rounds if one.state == "done"]
    said = {one.outcome or one.truth for one in done}
    return {
        "item": item,
        "run": item.run,
        "why": dict(SubstitutionRule.choices).get(item.substitution_reason, item.substitution_reason),
        "rounds": shown,
        "disagree": len(done) == 2 and len(said) == 2,
        "kinds": ErrorKind.choices,
        "evidence": [one for review in rounds for one in review.evidence.select_related("file", "added_by")],
    }


def _waiting(item: SampleItem, rounds: list[SampleReview]) -> dict[str, Any]:
    """Who has it and since when, and nothing of what was found so far."""
    for one in rounds:
        one.outcome = one.truth = one.note = ""
    return {
        "item": item,
        "run": item.run,
        "why": dict(SubstitutionRule.choices).get(item.substitution_reason, item.substitution_reason),
        "rounds": [(one, [], []) for one in rounds],
        "disagree": False,
        "kinds": ErrorKind.choices,
        "evidence": [],
    }
