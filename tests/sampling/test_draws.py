"""A draw from the sealed part of its seed to its items: who may take which step, and what stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from audits.models import Seal
from audits.operations.drawing import draw
from audits.operations.sampling_runs import RunRefused, give_seed, open_instead, withdraw
from audits.sampling.selection import seal_of, seed_of
from audits.seals import broken
from tests.factories import AT, make_branch
from tests.sampling.draws import PART, drawn, framed, opened
from workplace.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LATER = AT + timedelta(hours=1)


def test_the_machines_part_is_sealed_before_there_is_a_frame(drawn_plan):
    run = opened(drawn_plan)
    assert run.machine_seal == seal_of(run.machine_part)
    seal = Seal.objects.get()
    assert (seal.kind, seal.subject, seal.content) == ("machine_part", f"run:{run.pk}", run.machine_seal)
    assert (run.state, run.frame_digest) == ("opened", "")


def test_the_frame_is_every_policy_in_order_and_its_quotas_stand_before_any_seed(drawn_plan, book):
    run = framed(drawn_plan)
    with run.frame_file.content.open("rb") as file:
        lines = file.read().decode().splitlines()
    strata = {policy.number: f"{policy.branch.number}|{policy.channel}" for policy in book}
    expected = sorted((stratum, number) for number, stratum in strata.items())
    assert lines == [f"{number}\t{stratum}" for stratum, number in expected]
    assert [(one.size, one.quota) for one in run.strata.all()] == [(10, 2)] * 4
    assert (run.state, run.frame_size) == ("framed", 40)


def test_the_approvers_are_told_that_a_frame_waits(drawn_plan, second, compliance):
    framed(drawn_plan)
    told = Notice.objects.filter(kind="frame_sealed").values_list("recipient", flat=True)
    assert list(told) == [second.pk]


def test_the_seed_is_of_both_parts_and_the_frame(drawn_plan, second):
    run = drawn(drawn_plan, approver=second)
    expected = seed_of(machine_part=run.machine_part, approver_part=PART, frame_digest=run.frame_digest)
    assert run.seed == expected
    assert [seal.kind for seal in Seal.objects.order_by("place")] == ["machine_part", "frame", "seed", "draw"]
    assert broken() is None


def test_a_draw_fills_each_quota_and_gives_the_next_places_in_order(drawn_plan, second):
    run = drawn(drawn_plan, approver=second)
    for stratum in run.strata.all():
        assert [item.place for item in stratum.items.all()] == [1, 2]
    assert run.state == "drawn"


def test_who_opened_the_draw_does_not_give_the_other_part(drawn_plan, third):
    run = framed(drawn_plan, actor=third)
    with pytest.raises(RunRefused, match="Who opened"):
        give_seed(run=run, part=PART, actor=third, at=LATER)


def test_who_wrote_the_plan_does_not_give_the_other_part(drawn_plan, compliance):
    with pytest.raises(RunRefused, match="Who wrote"):
        give_seed(run=framed(drawn_plan), part=PART, actor=compliance.fresh(), at=LATER)


def test_nobody_gives_a_part_before_the_frame_is_sealed(drawn_plan, second):
    with pytest.raises(RunRefused, match="No part is waited for"):
        give_seed(run=opened(drawn_plan), part=PART, actor=second, at=LATER)


def test_a_part_for_another_frame_than_was_seen_is_refused(drawn_plan, second):
    with pytest.raises(RunRefused, match="another frame"):
        give_seed(run=framed(drawn_plan), part=PART, actor=second, at=LATER, frame_digest="0" * 64)


@pytest.mark.parametrize("part", ["short", "two\nlines of it", "x" * 201])
def test_a_part_is_one_line_of_some_length(drawn_plan, second, part):
    with pytest.raises(RunRefused, match="characters"):
        give_seed(run=framed(drawn_plan), part=part, actor=second, at=LATER)


def test_the_part_is_given_once(drawn_plan, second, third):
    run = give_seed(run=framed(drawn_plan), part=PART, actor=second, at=LATER)
    with pytest.raises(RunRefused, match="No part is waited for"):
        give_seed(run=run, part="something else", actor=third, at=LATER)


def test_drawing_twice_changes_nothing(drawn_plan, second):
    run = drawn(drawn_plan, approver=second)
    before = list(run.items.values_list("pk", "key"))
    draw(run=run, at=LATER)
    assert list(run.items.values_list("pk", "key")) == before


def test_a_withdrawn_draw_stays_with_its_items_beside_the_one_in_its_place(drawn_plan, second, third):
    run = drawn(drawn_plan, approver=second)
    run = withdraw(run=run, reason="wrong channel in the plan", actor=third, at=LATER)
    anew = open_instead(run=run, actor=third, at=LATER)
    assert (run.state, run.items.count()) == ("withdrawn", 8)
    assert (anew.replaces_id, anew.period) == (run.pk, run.period)
    assert open_instead(run=run, actor=third, at=LATER) == anew
    assert list(drawn_plan.runs.order_by("pk")) == [run, anew]
    assert Seal.objects.filter(subject=f"run:{run.pk}", kind="withdrawal").exists()


def test_a_withdrawal_says_why(drawn_plan, third):
    with pytest.raises(RunRefused, match="Say why"):
        withdraw(run=opened(drawn_plan), reason="  ", actor=third, at=LATER)


def test_a_plan_that_is_not_in_force_is_not_drawn(drawn_plan, compliance):
    drawn_plan.retired_at = AT
    drawn_plan.save()
    with pytest.raises(RunRefused, match="not in force"):
        opened(drawn_plan)


def test_a_branch_without_a_policy_is_no_stratum(drawn_plan):
    make_branch()
    assert framed(drawn_plan).strata.count() == 4
