"""One branch is inspected: begun, answered question by question, found, settled, and closed with a report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from audits.inspecting import GRAVE, findings_of, questions_of, runs_of
from audits.inspection_pdf import pdf_of
from audits.models import BranchInspection, InspectionAnswer, InspectionFinding, SamplingRun
from audits.operations.inspection_years import InspectionRefused, locked_inspection, may_inspect
from audits.sampling.choices import InspectionState, PlanState, ReviewAnswer
from authenticity.choices import Severity
from authenticity.models import Article
from workplace.choices import FilePurpose
from workplace.models import Staff
from workplace.operations.files import store_file
from workplace.operations.staff import recorded

LONGEST = 4_000


def begin_inspection(*, inspection: BranchInspection, actor: Staff, at: datetime) -> BranchInspection:
    """By its inspector, once the year's plan is approved; a second press changes nothing."""
    with transaction.atomic(), recorded(actor, "inspection begun"):
        found = _mine(inspection, actor)
        if found.year.state != PlanState.APPROVED:
            raise InspectionRefused(_("The plan of the year is not approved yet."))
        if found.state != InspectionState.PLANNED:
            return found
        found.state, found.begun_at = InspectionState.UNDER_WAY, at
        found.version += 1
        found.save(update_fields=["state", "begun_at", "version"])
    return found


def answer_questions(
    *, inspection: BranchInspection, answers: Mapping[int, tuple[str, str]], actor: Staff, at: datetime
) -> int:
    """By id of the question: the answer and its words. What is as it was is not written again.

    What is asked in words has no answer without them.
    """
    with transaction.atomic(), recorded(actor, "inspection answered"):
        found = _under_way(inspection, actor)
        known = {one.question.pk: one for one in questions_of(found)}
        new = []
        for pk, (answer, text) in answers.items():
            if pk not in known or answer not in ReviewAnswer.values:
                raise InspectionRefused(_("This checklist has no such question or answer."))
            held, said = known[pk].answer, text.strip()
            if known[pk].question.in_words and not said:
                continue
            if held is not None and (held.answer, held.text) == (answer, said[:300]):
                continue
            if answer == ReviewAnswer.NONE and not said:
                raise InspectionRefused(
                    _("Say why “%(question)s” does not apply.") % {"question": known[pk].question.text}
                )
            new.append(
                InspectionAnswer(
                    inspection=found,
                    question_id=pk,
                    answer=answer,
                    text=said[:300],
                    answered_by=actor,
                    answered_at=at,
                )
            )
        InspectionAnswer.objects.bulk_create(new)
    return len(new)


def attach_sample(
    *, inspection: BranchInspection, run: SamplingRun | None, actor: Staff, at: datetime
) -> BranchInspection:
    """A draw that holds something of the branch; None takes it off again."""
    with transaction.atomic(), recorded(actor, "sample attached"):
        found = _under_way(inspection, actor)
        if run is not None and run.pk not in {one.pk for one in runs_of(found, actor)}:
            raise InspectionRefused(_("This sample holds nothing of the branch."), field="run")
        found.run, found.version = run, found.version + 1
        found.save(update_fields=["run", "version"])
    return found


def add_finding(
    *,
    inspection: BranchInspection,
    severity: str,
    text: str,
    due_on: date | None,
    actor: Staff,
    at: datetime,
    question_id: int | None = None,
    article: Article | None = None,
) -> InspectionFinding:
    """Against the question's article unless another is named; what is grave has a day to be put right."""
    with transaction.atomic(), recorded(actor, "inspection finding"):
        found = _under_way(inspection, actor)
        questions = {one.question.pk: one.question for one in questions_of(found)}
        question = questions.get(question_id or 0)
        if severity not in Severity.values:
            raise InspectionRefused(_("Choose a severity."), field="severity")
        if not text.strip():
            raise InspectionRefused(_("Say what was found."), field="text")
        if severity in GRAVE and due_on is None:
            raise InspectionRefused(_("Say until when it is to be put right."), field="due_on")
        if due_on is not None and due_on < localdate(at):
            raise InspectionRefused(_("That day is past."), field="due_on")
        return InspectionFinding.objects.create(
            inspection=found,
            question=question,
            article=article or (question.article if question else None),
            severity=severity,
            text=text.strip()[:LONGEST],
            due_on=due_on,
            made_by=actor,
            made_at=at,
        )


