"""What a reviewer found wrong becomes a finding that no sweep closes, and a rectification."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pghistory
from django.conf import settings
from django.db import transaction
from django.utils.timezone import localtime

from audits.answering import Answer
from audits.catalogue import catalogue
from audits.choices import Cohort, FindingSource, FindingState
from audits.judging import notice_date, shown
from audits.models import Exemption, Finding, KeyedField, SampleReview
from audits.models.subject import SUBJECT_COLUMNS
from audits.operations.findings import Changes, Deadlines, write_found
from audits.operations.grouping import group_findings
from audits.sample_reviews import spot_for
from audits.sample_subjects import OF_SAMPLE, Spot, answer_for, policy_of, spot_of
from audits.sampling.choices import ErrorKind, FieldVerdict, ReviewAnswer, SamplePurpose
from audits.sampling.failures import CODES, code_of_typed, severity_of
from audits.sampling.reviewing import IMAGE, TOLD
from authenticity.choices import Severity
from authenticity.hashing import value_hash
from authenticity.queries import load_values
from authenticity.rule import RuleValues
from customers.models import Customer
from workplace.models import Staff


@dataclass(frozen=True)
class Failure:
    """One thing that is wrong: where, which code, how, and the typed field that shows it."""

    spot: Spot
    code: str
    kind: str
    mark: str
    keyed: KeyedField | None = None


def open_findings(*, review: SampleReview, actor: Staff, at: datetime) -> list[Finding]:
    """Those of one finished review, each in the rectification of whoever answers; in one transaction.

    Says nothing twice: the same defect seen again is the same finding, one closed before is reopened, and
    one that an exemption or an upheld appeal keeps quiet for that very value stays so.
    """
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="sample"):
        found = report(failures=failures_of(review), answer=answer_for(review.item), at=at)
        for failure, finding in found:
            if failure.keyed is not None:
                failure.keyed.finding = finding
                failure.keyed.save(update_fields=["finding"])
    opened = Finding.objects.filter(pk__in=[finding.pk for _failure, finding in found])
    return list(opened.select_related("rectification").order_by("pk"))


def report(*, failures: Sequence[Failure], answer: Answer, at: datetime) -> list[tuple[Failure, Finding]]:
    """What a person found, whatever they looked at, in the caller's transaction."""
    values = load_values(rules=catalogue().values(), today=localtime(at).date())
    reporter = _Reporter(answer, values, at)
    found = [reporter.report(failure) for failure in failures]
    write_found(changes=reporter.changes, at=at)
    group_findings(changes=reporter.changes, at=at)
    return found


def failures_of(review: SampleReview) -> list[Failure]:
    """Nothing for a review that found the item right or reached nobody."""
    if review.outcome in ("", ErrorKind.RIGHT):
        return []
    told = [*_typed(review), *_answered(review)]
    return told or [_as_a_whole(review)]


def _typed(review: SampleReview) -> Iterator[Failure]:
    """What the customer says of themselves only tells who was reached."""
    policy = policy_of(review.item)
    for keyed in review.fields.exclude(error__in=["", ErrorKind.RIGHT]).exclude(role=TOLD):
        is_image = keyed.field.startswith(IMAGE)
        if is_image or keyed.verdict == FieldVerdict.ILLEGIBLE:
            person = spot_of(review.item, keyed.role, "name")
            spot = Spot(person.subject, "", person.row, person.kind, person.record)
            yield Failure(spot, code_of_typed(legible=False), keyed.error, keyed.field, keyed)
            continue
        spot = spot_for(review.item, keyed.role, keyed.field)
        number = policy.number if policy is not None and isinstance(spot.subject, Customer) else ""
        yield Failure(spot, code_of_typed(legible=True), keyed.error, number, keyed)


def _answered(review: SampleReview) -> Iterator[Failure]:
    wrong = review.answers.filter(answer=ReviewAnswer.NO, question__fails=True).select_related("question")
    purpose = review.item.run.plan.purpose
    for answer in wrong:
        spot = spot_of(review.item, field=_field_of(purpose))
        yield Failure(spot, CODES[purpose], review.outcome, answer.question.code)


