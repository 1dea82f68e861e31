"""The pages of plans: choices left, consequence right; what is shown is what is drawn."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from audits.models import PlanVersion, SamplingPlan
from audits.operations.sampling_plans import send_plan
from audits.plan_page import consequence
from audits.sampling.choices import PlanState
from tests.factories import AT, TODAY, make_staff
from tests.personas import Persona, log_in
from tests.sampling.draws import framed, plan_in_force
from workplace.choices import Role

pytestmark = pytest.mark.django_db
PREVIEW = "sampling_plan_preview"
CHOICES: dict[str, Any] = {
    "name": "新单核对",
    "code": "new-business",
    "reason": "每月核对新单",
    "strata": ["branch", "channel"],
    "allocation": "proportional",
    "minimum": "1",
    "size_by": "number",
    "size_number": "12",
    "tolerable_rate": "20",
    "expected_rate": "0",
    "confidence": "95",
    "period": "monthly",
    "working_day": "5",
    "deadline_days": "10",
    "second_share": "10",
}


@pytest.fixture(autouse=True)
def pages_in_english(compliance: Persona) -> None:
    compliance.client.cookies["django_language"] = "en"


def preview(persona: Persona, **choices: Any) -> Any:
    address = reverse(PREVIEW) + "?purpose=consistency"
    return persona.client.post(address, {**CHOICES, **choices})


def add(persona: Persona, **choices: Any) -> Any:
    return persona.client.post(reverse("sampling_plan_add") + "?purpose=consistency", {**CHOICES, **choices})


def test_each_choice_shows_frame_strata_and_proof_and_saves_nothing(book, compliance):
    page = preview(compliance).content.decode()

    assert re.search(r"<b>40</b>\s*in the frame", page)
    assert re.search(r"<b>12</b>\s*drawn", page)
    assert page.count('name="whole_strata"') == 4
    assert "With no error this proves an untrue rate of no more than" in page
    assert not SamplingPlan.objects.exists()


def test_a_filter_narrows_the_frame_at_once(book, compliance, here):
    page = preview(compliance, branches=[here.number], channels=["bank"]).content.decode()

    assert re.search(r"<b>10</b>\s*in the frame", page)


def test_faults_stand_at_their_fields_and_the_right_side_stays(book, compliance):
    answer = preview(compliance, expected_rate="30", minimum="-1")

    page = answer.content.decode()
    assert answer["HX-Reswap"] == "none"
    assert "zx-fault" in fault(page, "minimum")
    assert "zx-fault" not in fault(page, "strata")

    page = preview(compliance, expected_rate="30").content.decode()
    assert "Below the tolerable rate" in fault(page, "expected_rate")


def fault(page: str, name: str) -> str:
    found = re.search(rf'id="fault-{name}".*?</div>', page)
    assert found is not None
    return found.group()


def test_a_plan_goes_from_the_form_to_approval_and_into_force(book, compliance, second):
    answer = add(compliance, send="1")
    plan = SamplingPlan.objects.get(code="new-business")
    assert answer["Location"] == reverse("sampling_plan", args=[plan.pk])
    assert plan.versions.get().state == PlanState.SENT

    approver = log_in(second)
    approver.client.cookies["django_language"] = "en"
    page = approver.client.get(reverse("sampling_plan", args=[plan.pk])).content.decode()
    assert 'value="approve"' in page
    decide = {"version": "1", "verdict": "approve", "note": "同意"}
    approver.client.post(reverse("sampling_plan_decide", args=[plan.pk]), decide)

    page = approver.client.get(reverse("sampling_plan", args=[plan.pk])).content.decode()
    assert plan.versions.get().state == PlanState.APPROVED
    assert "Draw by hand now" in page
    assert 'value="approve"' not in page


def test_what_was_typed_stays_when_it_is_refused(book, compliance):
    page = add(compliance, code="has space", confidence="40").content.decode()

    assert 'value="has space"' in page
    assert "zx-fault" in fault(page, "code")
    assert not SamplingPlan.objects.exists()


def test_what_the_page_shows_is_what_the_draw_takes(drawn_plan, book):
    version = PlanVersion.objects.select_related("plan").get(plan=drawn_plan)

    shown = consequence(version, TODAY).planned
    run = framed(drawn_plan)

    assert run.frame_size == shown.frame == len(book)
    assert {one.key: (one.size, one.quota) for one in run.strata.all()} == {
        one.key: (one.size, one.quota) for one in shown.strata
    }


def test_every_purpose_begins_with_a_plan_that_can_be_kept(book, compliance, second):
    page = compliance.client.get(reverse("sampling_plan_add")).content.decode()
    purposes = re.findall(r'href="\?purpose=(\w+)"', page)
    assert len(purposes) == 8

    for purpose in purposes:
        address = reverse("sampling_plan_add") + f"?purpose={purpose}"
        form = compliance.client.get(address).context["form"]
        given = {
            field.name: field.value() for field in form if str(field.value()) not in ("None", "", "False")
        }
        given = {name: getattr(value, "pk", value) for name, value in given.items()}
        assert compliance.client.post(address, given).status_code == 302, (purpose, given)
    assert SamplingPlan.objects.count() == 8
    assert PlanVersion.objects.filter(checklist__isnull=True).count() == 0


@pytest.mark.parametrize("name", ["sampling_plans", "sampling_plan_add", "checklists", "checklist_add"])
def test_clerks_and_partners_have_no_plans(name, clerk, partner, compliance):
    assert compliance.client.get(reverse(name)).status_code == 200
    for persona in (clerk, partner):
        assert persona.client.get(reverse(name)).status_code == 403


def test_who_sees_a_part_of_the_book_sees_no_plan_of_the_whole(drawn_plan, here):
    local = log_in(make_staff(Role.COMPLIANCE, branch=here))
    address = reverse("sampling_plan", args=[drawn_plan.pk])

    assert drawn_plan.name not in local.client.get(reverse("sampling_plans")).content.decode()
    for reached in (
        local.client.get(address),
        local.client.post(reverse("sampling_plan_step", args=[drawn_plan.pk, "retire"])),
        local.client.post(reverse("sampling_plan_decide", args=[drawn_plan.pk]), {"version": "1"}),
    ):
        assert reached.status_code == 404
    assert "in the frame" not in preview(local).content.decode()
    assert re.search(r"<b>20</b>", preview(local, branches=[here.number]).content.decode())


def test_an_auditor_reads_plans_and_changes_none(drawn_plan, auditor):
    address = reverse("sampling_plan", args=[drawn_plan.pk])

    page = auditor.client.get(address).content.decode()
    assert drawn_plan.name in page
    assert "Retire" not in page
    assert preview(auditor).status_code == 403
    assert (
        auditor.client.post(reverse("sampling_plan_step", args=[drawn_plan.pk, "retire"])).status_code == 403
    )


def test_a_draft_is_changed_by_its_writer_alone(book, compliance, second):
    add(compliance)
    plan = SamplingPlan.objects.get()
    edit = reverse("sampling_plan_edit", args=[plan.pk])

    assert log_in(second).client.get(edit).status_code == 404
    assert compliance.client.get(edit).status_code == 200
    compliance.client.post(edit, {**CHOICES, "size_number": "15"})
    assert plan.versions.get().size_number == 15
    send_plan(version=plan.versions.get(), actor=compliance.staff, at=AT)
    assert compliance.client.get(edit).status_code == 404


def test_the_list_asks_as_often_for_one_plan_as_for_many(
    book, compliance, second, django_assert_num_queries, django_assert_max_num_queries
):
    plan_in_force(writer=compliance.staff, approver=second, period="monthly")
    client = compliance.client
    client.get(reverse("sampling_plans"))
    with django_assert_max_num_queries(60) as few:
        client.get(reverse("sampling_plans"))
    for _number in range(20):
        plan_in_force(writer=compliance.staff, approver=second, period="monthly")
    with django_assert_num_queries(len(few)):
        client.get(reverse("sampling_plans"))
