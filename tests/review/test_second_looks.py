"""Some of what was closed is looked at again: chosen by the machine, answered by another person, once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from agents.choices import Post
from audits.choices import LookKind
from audits.choices import RectificationState as State
from audits.models import Rectification, RectificationSettings, SecondLook
from audits.operations.corrections import accept_rectification, save_draft, submit_rectification
from audits.operations.rectifications import reopen_rectification
from audits.operations.second_looks import (
    LookRefused,
    choose_second_looks,
    drawn,
    look_again,
    months_before,
)
from tests.factories import AT, make_rectification, make_seller, make_staff, willed
from tests.personas import log_in
from tests.rectification.scenes import given, good_mobile, in_review
from workplace.choices import Role
from workplace.models import Absence
from workplace.operations.corrections import Proposal

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=5)
OTHER_ROAD, ACCEPTED = "other_road", "accepted"


@pytest.fixture
def colleague(here):
    return log_in(make_staff(Role.MANAGER, branch=here, post=Post.MANAGEMENT, name="何主管"))


@pytest.fixture
def every_one():
    """All of what may be chosen is."""
    RectificationSettings.objects.filter(pk=1).update(spot_check_share=100, second_look_share=100)


def closed(here, *, at=AT, cause=ACCEPTED, **people):
    row = make_rectification(branch=here, owner=people.pop("owner", None))
    Rectification.objects.filter(pk=row.pk).update(
        state=State.CLOSED, closed_at=at, closing_cause=cause, **people
    )
    return Rectification.objects.get(pk=row.pk)


def accepted(here, clerk, manager):
    row = in_review(here, clerk=clerk, manager=manager)
    return accept_rectification(rectification=row, actor=manager.fresh(), at=LATER)


def chosen(kind=LookKind.SPOT):
    return {one.rectification_id for one in SecondLook.objects.filter(kind=kind)}


def test_only_what_a_person_accepted_is_spot_checked(here, manager, every_one):
    row = closed(here, closed_by=manager.staff)
    closed(here, cause=OTHER_ROAD)
    make_rectification(branch=here)
    assert choose_second_looks(at=LATER) == 1
    assert chosen() == {row.pk}


def test_a_second_run_adds_nothing(here, every_one):
    closed(here)
    assert [choose_second_looks(at=LATER), choose_second_looks(at=LATER)] == [1, 0]


def test_the_share_is_kept_and_says_the_same_each_time():
    closures = [(pk, AT + timedelta(seconds=pk)) for pk in range(4_000)]
    picked = [drawn("spot", pk, at, Decimal("5")) for pk, at in closures]
    assert 140 <= sum(picked) <= 260
    assert picked == [drawn("spot", pk, at, Decimal("5")) for pk, at in closures]
    assert not any(drawn("spot", pk, at, Decimal(0)) for pk, at in closures)
    assert all(drawn("spot", pk, at, Decimal(100)) for pk, at in closures[:200])


def test_what_a_seller_handed_in_is_spot_checked_in_any_case(here):
    RectificationSettings.objects.filter(pk=1).update(spot_check_share=0)
    row = closed(here, handled_by=make_seller(branch=here))
    closed(here)
    choose_second_looks(at=LATER)
    assert chosen() == {row.pk}


def test_after_six_months_some_are_seen_again(here, every_one):
    old = closed(here, at=AT - timedelta(days=190))
    closed(here, at=AT - timedelta(days=170))
    closed(here, at=AT - timedelta(days=400))
    choose_second_looks(at=AT)
    assert chosen(LookKind.LATER) == {old.pk}


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [("2026-11-20", 6, "2026-05-20"), ("2026-08-31", 6, "2026-02-28"), ("2026-03-15", 12, "2025-03-15"),
     ("2026-12-31", 1, "2026-11-30"), ("2026-01-10", 1, "2025-12-10")],
)  # fmt: skip
def test_months_are_those_of_the_calendar(day, months, expected):
    at = datetime.fromisoformat(day).replace(tzinfo=UTC)
    assert months_before(at, months).date().isoformat() == expected


def test_one_that_holds_stays_closed(here, clerk, manager, colleague, every_one):
    row = accepted(here, clerk, manager)
    choose_second_looks(at=LATER)
    look = look_again(
        look=SecondLook.objects.get(), result="holds", note="", actor=colleague.fresh(), at=LATER
    )
    assert (look.result, look.looked_by, look.looked_at) == ("holds", colleague.staff, LATER)
    assert Rectification.objects.get(pk=row.pk).state == State.CLOSED
    assert row.timeline.get(action="second_look").actor == colleague.staff


def test_one_that_does_not_hold_is_reopened_with_the_reason(here, clerk, manager, colleague, every_one):
    row = accepted(here, clerk, manager)
    choose_second_looks(at=LATER)
    look_again(
        look=SecondLook.objects.get(), result="wrong", note="号码仍是空号", actor=colleague.fresh(), at=LATER
    )
    found = Rectification.objects.get(pk=row.pk)
    assert (found.state, found.reopened) == (State.OPEN, 1)
    line = found.timeline.get(action="reopen")
    assert (line.reason, line.actor) == ("号码仍是空号", colleague.staff)


@pytest.mark.parametrize(("result", "note"), [("wrong", " "), ("", "x"), ("nonsense", "x")])
def test_half_an_answer_is_refused(result, note, here, clerk, manager, colleague, every_one):
    accepted(here, clerk, manager)
    choose_second_looks(at=LATER)
    with pytest.raises(LookRefused):
        look_again(look=SecondLook.objects.get(), result=result, note=note, actor=colleague.fresh(), at=LATER)
    assert SecondLook.objects.get().result == ""


def test_neither_who_corrected_nor_who_accepted_looks_again(here, clerk, manager, colleague, every_one):
    own = accepted(here, colleague, manager)
    choose_second_looks(at=LATER)
    for actor in (colleague, manager, clerk):
        with pytest.raises(LookRefused):
            look_again(look=SecondLook.objects.get(), result="holds", note="", actor=actor.fresh(), at=LATER)
    assert own.second_looks.get().result == ""


def test_it_is_answered_once(here, clerk, manager, colleague, every_one):
    accepted(here, clerk, manager)
    choose_second_looks(at=LATER)
    look = SecondLook.objects.get()
    look_again(look=look, result="unreached", note="", actor=colleague.fresh(), at=LATER)
    third = log_in(make_staff(Role.MANAGER, branch=here, name="冯主管"))
    with pytest.raises(LookRefused, match="何主管"):
        look_again(look=look, result="holds", note="", actor=third.fresh(), at=LATER)


def test_what_was_reopened_meanwhile_is_off_the_list(here, clerk, manager, colleague, every_one):
    row = accepted(here, clerk, manager)
    choose_second_looks(at=LATER)
    reopen_rectification(rectification=row, actor=manager.fresh(), at=LATER, reason="客户来电")
    page = colleague.client.get(reverse("second_looks"))
    assert page.context["numbers"]["others"] == 0
    with pytest.raises(LookRefused):
        look_again(look=SecondLook.objects.get(), result="holds", note="", actor=colleague.fresh(), at=LATER)


def test_the_list_parts_ones_own_and_the_next_opens_by_itself(here, clerk, manager, colleague, every_one):
    for _one in range(2):
        accepted(here, clerk, manager)
    accepted(here, colleague, manager)
    choose_second_looks(at=LATER)
    page = colleague.client.get(reverse("second_looks"))
    assert (page.context["numbers"]["others"], page.context["numbers"]["mine"]) == (2, 1)
    first, second = page.context["looks"]
    assert colleague.client.get(reverse("second_look", args=[first.pk])).context["after"] == second
    answer = colleague.client.post(reverse("second_look_result", args=[first.pk]), {"result": "holds"})
    assert answer.url == reverse("second_look", args=[second.pk])
    last = colleague.client.post(
        reverse("second_look_result", args=[second.pk]), {"result": "wrong", "note": "空号"}
    )
    assert last.url == reverse("second_looks")
    done = colleague.client.get(reverse("second_looks"), {"show": "done"})
    assert {one.result for one in done.context["looks"]} == {"holds", "wrong"}


def test_who_typed_a_value_that_another_handed_in_does_not_look(here, clerk, manager, colleague, every_one):
    row = given(here, clerk, manager)
    today = localdate(AT)
    Absence.objects.create(
        staff=clerk.staff, substitute=colleague.staff, since=today, until=today, reason="leave",
        recorded_by=clerk.staff, recorded_at=AT,
    )  # fmt: skip
    typed = [Proposal("customer", row.customer_id, "mobile", good_mobile(), "document")]
    save_draft(rectification=row, proposals=typed, actor=colleague.fresh(), at=AT)
    submit_rectification(rectification=row, will=willed(), actor=clerk.fresh(), at=AT)
    accept_rectification(rectification=row, actor=manager.fresh(), at=LATER)
    choose_second_looks(at=LATER)
    numbers = colleague.client.get(reverse("second_looks")).context["numbers"]
    assert (numbers["others"], numbers["mine"]) == (0, 1)


def test_others_see_it_or_do_not(here, elsewhere, clerk, manager, compliance, every_one):
    accepted(here, clerk, manager)
    choose_second_looks(at=LATER)
    address = reverse("second_look", args=[SecondLook.objects.get().pk])
    far = log_in(make_staff(Role.MANAGER, branch=elsewhere, post=Post.MANAGEMENT, name="远主管"))
    answers = [one.client.get(address).status_code for one in (manager, compliance, clerk, far)]
    assert answers == [200, 200, 403, 404]
    answer = reverse("second_look_result", args=[SecondLook.objects.get().pk])
    posted = [one.client.post(answer, {"result": "holds"}).status_code for one in (compliance, clerk, far)]
    assert posted == [403, 403, 404]
    assert SecondLook.objects.get().result == ""