def settle_finding(
    *, finding: InspectionFinding, settlement: str, actor: Staff, at: datetime
) -> InspectionFinding:
    """The inspector confirms how it was put right, during the inspection or after it."""
    with transaction.atomic(), recorded(actor, "inspection finding settled"):
        _mine(finding.inspection, actor)
        rows = InspectionFinding.objects.select_for_update(of=("self",))
        found: InspectionFinding = rows.get(pk=finding.pk)
        if found.settled_at is not None:
            raise InspectionRefused(_("It was confirmed as put right already."))
        if not settlement.strip():
            raise InspectionRefused(_("Say how it was put right."), field="settlement")
        found.settled_at, found.settled_by = at, actor
        found.settlement = settlement.strip()[:LONGEST]
        found.save(update_fields=["settled_at", "settled_by", "settlement"])
    return found


def finish_inspection(
    *, inspection: BranchInspection, summary: str, actor: Staff, at: datetime
) -> BranchInspection:
    """Every question answered, every no found, every grave finding with who answers; then the report."""
    with transaction.atomic(), recorded(actor, "inspection finished"):
        found = _under_way(inspection, actor)
        if not summary.strip():
            raise InspectionRefused(
                _("Sum up in a few sentences what the inspection shows."), field="summary"
            )
        _check_complete(found)
        found.state, found.done_at = InspectionState.DONE, at
        found.summary, found.version = summary.strip()[:LONGEST], found.version + 1
        found.report = store_file(
            content=pdf_of(found),
            name=f"{found.year.year}-{found.branch.number}.pdf",
            purpose=FilePurpose.EXPORT,
            owner=actor,
            at=at,
            media_type="application/pdf",
        )
        found.save(update_fields=["state", "done_at", "summary", "version", "report"])
    return found


def reopen_inspection(
    *, inspection: BranchInspection, reason: str, actor: Staff, at: datetime
) -> BranchInspection:
    """By another inspector or the same; the reason is kept in the summary, the old report in the history."""
    may_inspect(actor)
    if not reason.strip():
        raise InspectionRefused(_("Say why it is opened again."), field="reason")
    with transaction.atomic(), recorded(actor, "inspection reopened"):
        found = locked_inspection(inspection)
        if found.state != InspectionState.DONE:
            return found
        found.state, found.done_at = InspectionState.UNDER_WAY, None
        found.summary = f"{found.summary}\n{reason.strip()}"[:LONGEST]
        found.version += 1
        found.save(update_fields=["state", "done_at", "summary", "version"])
    return found


def _check_complete(inspection: BranchInspection) -> None:
    questions = questions_of(inspection)
    if left := [one for one in questions if one.answer is None]:
        text = _("%(count)s questions have no answer yet.")
        raise InspectionRefused(text % {"count": len(left)})
    if bare := next((one for one in questions if one.fails and not one.findings), None):
        text = _("“%(question)s” was answered with no; write down what was found.")
        raise InspectionRefused(text % {"question": bare.question.text})
    for one in findings_of(inspection):
        if one.finding.severity in GRAVE and not one.held:
            text = _("Say who answers for “%(finding)s”, or why nobody does.")
            raise InspectionRefused(text % {"finding": one.finding.text[:60]})


def _mine(inspection: BranchInspection, actor: Staff) -> BranchInspection:
    may_inspect(actor)
    found = locked_inspection(inspection)
    if found.inspector_id != actor.pk:
        name = found.inspector.name if found.inspector else ""
        text = _("%(name)s inspects this branch.") if name else _("Nobody was named to inspect it yet.")
        raise InspectionRefused(text % {"name": name})
    return found


def _under_way(inspection: BranchInspection, actor: Staff) -> BranchInspection:
    found = _mine(inspection, actor)
    if found.state != InspectionState.UNDER_WAY:
        raise InspectionRefused(_("This inspection is not under way."))
    return found
