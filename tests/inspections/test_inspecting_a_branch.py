"""One branch: its questions, its findings, who answers for them, and a report that can be signed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from agents.models import Agency, Branch
from audits.inspecting import questions_of
from audits.models import Accountability, BranchInspection, InspectionAnswer, InspectionFinding
from audits.operations.accountability import AccountabilityRefused, hold_to_account
from audits.operations.inspection_years import InspectionRefused
from audits.operations.inspections import (
    add_finding,
    answer_questions,
    attach_sample,
    begin_inspection,
    finish_inspection,
    reopen_inspection,
    settle_finding,
)
from audits.sampling.choices import AccountableMeasure, InspectionState, ReviewAnswer
from authenticity.choices import Severity
from tests.factories import AT, TODAY, make_policy, make_seller, make_staff
from tests.inspections.scenes import drafted, inspector, under_way
from tests.personas import Persona
from tests.sampling.scenes import make_run
from workplace.choices import Role
from workplace.models import AccessLog


@pytest.fixture
def found(here: Branch, compliance: Persona) -> BranchInspection:
    return under_way(here, compliance, inspector())


def answered(inspection: BranchInspection, by: Persona, *said: tuple[str, str]) -> int:
    pks = [one.question.pk for one in questions_of(inspection)]
    return answer_questions(
        inspection=inspection, answers=dict(zip(pks, said, strict=False)), actor=by.fresh(), at=AT
    )


def grave(inspection: BranchInspection, by: Persona, place: int = 1) -> InspectionFinding:
    return add_finding(
        inspection=inspection,
        severity=Severity.ERROR,
        text="3 件投保单未核对",
        due_on=TODAY + timedelta(days=10),
        question_id=questions_of(inspection)[place].question.pk,
        actor=by.fresh(),
        at=AT,
    )


def finished(inspection: BranchInspection, by: Persona) -> BranchInspection:
    return finish_inspection(inspection=inspection, summary="总体合规", actor=by.fresh(), at=AT)


def test_it_does_not_begin_before_the_plan_is_approved(here: Branch, compliance: Persona):
    inspection = drafted(compliance).inspections.get(branch=here)
    with pytest.raises(InspectionRefused):
        begin_inspection(inspection=inspection, actor=compliance.fresh(), at=AT)


def test_only_its_inspector_works_on_it(found: BranchInspection):
    other = inspector("冯旁观")
    with pytest.raises(InspectionRefused):
        answered(found, other, (ReviewAnswer.YES, ""))
    with pytest.raises(InspectionRefused):
        grave(found, other)


def test_the_last_answer_holds_and_the_earlier_one_stays(found: BranchInspection, compliance: Persona):
    answered(found, compliance, (ReviewAnswer.NO, "未见记录"))
    answered(found, compliance, (ReviewAnswer.NO, "未见记录"))
    answered(found, compliance, (ReviewAnswer.YES, "已补充"))

    first = questions_of(found)[0]
    assert (first.answer.answer, first.answer.text) == (ReviewAnswer.YES, "已补充")
    assert InspectionAnswer.objects.filter(question=first.question).count() == 2


def test_what_is_asked_in_words_is_answered_by_its_words_alone(here: Branch, compliance: Persona):
    found = under_way(here, compliance, inspector(), in_words="checked")
    question = questions_of(found)[1].question

    def said(text: str) -> int:
        told = {f"answer-{question.pk}": "yes", f"text-{question.pk}": text}
        return compliance.client.post(reverse("inspection_answers", args=[found.pk]), told).status_code

    page = compliance.client.get(reverse("inspection", args=[found.pk])).content.decode()
    assert page.count('type="radio" name="answer-') == 3
    assert (said(" "), InspectionAnswer.objects.count()) == (302, 0)
    assert (said("总体良好"), InspectionAnswer.objects.get().text) == (302, "总体良好")


def test_what_does_not_apply_says_why(found: BranchInspection, compliance: Persona):
    with pytest.raises(InspectionRefused):
        answered(found, compliance, (ReviewAnswer.NONE, " "))


def test_it_is_not_finished_before_all_is_answered_found_and_answered_for(
    found: BranchInspection, here: Branch, compliance: Persona
):
    with pytest.raises(InspectionRefused, match="2"):
        finished(found, compliance)
    answered(found, compliance, (ReviewAnswer.YES, ""), (ReviewAnswer.NO, ""))
    with pytest.raises(InspectionRefused):
        finished(found, compliance)
    finding = grave(found, compliance)
    with pytest.raises(InspectionRefused):
        finished(found, compliance)
    hold_to_account(
        inspection_finding=finding,
        branch=here,
        measure=AccountableMeasure.CRITICISM,
        reason="未逐件核对",
        actor=compliance.fresh(),
        at=AT,
    )
    done = finished(found, compliance)
    assert (done.state, done.report.media_type) == (InspectionState.DONE, "application/pdf")
    assert done.report.content.read()[:5] == b"%PDF-"


def test_the_report_holds_its_chinese_font_and_each_look_is_written_down(
    found: BranchInspection, here: Branch, compliance: Persona, auditor: Persona, manager: Persona
):
    answered(found, compliance, (ReviewAnswer.YES, ""), (ReviewAnswer.YES, ""))
    done = finished(found, compliance)
    answer = auditor.client.get(reverse("inspection_report", args=[done.pk]))
    content = b"".join(answer.streaming_content)

    assert answer["Content-Type"] == "application/pdf"
    assert b"/FontFile2" in content
    assert AccessLog.objects.filter(staff_id=auditor.staff.pk, record_kind="branch").count() == 1
    assert manager.client.get(reverse("inspection_report", args=[done.pk])).status_code == 200


def test_finished_after_its_day_is_marked(found: BranchInspection, compliance: Persona):
    answered(found, compliance, (ReviewAnswer.YES, ""), (ReviewAnswer.YES, ""))
    finished(found, compliance)
    BranchInspection.objects.filter(pk=found.pk).update(due_on=TODAY - timedelta(days=30))
    page = compliance.client.get(reverse("inspection", args=[found.pk])).content.decode()
    assert "按期" not in page
    assert 'class="zx-overdue"' in page


def test_a_finding_is_settled_once_with_how(found: BranchInspection, compliance: Persona):
    finding = grave(found, compliance)
    with pytest.raises(InspectionRefused):
        settle_finding(finding=finding, settlement=" ", actor=compliance.fresh(), at=AT)
    settled = settle_finding(finding=finding, settlement="已全部补核", actor=compliance.fresh(), at=AT)
    assert (settled.settled_by, settled.settlement) == (compliance.staff, "已全部补核")
    with pytest.raises(InspectionRefused):
        settle_finding(finding=finding, settlement="再次", actor=compliance.fresh(), at=AT)


def test_what_is_grave_has_a_day_to_be_put_right(found: BranchInspection, compliance: Persona):
    with pytest.raises(InspectionRefused):
        add_finding(
            inspection=found,
            severity=Severity.BLOCK,
            text="代签名",
            due_on=None,
            actor=compliance.fresh(),
            at=AT,
        )


def test_a_sample_is_attached_only_when_it_holds_something_of_the_branch(
    found: BranchInspection, here: Branch, elsewhere: Branch, compliance: Persona
):
    ours, theirs = make_run([make_policy(branch=here)]), make_run([make_policy(branch=elsewhere)])
    with pytest.raises(InspectionRefused):
        attach_sample(inspection=found, run=theirs, actor=compliance.fresh(), at=AT)
    assert attach_sample(inspection=found, run=ours, actor=compliance.fresh(), at=AT).run == ours


def test_units_and_persons_answer_with_a_measure(
    found: BranchInspection, here: Branch, bank: Agency, compliance: Persona
):
    finding = grave(found, compliance)
    seller, person = make_seller(branch=here), make_staff(Role.CLERK, branch=here)
    for named in ({"branch": here}, {"agency": bank}, {"seller": seller}, {"person": person}):
        hold_to_account(
            inspection_finding=finding,
            measure=AccountableMeasure.TRAINING,
            reason="培训不到位",
            actor=compliance.fresh(),
            at=AT,
            **named,
        )
    assert Accountability.objects.filter(inspection_finding=finding).count() == 4


@pytest.mark.parametrize(
    "spoilt",
    [
        {"measure": "flogging"},
        {"reason": " "},
        {"branch": None},
        {"inspection_finding": None},
    ],
)
def test_accountability_names_what_who_how_and_why(
    found: BranchInspection, here: Branch, compliance: Persona, spoilt: dict[str, object]
):
    given = {
        "inspection_finding": grave(found, compliance),
        "branch": here,
        "measure": AccountableMeasure.TALK,
        "reason": "未尽职",
    }
    with pytest.raises(AccountabilityRefused):
        hold_to_account(**{**given, **spoilt}, actor=compliance.fresh(), at=AT)


def test_nobody_decides_about_themselves_or_without_the_right(
    found: BranchInspection, compliance: Persona, auditor: Persona
):
    finding = grave(found, compliance)
    for actor, person in ((compliance, compliance), (auditor, compliance)):
        with pytest.raises(AccountabilityRefused):
            hold_to_account(
                inspection_finding=finding,
                person=person.staff,
                measure=AccountableMeasure.TALK,
                reason="未尽职",
                actor=actor.fresh(),
                at=AT,
            )


def test_it_is_opened_again_with_a_reason(found: BranchInspection, compliance: Persona):
    answered(found, compliance, (ReviewAnswer.YES, ""), (ReviewAnswer.YES, ""))
    done = finished(found, compliance)
    with pytest.raises(InspectionRefused):
        reopen_inspection(inspection=done, reason="", actor=compliance.fresh(), at=AT)
    again = reopen_inspection(inspection=done, reason="漏查一个营业部", actor=compliance.fresh(), at=AT)
    assert (again.state, "漏查一个营业部" in again.summary) == (InspectionState.UNDER_WAY, True)


def test_it_is_worked_on_its_page_from_answers_to_the_report(
    found: BranchInspection, here: Branch, compliance: Persona
):
    def post(name: str, pk: int = found.pk, **said: object) -> int:
        return compliance.client.post(reverse(f"inspection_{name}", args=[pk]), said).status_code

    first, second = (one.question.pk for one in questions_of(found))
    said = {f"answer-{first}": "yes", f"answer-{second}": "no", f"text-{second}": "抽查 3 件未核对"}
    due = (TODAY + timedelta(days=400)).isoformat()
    assert post("answers", **said) == 302
    assert post("finding", text="未核对", severity="ERROR", due_on="", question=second) == 422
    assert post("finding", text="未核对", severity="ERROR", due_on=due, question=second) == 302
    assert post("finish", summary="总体可控") == 422
    finding = found.found.get()
    held = {"finding": finding.pk, "measure": "criticism", "reason": "未核对"}
    assert post("account", **held) == 422
    assert post("account", **held, seller_no="nobody") == 422
    assert post("account", **held, who=f"branch:{here.pk}") == 302
    assert post("settle", finding.pk, settlement="已补核") == 302
    assert post("finish", summary="总体可控") == 302
    found.refresh_from_db()
    assert (found.state, found.report_id is None) == (InspectionState.DONE, False)
    assert compliance.client.get(reverse("inspection", args=[found.pk])).status_code == 200


@pytest.mark.parametrize("form", ["set", "finding", "account", "finish"])
def test_loading_again_a_form_that_was_refused_leads_to_the_inspection(
    found: BranchInspection, compliance: Persona, form: str
):
    where = reverse(f"inspection_{form}", args=[found.pk])
    assert compliance.client.post(where).status_code == 422
    answer = compliance.client.get(where)
    assert (answer.status_code, answer.url) == (302, reverse("inspection", args=[found.pk]))
