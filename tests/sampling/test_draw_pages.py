"""The list of draws and the page of one: what it shows before and after each step, and to whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.factories import AT, make_customer, make_policy, make_staff
from tests.personas import log_in
from tests.sampling.draws import PART, drawn, framed, opened
from workplace.choices import Role
from workplace.models import AccessLog, Job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def in_english(persona):
    persona.client.cookies["django_language"] = "en"
    return persona


def page_of(persona, run, **query):
    return in_english(persona).client.get(reverse("sampling_run", args=[run.pk]), query).content.decode()


def test_the_list_tells_what_waits_for_a_part_and_what_is_in_review(drawn_plan, compliance, second):
    framed(drawn_plan)
    drawn(drawn_plan, approver=second, at=AT + timedelta(hours=1))
    page = in_english(compliance).client.get(reverse("sampling_runs")).content.decode()
    assert "1 draw waits for the approver" in page
    assert "1 is in review" in page


def test_the_machines_part_is_hidden_until_the_seed_stands(drawn_plan, compliance, second):
    run = framed(drawn_plan)
    assert run.machine_part not in page_of(compliance, run)
    assert run.machine_seal in page_of(compliance, run)
    done = drawn(drawn_plan, approver=second, at=AT + timedelta(hours=1))
    assert done.machine_part in page_of(compliance, done)


def test_only_who_may_give_the_part_is_asked_for_it(drawn_plan, compliance, second):
    run = framed(drawn_plan)
    assert 'name="part"' not in page_of(compliance, run)
    assert "Who wrote the plan cannot give the other part" in page_of(compliance, run)
    assert 'name="part"' in page_of(log_in(second), run)


def test_giving_the_part_draws_the_sample(drawn_plan, second):
    run = framed(drawn_plan)
    answer = log_in(second).client.post(
        reverse("sampling_run_seed", args=[run.pk]), {"part": PART, "frame_digest": run.frame_digest}
    )
    assert answer.status_code == 302
    run.refresh_from_db()
    assert (run.state, run.seeded_by, run.job.kind) == ("seeded", second, "sampling")


def test_the_page_of_a_draw_shows_items_strata_and_head(drawn_plan, compliance, second):
    run = drawn(drawn_plan, approver=second)
    page = page_of(compliance, run)
    assert all(item.key in page for item in run.items.all())
    assert page.count("20.00 %") == 5
    assert "HEAD" in page


def test_the_numbers_lead_to_so_many_rows(drawn_plan, compliance, second):
    run = drawn(drawn_plan, approver=second)
    run.items.filter(pk=run.items.first().pk).update(outcome="false")
    assert page_of(compliance, run, outcome="wrong").count("data-open") == 1
    assert page_of(compliance, run, outcome="pending").count("data-open") == 7
    stratum = run.strata.first()
    assert page_of(compliance, run, stratum=stratum.pk).count("data-open") == 2


def test_the_button_says_what_entered_the_frame(drawn_plan, compliance, second, here):
    run = drawn(drawn_plan, approver=second)
    new = make_policy(branch=here, channel="bank", holder=make_customer(home_branch=here))
    answer = in_english(compliance).client.post(reverse("sampling_run_redraw", args=[run.pk]))
    page = answer.content.decode()
    assert "The same 8 items" in page
    assert "Entered: 1" in page
    assert new.number in page


@pytest.mark.parametrize("step", ["sampling_run_redraw", "form_images_upload"])
def test_loading_again_what_a_form_answered_leads_to_the_draw(drawn_plan, compliance, second, step):
    run = drawn(drawn_plan, approver=second)
    where = reverse(step, args=[run.pk])
    answer = compliance.client.get(where)
    assert (answer.status_code, answer.url) == (302, reverse("sampling_run", args=[run.pk]))
    assert compliance.client.put(where).status_code == 405


def test_a_withdrawn_draw_is_shown_with_its_reason_and_one_may_draw_in_its_place(
    drawn_plan, compliance, second
):
    run = drawn(drawn_plan, approver=second)
    compliance.client.post(reverse("sampling_run_withdraw", args=[run.pk]), {"reason": "渠道选错"})
    assert "渠道选错" in page_of(compliance, run)
    answer = compliance.client.post(reverse("sampling_run_instead", args=[run.pk]))
    anew = run.replaced_by.get()
    assert answer.url == reverse("sampling_run", args=[anew.pk])
    assert "渠道选错" in page_of(compliance, anew)


def test_the_frame_comes_as_it_was_sealed_and_every_download_is_written_down(drawn_plan, auditor, second):
    run = drawn(drawn_plan, approver=second)
    answer = auditor.client.get(reverse("sampling_run_frame", args=[run.pk]))
    assert b"".join(answer.streaming_content).count(b"\n") == 40
    assert AccessLog.objects.filter(record_kind="sampling_run", record_id=run.pk).count() == 1


def test_a_clerk_has_no_page_of_draws(drawn_plan, clerk):
    run = opened(drawn_plan)
    assert clerk.client.get(reverse("sampling_runs")).status_code == 403
    assert clerk.client.get(reverse("sampling_run", args=[run.pk])).status_code == 403


def test_compliance_of_one_branch_sees_no_draw_of_the_whole_book(drawn_plan, second, elsewhere):
    run = opened(drawn_plan)
    local = log_in(make_staff(Role.COMPLIANCE, branch=elsewhere, post="compliance"))
    assert local.client.get(reverse("sampling_run", args=[run.pk])).status_code == 404


def test_opening_by_hand_starts_a_job(drawn_plan, compliance):
    answer = compliance.client.post(reverse("sampling_run_open", args=[drawn_plan.pk]))
    run = drawn_plan.runs.get()
    assert answer.url == reverse("sampling_run", args=[run.pk])
    assert run.job == Job.objects.get(kind="sampling")
