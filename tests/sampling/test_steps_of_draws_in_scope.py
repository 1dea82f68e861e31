"""Who sees a part of the book takes no step of a draw that looks at more of it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from agents.choices import Post
from audits.models import SamplingRun
from audits.operations.conclusions import ConclusionRefused, conclude
from audits.operations.drawing import extend, substitute
from audits.operations.sampling_plans import retire_plan
from audits.operations.sampling_runs import RunRefused, give_seed, open_instead, open_run, withdraw
from audits.sampling.choices import ItemOutcome, RunOccasion
from tests.factories import AT, make_customer, make_policy, make_staff
from tests.personas import log_in
from tests.sampling.draws import PART, drawn, framed, plan_in_force
from workplace.choices import Role

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


@pytest.fixture
def provincial(here):
    """Compliance of the province: sees its branches, and so the draw that has items of them."""
    return log_in(make_staff(Role.COMPLIANCE, branch=here.parent, post=Post.COMPLIANCE, name="省合规"))


def test_a_drawn_sample_of_the_whole_book_is_seen_and_left_alone(drawn_plan, second, provincial):
    run = drawn(drawn_plan, approver=second)
    staff = provincial.fresh()
    assert SamplingRun.objects.visible_to(staff).filter(pk=run.pk).exists()
    with pytest.raises(RunRefused):
        withdraw(run=run, reason="不合意", actor=staff, at=LATER)
    with pytest.raises(RunRefused):
        extend(run=run, actor=staff, at=LATER)
    item = run.items.first()
    with pytest.raises(RunRefused):
        substitute(item=item, reason="nobody", actor=staff, at=LATER)
    run.items.update(outcome=ItemOutcome.RIGHT, decided_at=AT)
    with pytest.raises(ConclusionRefused):
        conclude(run=run, actor=staff, at=LATER)
    run.refresh_from_db()
    assert run.state == "drawn"


def test_the_page_offers_no_step_and_none_is_posted(drawn_plan, second, provincial, english):
    run = drawn(drawn_plan, approver=second)
    page = provincial.client.get(reverse("sampling_run", args=[run.pk])).content.decode()
    assert reverse("sampling_run_withdraw", args=[run.pk]) not in page
    provincial.client.post(reverse("sampling_run_withdraw", args=[run.pk]), {"reason": "不合意"})
    assert SamplingRun.objects.get(pk=run.pk).state == "drawn"


def test_no_other_part_of_its_seed_is_given(drawn_plan, provincial):
    run = framed(drawn_plan)
    with pytest.raises(RunRefused):
        give_seed(run=run, part=PART, actor=provincial.fresh(), at=LATER)


def test_no_draw_is_opened_by_hand_or_in_the_place_of_another(drawn_plan, compliance, second, provincial):
    staff = provincial.fresh()
    with pytest.raises(RunRefused):
        open_run(plan=drawn_plan, occasion=RunOccasion.BY_HAND, actor=staff, at=AT)
    run = drawn(drawn_plan, approver=second)
    run = withdraw(run=run, reason="抽样框有误", actor=compliance.fresh(), at=LATER)
    with pytest.raises(RunRefused):
        open_instead(run=run, actor=staff, at=LATER)
    count = SamplingRun.objects.count()
    provincial.client.post(reverse("sampling_run_open", args=[drawn_plan.pk]))
    assert SamplingRun.objects.count() == count


def test_the_button_is_there_for_whom_the_draw_begins(
    here, book, drawn_plan, second, provincial, compliance, auditor
):
    own = plan_in_force(writer=provincial.staff, approver=second, frame={"branches": [here.number]})
    offered, begun = set(), set()
    for who in (provincial, compliance, auditor):
        for plan in (drawn_plan, own):
            page = who.client.get(reverse("sampling_plan", args=[plan.pk])).content.decode()
            where = reverse("sampling_run_open", args=[plan.pk])
            offered |= {(who, plan)} if where in page else set()
            before = plan.runs.count()
            who.client.post(where)
            begun |= {(who, plan)} if plan.runs.count() > before else set()
    assert offered == begun == {(provincial, own), (compliance, drawn_plan), (compliance, own)}


def test_a_retired_plan_is_drawn_by_nobody(drawn_plan, compliance):
    retire_plan(plan=drawn_plan, actor=compliance.fresh(), at=LATER)
    page = compliance.client.get(reverse("sampling_plan", args=[drawn_plan.pk])).content.decode()
    assert reverse("sampling_run_open", args=[drawn_plan.pk]) not in page
    drawn_plan.refresh_from_db()
    for actor in (compliance.fresh(), None):
        with pytest.raises(RunRefused):
            open_run(plan=drawn_plan, occasion=RunOccasion.BY_HAND, actor=actor, at=LATER)


def test_the_draws_of_ones_own_plan_are_ones_own(here, book, second, provincial):
    plan = plan_in_force(writer=provincial.staff, approver=second, frame={"branches": [here.number]})
    run = drawn(plan, approver=second)
    assert withdraw(run=run, reason="抽样框有误", actor=provincial.fresh(), at=LATER).state == "withdrawn"


def test_numbers_of_the_book_are_told_of_a_repeated_draw_to_those_who_see_it(
    book, drawn_plan, second, provincial, compliance, elsewhere
):
    run = drawn(drawn_plan, approver=second)
    new = make_policy(branch=elsewhere, holder=make_customer(home_branch=elsewhere))
    where = reverse("sampling_run_redraw", args=[run.pk])
    assert new.number in compliance.client.post(where).content.decode()
    assert new.number not in provincial.client.post(where).content.decode()
