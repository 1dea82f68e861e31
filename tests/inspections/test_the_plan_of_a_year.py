"""The plan of a year covers every open branch, or says which it misses; another person approves it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from agents.models import Branch
from audits.inspecting import coverage_of, missed_by
from audits.models import BranchInspection, InspectionYear
from audits.operations.inspection_years import (
    InspectionRefused,
    cover_missed,
    decide_year,
    plan_year,
    reopen_year,
    send_year,
    set_inspection,
    spread,
)
from audits.sampling.choices import InspectionState, PlanState
from tests.factories import AT, TODAY, make_branch, make_staff
from tests.inspections.scenes import YEAR, approved, drafted, inspector, questions
from tests.personas import Persona, log_in
from workplace.calendar import WorkingCalendar
from workplace.choices import Role


def of_branch(branch: Branch) -> BranchInspection:
    return BranchInspection.objects.select_related("year").get(branch=branch)


def test_it_names_every_open_branch_below_the_head_office(
    here: Branch, elsewhere: Branch, compliance: Persona
):
    make_branch(parent=here, name="早已关门", closed_on=TODAY - timedelta(days=1))
    make_branch(parent=here, name="明年开业", opened_on=date(YEAR + 1, 2, 1))
    year = drafted(compliance)

    named = set(year.inspections.values_list("branch", flat=True))
    assert named == {here.pk, here.parent_id, elsewhere.pk, elsewhere.parent_id}
    assert missed_by(year, TODAY) == []
    assert compliance.staff.pk in set(year.inspections.values_list("inspector", flat=True))


@pytest.mark.django_db
def test_its_days_are_working_days_spread_over_the_rest_of_the_year():
    calendar = WorkingCalendar()
    days = spread(2026, 40, date(2026, 1, 5))

    assert days == sorted(days)
    assert all(map(calendar.is_working, days))
    assert (days[0] >= date(2026, 1, 5), days[-1]) == (True, date(2026, 11, 30))
    assert spread(2026, 3, date(2026, 12, 1))[-1] == date(2026, 12, 31)


def test_a_branch_that_opens_later_is_named_as_missed_until_it_is_added(
    here: Branch, compliance: Persona, auditor: Persona
):
    year = approved(compliance, inspector())
    late = make_branch(parent=here, name="新开营业部")
    page = auditor.client.get(reverse("inspections"))
    assert "新开营业部" in page.content.decode()
    assert coverage_of(year, auditor.fresh(), TODAY).missed == (late,)

    assert cover_missed(year=year, actor=compliance.fresh(), at=AT) == 1
    assert coverage_of(year, auditor.fresh(), TODAY).missed == ()


def test_a_draft_that_misses_a_branch_is_not_sent(here: Branch, compliance: Persona):
    year = drafted(compliance)
    make_branch(parent=here, name="新开营业部")
    with pytest.raises(InspectionRefused, match="新开营业部"):
        send_year(year=year, actor=compliance.fresh(), at=AT)


def test_nor_is_one_with_a_branch_that_nobody_inspects(here: Branch, compliance: Persona):
    year = drafted(compliance)
    year.inspections.filter(branch=here).update(inspector=None)
    with pytest.raises(InspectionRefused):
        send_year(year=year, actor=compliance.fresh(), at=AT)


def test_who_wrote_it_does_not_approve_it(here: Branch, compliance: Persona):
    year = send_year(year=drafted(compliance), actor=compliance.fresh(), at=AT)
    with pytest.raises(InspectionRefused):
        decide_year(year=year, approve=True, note="", actor=compliance.fresh(), at=AT)
    answer = compliance.client.post(
        reverse("inspection_year_decide", args=[year.pk]), {"verdict": "approve"}, follow=True
    )
    year.refresh_from_db()
    assert (answer.status_code, year.state) == (200, PlanState.SENT)


def test_a_refusal_says_why_and_the_writer_begins_again(here: Branch, compliance: Persona):
    year = send_year(year=drafted(compliance), actor=compliance.fresh(), at=AT)
    other = inspector()
    with pytest.raises(InspectionRefused):
        decide_year(year=year, approve=False, note=" ", actor=other.fresh(), at=AT)
    refused = decide_year(year=year, approve=False, note="春节前完成", actor=other.fresh(), at=AT)
    with pytest.raises(InspectionRefused):
        reopen_year(year=refused, actor=other.fresh(), at=AT)
    assert reopen_year(year=refused, actor=compliance.fresh(), at=AT).state == PlanState.DRAFT


def test_nobody_inspects_the_branch_they_work_in(here: Branch, compliance: Persona):
    local = log_in(make_staff(Role.COMPLIANCE, branch=here, name="本地合规"))
    year = drafted(compliance)
    own = of_branch(here)
    given = {"planned_from": own.planned_from, "due_on": own.due_on, "version": own.version}
    assert own.inspector_id not in (None, local.staff.pk)
    for branch in (here, here.parent):
        with pytest.raises(InspectionRefused):
            set_inspection(
                inspection=of_branch(branch),
                **given,
                inspector=local.staff,
                actor=compliance.fresh(),
                at=AT,
            )
    assert year.inspections.exclude(branch__in=[here, here.parent]).filter(inspector=local.staff).count() == 0


def test_an_approved_plan_keeps_its_days_but_not_its_inspector(here: Branch, compliance: Persona):
    approved(compliance, inspector("郑批"))
    found, other = of_branch(here), inspector("冯代")
    with pytest.raises(InspectionRefused):
        set_inspection(
            inspection=found,
            inspector=found.inspector,
            planned_from=found.planned_from,
            due_on=found.due_on + timedelta(days=1),
            version=found.version,
            actor=compliance.fresh(),
            at=AT,
        )
    changed = set_inspection(
        inspection=found,
        inspector=other.staff,
        planned_from=found.planned_from,
        due_on=found.due_on,
        version=found.version,
        actor=compliance.fresh(),
        at=AT,
    )
    assert (changed.inspector, changed.due_on) == (other.staff, found.due_on)
    with pytest.raises(InspectionRefused):
        set_inspection(
            inspection=found,
            inspector=compliance.staff,
            planned_from=found.planned_from,
            due_on=found.due_on,
            version=found.version,
            actor=compliance.fresh(),
            at=AT,
        )


@pytest.mark.parametrize("year", [YEAR - 1, YEAR + 2])
def test_only_this_year_and_the_next_are_planned(compliance: Persona, year: int):
    with pytest.raises(InspectionRefused):
        plan_year(year=year, checklist=questions(), actor=compliance.fresh(), at=AT)


def test_a_year_has_one_plan(here: Branch, compliance: Persona):
    drafted(compliance)
    with pytest.raises(InspectionRefused):
        drafted(compliance)


def test_coverage_counts_what_is_done_and_what_is_late(
    here: Branch, elsewhere: Branch, compliance: Persona, auditor: Persona
):
    year = approved(compliance, inspector())
    BranchInspection.objects.filter(year=year).update(due_on=TODAY + timedelta(days=5))
    BranchInspection.objects.filter(year=year, branch=here).update(state=InspectionState.UNDER_WAY)
    BranchInspection.objects.filter(year=year, branch=here).update(
        state=InspectionState.DONE, done_at=AT, summary="无"
    )
    BranchInspection.objects.filter(year=year, branch=elsewhere).update(due_on=TODAY - timedelta(days=1))
    found = coverage_of(year, auditor.fresh(), TODAY)

    assert (found.open, found.done, found.late, found.percent) == (4, 1, 1, 25.0)


def test_a_manager_sees_the_inspections_of_their_own_branches(
    here: Branch, elsewhere: Branch, manager: Persona, compliance: Persona, auditor: Persona
):
    year = approved(compliance, inspector())
    rows = BranchInspection.objects.filter(year=year)
    assert rows.visible_to(auditor.fresh()).count() == 4
    assert [row.branch for row in rows.visible_to(manager.fresh())] == [here]
    address = {branch: reverse("inspection", args=[of_branch(branch).pk]) for branch in (here, elsewhere)}
    assert manager.client.get(address[here]).status_code == 200
    assert manager.client.get(address[elsewhere]).status_code == 404
    listed = manager.client.get(reverse("inspections")).content.decode()
    assert (here.name in listed, elsewhere.name in listed) == (True, False)


@pytest.mark.parametrize("who", ["clerk", "partner", "outsider", "administrator"])
def test_who_has_no_part_in_inspections_is_not_let_in(who: str, request: pytest.FixtureRequest):
    persona: Persona = request.getfixturevalue(who)
    assert persona.client.get(reverse("inspections")).status_code == 403


@pytest.mark.parametrize("who", ["auditor", "manager"])
def test_who_only_reads_plans_nothing(who: str, compliance: Persona, request: pytest.FixtureRequest):
    persona: Persona = request.getfixturevalue(who)
    assert persona.client.get(reverse("inspection_year_add")).status_code == 403
    with pytest.raises(InspectionRefused):
        drafted(persona)
    assert not InspectionYear.objects.exists()


def test_a_year_is_planned_sent_and_approved_on_its_pages(here: Branch, compliance: Persona):
    other, checklist = inspector(), questions()
    today = {"year": str(TODAY.year), "checklist": str(checklist.pk)}
    answer = compliance.client.post(reverse("inspection_year_add"), today, follow=True)
    year = InspectionYear.objects.get()
    assert (answer.status_code, here.name in answer.content.decode()) == (200, True)
    compliance.client.post(reverse("inspection_year_step", args=[year.pk, "send"]))
    other.client.post(reverse("inspection_year_decide", args=[year.pk]), {"verdict": "approve"})
    year.refresh_from_db()
    assert (year.state, year.decided_by) == (PlanState.APPROVED, other.staff)
