"""Thousands at once by the rules of one by one: both are walked and compared."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from audits.choices import PauseReason
from audits.choices import RectificationState as State
from audits.choices import StepAction as Action
from audits.models import Rectification
from audits.operations.clock import pause_rectification
from audits.transitions import StepRefused, walk
from audits.transitions_many import MANY, OneStep, walk_many
from customers.models import CustomerGrant
from tests.factories import AT, make_rectification, make_staff
from tests.rectification.test_transitions import brought_to
from workplace.choices import Role
from workplace.models import Staff

pytestmark = pytest.mark.django_db
ROW = ("state", "owner_id", "assigned_by_id", "assigned_at", "version", "paused_at", "added_days", "due_on")
LINE = ("at", "actor_id", "kind", "action", "from_state", "to_state", "reason", "detail")


@pytest.fixture
def colleague(here):
    return make_staff(Role.CLERK, branch=here, name="陈同事")


def told(rectification):
    """The row, its last line and who sees the customer."""
    found = Rectification.objects.filter(pk=rectification.pk).values(*ROW).get()
    line = rectification.timeline.order_by("-id").values(*LINE).first()
    grants = CustomerGrant.objects.filter(source_id=rectification.pk, ended_at=None)
    return found, line, list(grants.values_list("staff_id", flat=True))


def one_by_one(rectification, action, actor, owner, seen):
    try:
        walk(
            rectification=rectification,
            action=action,
            actor=actor,
            at=AT,
            owner=owner,
            reason="调整",
            seen_version=seen,
            detail={"bulk": 7},
        )
    except StepRefused as refusal:
        return str(refusal).replace(rectification.number, "#")
    return ""


def at_once(rectification, action, actor, owner, seen):
    (walked,) = walk_many(
        steps=[OneStep(rectification.pk, action, owner, seen)],
        actor=actor,
        at=AT,
        reason="调整",
        detail={"bulk": 7},
    )
    assert walked.version == Rectification.objects.get(pk=rectification.pk).version
    return walked.reason.replace(rectification.number, "#")


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("action", sorted(MANY))
def test_many_at_once_is_what_one_by_one_would_have_been(
    state, action, clerk, manager, compliance, clerk_elsewhere, colleague, here
):
    row = brought_to(state, clerk, manager, here)
    tried = [(manager, colleague), (manager, clerk.staff), (manager, clerk_elsewhere.staff), (manager, None)]
    for actor, owner in [*tried, (compliance, colleague), (None, colleague)]:
        who = actor.fresh() if actor else None
        new = Staff.objects.get(pk=owner.pk) if owner else None
        assert outcome(one_by_one, row, action, who, new) == outcome(at_once, row, action, who, new)


def outcome(way, row, action, actor, owner):
    """What was said and what became of it; the row is afterwards as it was."""
    found = Rectification.objects.get(pk=row.pk)
    with transaction.atomic():
        said = way(found, action, actor, owner, None)
        became = told(found)
        transaction.set_rollback(True)
    return said, became


def test_a_stale_row_is_refused_by_name_and_the_others_go_on(clerk, manager, colleague, here):
    rows = [make_rectification(branch=here) for _ in range(3)]
    walk(rectification=rows[1], action=Action.ASSIGN, actor=manager.fresh(), owner=clerk.staff, at=AT)
    walked = walk_many(
        steps=[OneStep(row.pk, Action.ASSIGN, colleague, 1) for row in rows], actor=manager.fresh(), at=AT
    )
    assert [bool(one.reason) for one in walked] == [False, True, False]
    assert "段作业" in walked[1].reason
    assert "张主管" in walked[1].reason
    assert [one.version for one in walked] == [2, 2, 2]
    owners = Rectification.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
    assert [row.owner for row in owners] == [colleague, clerk.staff, colleague]


def test_what_is_not_there_is_refused_like_what_one_may_not_see(manager, colleague):
    (walked,) = walk_many(steps=[OneStep(987_654, Action.ASSIGN, colleague)], actor=manager.fresh(), at=AT)
    assert walked.reason


def test_taking_back_ends_a_pause(clerk, manager, here):
    row = brought_to(State.IN_PROGRESS, clerk, manager, here)
    pause_rectification(rectification=row, reason=PauseReason.CUSTOMER, actor=clerk.fresh(), at=AT)
    walk_many(steps=[OneStep(row.pk, Action.UNASSIGN)], actor=manager.fresh(), at=AT)
    found = Rectification.objects.get(pk=row.pk)
    assert (found.state, found.paused_at, found.owner) == (State.OPEN, None, None)
    assert found.pauses.get().ended_by == manager.staff


def test_thirty_take_as_many_queries_as_one(manager, colleague, here):
    counts = []
    for number in (1, 1, 30):
        steps = [OneStep(make_rectification(branch=here).pk, Action.ASSIGN, colleague) for _ in range(number)]
        with CaptureQueriesContext(connection) as queries:
            walked = walk_many(steps=steps, actor=manager.fresh(), at=AT)
        assert not any(one.reason for one in walked)
        counts.append(len(queries))
    assert counts[1] == counts[2]
