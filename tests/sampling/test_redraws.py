"""A draw repeated gives the same items, and says what the book has changed since."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.translation import override

from audits.models import SampleItem
from audits.operations.conclusions import conclude
from audits.operations.drawing import extend, substitute
from audits.operations.sampling_runs import RunRefused
from audits.redraws import NotDrawn, redraw
from audits.sampling.choices import ItemOrigin, ItemOutcome
from audits.sealed_contents import first_broken
from policies.choices import PolicyStatus
from policies.models import Policy
from tests.factories import AT, make_customer, make_policy
from tests.personas import log_in
from tests.sampling.draws import drawn, framed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LATER = AT + timedelta(days=1)


def test_the_same_items_come_again(drawn_plan, second):
    said = redraw(run=drawn(drawn_plan, approver=second))
    assert (said.identical, said.items, said.frame_changed) == (True, 8, False)


def test_nothing_drawn_is_nothing_to_repeat(drawn_plan):
    with pytest.raises(NotDrawn):
        redraw(run=framed(drawn_plan))


def test_who_entered_left_or_moved_is_told_and_changes_no_item(drawn_plan, second, here, book):
    run = drawn(drawn_plan, approver=second)
    new = make_policy(branch=here, channel="bank", holder=make_customer(home_branch=here))
    gone, other = book[0], book[1]
    Policy.objects.filter(pk=gone.pk).update(status=PolicyStatus.SURRENDERED)
    Policy.objects.filter(pk=other.pk).update(channel="individual")
    said = redraw(run=run)
    assert said.identical
    assert (said.entered.keys, said.left.keys, said.moved.keys) == (
        [new.number],
        [gone.number],
        [other.number],
    )


def page_of(run, staff):
    client = log_in(staff).client
    client.cookies["django_language"] = "en"
    return client.get(reverse("sampling_run", args=[run.pk])).content.decode()


def concluded(run, by, outcome=ItemOutcome.RIGHT):
    """Everything that is open came out so."""
    run.items.filter(outcome=ItemOutcome.PENDING).update(outcome=outcome, decided_at=AT)
    return conclude(run=run, actor=by, at=LATER)


def test_an_extension_goes_on_in_the_same_order_by_as_many_as_the_conclusion_names(drawn_plan, second, third):
    run = drawn(drawn_plan, approver=second)
    first = set(run.items.values_list("key", flat=True))
    asked = concluded(run, second).extend_by
    new = extend(run=run, actor=third, at=LATER)
    assert 0 < len(new) == asked
    assert not first & set(new)
    for stratum in run.strata.all():
        places = list(stratum.items.order_by("place").values_list("place", flat=True))
        assert places == list(range(1, len(places) + 1))
    assert redraw(run=run).identical
    assert first_broken() is None


def test_nobody_extends_what_was_not_concluded_or_what_was_decided(drawn_plan, second, third):
    run = drawn(drawn_plan, approver=second)
    with pytest.raises(RunRefused, match="left it open"):
        extend(run=run, actor=third, at=LATER)
    assert concluded(run, second, ItemOutcome.FALSE).verdict == "reject"
    with pytest.raises(RunRefused, match="left it open"):
        extend(run=run, actor=third, at=LATER)


def test_whoever_concluded_does_not_extend_until_the_verdict_pleases(drawn_plan, second, third):
    run = drawn(drawn_plan, approver=second)
    concluded(run, third)
    page = page_of(run, third)
    assert "another person does" in page
    assert reverse("sampling_run_extend", args=[run.pk]) not in page
    with pytest.raises(RunRefused, match="another person"):
        extend(run=run, actor=third, at=LATER)
    log_in(second).client.post(reverse("sampling_run_extend", args=[run.pk]))
    assert run.items.filter(origin=ItemOrigin.EXTENSION).exists()
    with override("en"), pytest.raises(RunRefused, match="left it open"):
        extend(run=run, actor=second, at=LATER)


def test_a_second_look_says_what_both_together_prove(drawn_plan, second, third):
    run = drawn(drawn_plan, approver=second)
    concluded(run, third)
    extend(run=run, actor=second, at=LATER)
    concluded(run, third)
    page = page_of(run, third)
    assert "Looked at 2 times" in page
    assert "at least 90\xa0% for all together" in page


def test_the_next_in_order_stands_for_what_has_ended(drawn_plan, second, third):
    run = drawn(drawn_plan, approver=second)
    old = run.items.order_by("pk").first()
    Policy.objects.filter(pk=old.policy_id).update(status=PolicyStatus.SURRENDERED)
    new = substitute(item=old, reason="ended", actor=third, at=LATER)
    old.refresh_from_db()
    assert (old.outcome, new.stratum, new.place, new.stands_for) == ("substituted", old.stratum, 3, old)
    assert redraw(run=run).identical
    assert first_broken() is None


def test_nobody_is_substituted_for_a_reason_that_does_not_hold(drawn_plan, second, third):
    item = drawn(drawn_plan, approver=second).items.first()
    for reason in ("ended", "no_contact", "because"):
        with pytest.raises(RunRefused):
            substitute(item=item, reason=reason, actor=third, at=LATER)


def test_an_item_put_in_the_place_of_another_is_found(drawn_plan, second):
    run = drawn(drawn_plan, approver=second)
    item = run.items.first()
    other = next(
        policy for policy in Policy.objects.order_by("pk") if not run.items.filter(key=policy.number)
    )
    SampleItem.objects.filter(pk=item.pk).update(key=other.number, policy=other)
    said = redraw(run=run)
    assert (said.identical, said.missing, said.extra) == (False, [other.number], [item.key])
    assert (first_broken().kind, first_broken().why) == ("draw", "content")


def test_a_frame_file_that_was_changed_is_found(drawn_plan, second):
    run = drawn(drawn_plan, approver=second)
    path = Path(run.frame_file.content.path)
    path.write_bytes(path.read_bytes().replace(b"bank", b"BANK", 1))
    assert not redraw(run=run).identical
    assert (first_broken().kind, first_broken().why) == ("frame", "content")


def test_the_commands_say_so_and_by_their_exit(drawn_plan, second):
    out = StringIO()
    code, words = drawn_plan.code, "七月流火九月授衣"
    call_command("draw", code, "--as", second.username, "--words", words, "--json", stdout=out)
    said = json.loads(out.getvalue())
    assert (said["state"], said["items"]) == ("drawn", 8)
    out = StringIO()
    call_command("redraw", str(said["run"]), "--json", stdout=out)
    assert json.loads(out.getvalue())["identical"] is True
    out = StringIO()
    call_command("verify_history", "--json", stdout=out)
    assert json.loads(out.getvalue())["broken"] is None


def test_a_draw_without_an_approver_waits_and_the_next_call_goes_on_with_it(drawn_plan, second):
    first, then = StringIO(), StringIO()
    call_command("draw", drawn_plan.code, "--json", stdout=first)
    call_command(
        "draw", drawn_plan.code, "--as", second.username, "--words", "三更灯火五更鸡", "--json", stdout=then
    )
    assert json.loads(first.getvalue())["state"] == "framed"
    assert json.loads(then.getvalue())["run"] == json.loads(first.getvalue())["run"]
    assert json.loads(then.getvalue())["state"] == "drawn"


def test_whoever_wrote_the_plan_cannot_draw_it_alone(drawn_plan, compliance):
    with pytest.raises(SystemExit) as ended:
        call_command("draw", drawn_plan.code, "--as", compliance.staff.username, "--words", "一手遮天一手")
    assert ended.value.code == 2
    assert not SampleItem.objects.exists()
