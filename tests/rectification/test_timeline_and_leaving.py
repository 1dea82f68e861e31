"""The timeline tells each step and never a value; who leaves hands everything back."""

import json

import pytest

from agents.choices import Post
from agents.models import Posting
from agents.operations.postings import end_posting, post_staff
from audits.choices import RectificationState as State
from audits.models import Rectification
from audits.operations.corrections import return_rectification
from audits.operations.leaving import let_go_out_of_reach
from customers.models import Customer
from tests.factories import AT, TODAY, make_staff
from tests.rectification.scenes import SHORT, given, in_review
from workplace.choices import Role
from workplace.models import Correction
from workplace.operations.staff import leave

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(db):
    return make_staff(Role.ADMINISTRATOR, name="吴管理")


def test_a_line_shows_what_changed_but_masked(here, clerk, manager):
    row = in_review(here, clerk=clerk, manager=manager)
    new = Correction.objects.get().new_normal
    line = row.timeline.get(action="submit")
    assert line.detail["fields"] == [
        {"kind": "customer", "field": "mobile", "old": "*" * 10, "new": f"{new[:3]}****{new[-4:]}"}
    ]
    everything = json.dumps(list(row.timeline.values("reason", "detail")))
    assert [value for value in (SHORT, new) if value in everything] == []


def test_what_was_in_the_hand_of_who_moved_away_goes_back(here, elsewhere, clerk, manager):
    row, own = given(here, clerk, manager), given(here, manager, manager)
    assert let_go_out_of_reach(at=AT) == 0
    post_staff(staff=clerk.staff, branch=elsewhere, post=Post.OPERATIONS, valid_from=TODAY, actor=None, at=AT)
    end_posting(posting=Posting.objects.get(staff=clerk.staff, branch=here), actor=None, at=AT)
    seen = Customer.objects.visible_to(clerk.fresh()).filter(pk=row.customer_id)
    assert (seen.exists(), Rectification.objects.visible_to(clerk.fresh()).exists()) == (True, False)
    assert [let_go_out_of_reach(at=AT), let_go_out_of_reach(at=AT)] == [1, 0]
    found = Rectification.objects.get(pk=row.pk)
    assert (found.state, found.owner, seen.exists()) == (State.OPEN, None, False)
    assert Rectification.objects.get(pk=own.pk).owner == manager.staff


def test_who_leaves_hands_back_what_is_in_hand(here, clerk, manager, boss):
    row = given(here, clerk, manager)
    leave(staff=clerk.fresh(), actor=boss, at=AT)
    found = Rectification.objects.get(pk=row.pk)
    assert (found.state, found.owner) == (State.OPEN, None)


def test_what_waited_for_review_when_its_owner_left_is_open_once_returned(here, clerk, manager, boss):
    row = in_review(here, clerk=clerk, manager=manager)
    leave(staff=clerk.fresh(), actor=boss, at=AT)
    found = Rectification.objects.get(pk=row.pk)
    assert found.state == State.IN_REVIEW
    return_rectification(rectification=found, actor=manager.fresh(), at=AT, reason="证据不清")
    assert (found.state, found.owner) == (State.OPEN, None)