def _as_a_whole(review: SampleReview) -> Failure:
    """Who was reached says that it is not so: then the contact on file is no way to the customer."""
    purpose = review.item.run.plan.purpose
    of_customer = purpose == SamplePurpose.TRUTH
    spot = spot_of(review.item, "holder" if of_customer else "", "mobile" if of_customer else "")
    return Failure(spot, CODES[purpose], review.outcome, "review")


def _field_of(purpose: str) -> str:
    return "seller_name" if purpose == SamplePurpose.SELLER else ""


class _Reporter:
    """Gathers what is opened, reopened and changed, to be written at once."""

    def __init__(self, answer: Answer, values: RuleValues, at: datetime) -> None:
        self.changes = Changes()
        self._values, self._at, self._answer = values, at, answer
        self._deadlines = Deadlines(values, values.today)
        self._deadlines.know([self._answer.policy_id])
        self._known: dict[tuple[Any, ...], Finding] = {}

    def report(self, failure: Failure) -> tuple[Failure, Finding]:
        place = self._place(failure)
        key = tuple(place.values())
        finding = (
            self._known.get(key) or Finding.objects.select_for_update(of=("self",)).filter(**place).first()
        )
        if finding is None:
            finding = Finding(**place, source=FindingSource.SAMPLE, first_seen_at=self._at)
            self._say(finding, failure)
            finding.due_on = self._deadlines.due(finding)
            self.changes.opened.append(finding)
        elif finding.state == FindingState.CLOSED and not self._quiet(finding, failure):
            self._reopen(finding, failure)
        self._known[key] = finding
        return failure, finding

    def _reopen(self, finding: Finding, failure: Failure) -> None:
        self._say(finding, failure)
        finding.due_on = self._deadlines.due_again(finding)
        finding.state, finding.closed_at = FindingState.OPEN, None
        finding.reopened += 1
        self.changes.reopened.append(finding)

    def _quiet(self, finding: Finding, failure: Failure) -> bool:
        held = _hash(failure)
        return Exemption.objects.holding(self._values.today).filter(finding=finding, value_hash=held).exists()

    def _place(self, failure: Failure) -> dict[str, Any]:
        spot = failure.spot
        kind = "customer" if isinstance(spot.subject, Customer) else "policy"
        subjects: dict[str, Any] = {f"{column}_id": None for column in SUBJECT_COLUMNS.values()}
        subjects[f"{SUBJECT_COLUMNS[kind]}_id"] = spot.subject.pk
        part = f"{spot.row}{OF_SAMPLE}{failure.mark}"[:60]
        return {"rule": failure.code, "field": spot.name, "part": part, **subjects}

    def _say(self, finding: Finding, failure: Failure) -> None:
        spot, answer = failure.spot, self._answer
        finding.severity = self._severity(failure).value
        finding.kind = failure.kind
        finding.rule_version = self._values.setting(failure.code).version
        finding.value_hash = _hash(failure)
        finding.value_masked = shown(spot.field, spot.held)
        finding.subject_key = spot.subject.number
        finding.business_stage = spot.subject.business_stage
        finding.cohort = self._cohort(answer)
        finding.answering_policy_id, finding.answering_branch_id = answer.policy_id, answer.branch_id
        finding.answering_agency_id, finding.answering_seller_id = answer.agency_id, answer.seller_id
        finding.last_seen_at = max(self._at, finding.closed_at or self._at)

    def _severity(self, failure: Failure) -> Severity:
        rule = catalogue()[failure.code]
        own = self._values.setting(failure.code).severity
        return severity_of(field=failure.spot.field, kind=failure.kind, usual=Severity(own or rule.severity))

    def _cohort(self, answer: Answer) -> str:
        if answer.issued_on is None:
            return ""
        since: date = notice_date(self._values)
        return (Cohort.NEW if answer.issued_on >= since else Cohort.HISTORICAL).value


def _hash(failure: Failure) -> str:
    """Of what the system says now, as every finding has it."""
    return value_hash(failure.spot.field, failure.spot.held, settings.HASH_KEY)
