"""The state table, tried from every state with every action, and the database behind it."""

import pytest
from django.db import DatabaseError, connection, transaction

from audits.choices import RectificationState as State
from audits.choices import StepAction as Action
from audits.models import Rectification, TimelineEntry
from audits.states import TRANSITIONS, moves
from audits.transitions import StaleStep, StepRefused, walk
from customers.models import CustomerGrant
from tests.factories import AT, make_correction, make_finding, make_rectification, make_staff
from tests.personas import Persona
from workplace.choices import CorrectionState, Role

pytestmark = pytest.mark.django_db

ROAD = {
    State.OPEN: [],
    State.ASSIGNED: [Action.ASSIGN],
    State.IN_PROGRESS: [Action.ASSIGN, Action.START],
    State.IN_REVIEW: [Action.ASSIGN, Action.START, Action.SUBMIT],
    State.RETURNED: [Action.ASSIGN, Action.START, Action.SUBMIT, Action.RETURN],
    State.APPEALED: [Action.ASSIGN, Action.APPEAL],
    State.CLOSED: [Action.ASSIGN, Action.START, Action.SUBMIT, Action.ACCEPT],
}
EXPECTED = {
    (State.OPEN, Action.ASSIGN): State.ASSIGNED,
    (State.ASSIGNED, Action.REASSIGN): State.ASSIGNED,
    (State.IN_PROGRESS, Action.REASSIGN): State.ASSIGNED,
    (State.RETURNED, Action.REASSIGN): State.RETURNED,
    (State.IN_REVIEW, Action.REASSIGN): State.IN_REVIEW,
    (State.ASSIGNED, Action.UNASSIGN): State.OPEN,
    (State.IN_PROGRESS, Action.UNASSIGN): State.OPEN,
    (State.RETURNED, Action.UNASSIGN): State.OPEN,
    (State.ASSIGNED, Action.START): State.IN_PROGRESS,
    (State.RETURNED, Action.START): State.IN_PROGRESS,
    (State.IN_PROGRESS, Action.SUBMIT): State.IN_REVIEW,
    (State.IN_REVIEW, Action.ACCEPT): State.CLOSED,
    (State.IN_REVIEW, Action.RETURN): State.RETURNED,
    (State.CLOSED, Action.REOPEN): State.OPEN,
    (State.OPEN, Action.SETTLE): State.CLOSED,
    (State.ASSIGNED, Action.SETTLE): State.CLOSED,
    (State.IN_PROGRESS, Action.SETTLE): State.CLOSED,
    (State.RETURNED, Action.SETTLE): State.CLOSED,
    (State.OPEN, Action.APPEAL): State.APPEALED,
    (State.ASSIGNED, Action.APPEAL): State.APPEALED,
    (State.IN_PROGRESS, Action.APPEAL): State.APPEALED,
    (State.RETURNED, Action.APPEAL): State.APPEALED,
    (State.APPEALED, Action.DECIDE): State.OPEN,
    (State.OPEN, Action.PUT_BACK): State.IN_PROGRESS,
    (State.ASSIGNED, Action.PUT_BACK): State.IN_PROGRESS,
    (State.OPEN, Action.PUT_BACK_RETURNED): State.RETURNED,
}
OF_THE_OWNER = {Action.START, Action.SUBMIT}


@pytest.fixture
def colleague(here):
    return make_staff(Role.CLERK, branch=here, name="陈同事")


def brought_to(state, clerk: Persona, manager: Persona, branch) -> Rectification:
    rectification = make_rectification(branch=branch)
    for action in ROAD[state]:
        step(rectification, action, clerk, manager, owner=clerk.staff)
    assert rectification.state == state
    return rectification


def step(rectification, action, clerk, manager, owner=None):
    actor = None if action == Action.SETTLE else clerk.fresh() if action in OF_THE_OWNER else manager.fresh()
    return walk(
        rectification=rectification,
        action=action,
        actor=actor,
        at=AT,
        owner=owner,
        reason="理由",
        cause="accepted",
    )


def test_the_table_says_what_the_design_says():
    assert {
        (old, action): new for action, one in TRANSITIONS.items() for old, new in one.moves.items()
    } == EXPECTED


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("action", Action.values)
def test_each_action_leads_only_where_the_table_says(state, action, clerk, manager, colleague, here):
    rectification = brought_to(state, clerk, manager, here)
    lines = rectification.timeline.count()
    owner = colleague if action == Action.REASSIGN else clerk.staff

    if (state, action) in EXPECTED:
        step(rectification, action, clerk, manager, owner=owner)
        assert Rectification.objects.get(pk=rectification.pk).state == EXPECTED[state, action]
        assert rectification.timeline.count() == lines + 1
        last = rectification.timeline.order_by("-id")[0]
        assert (last.action, last.from_state, last.to_state) == (action, state, EXPECTED[state, action])
    else:
        with pytest.raises(StepRefused):
            step(rectification, action, clerk, manager, owner=owner)
        assert Rectification.objects.get(pk=rectification.pk).state == state
        assert rectification.timeline.count() == lines


@pytest.mark.parametrize("who", ["clerk", "auditor", "compliance", "partner", "clerk_elsewhere", "outsider"])
@pytest.mark.parametrize(
    "action", [Action.ASSIGN, Action.ACCEPT, Action.RETURN, Action.REOPEN, Action.UNASSIGN]
)
def test_only_a_manager_of_the_branch_leads(who, action, request, clerk, manager, here):
    starts = next(state for state, taken in EXPECTED if taken == action)
    rectification = brought_to(starts, clerk, manager, here)
    actor = request.getfixturevalue(who).fresh()
    with pytest.raises(StepRefused):
        walk(rectification=rectification, action=action, actor=actor, at=AT, owner=clerk.staff, reason="理由")
    assert Rectification.objects.get(pk=rectification.pk).state == starts


def test_a_colleague_does_not_work_on_anothers(clerk, manager, colleague, here):
    rectification = brought_to(State.ASSIGNED, clerk, manager, here)
    with pytest.raises(StepRefused):
        walk(rectification=rectification, action=Action.START, actor=colleague, at=AT)


def test_whoever_cannot_reach_it_is_not_given_it(manager, clerk_elsewhere, here):
    rectification = make_rectification(branch=here)
    with pytest.raises(StepRefused):
        walk(
            rectification=rectification,
            action=Action.ASSIGN,
            actor=manager.fresh(),
            owner=clerk_elsewhere.fresh(),
            at=AT,
        )


def test_a_person_never_settles_and_the_machine_never_accepts(clerk, manager, here):
    with pytest.raises(StepRefused):
        walk(
            rectification=make_rectification(branch=here), action=Action.SETTLE, actor=manager.fresh(), at=AT
        )
    with pytest.raises(StepRefused):
        walk(
            rectification=brought_to(State.IN_REVIEW, clerk, manager, here),
            action=Action.ACCEPT,
            actor=None,
            at=AT,
        )


def test_nothing_settles_while_a_finding_is_open(here):
    rectification = make_rectification(branch=here)
    make_finding(customer=rectification.customer, rectification=rectification)
    with pytest.raises(StepRefused):
        walk(rectification=rectification, action=Action.SETTLE, actor=None, at=AT)


def test_who_submitted_cannot_accept_even_as_a_manager(manager, here):
    rectification = make_rectification(branch=here, owner=manager.staff)
    for action in (Action.START, Action.SUBMIT):
        walk(rectification=rectification, action=action, actor=manager.fresh(), at=AT)
    for action in (Action.ACCEPT, Action.RETURN):
        with pytest.raises(StepRefused):
            walk(rectification=rectification, action=action, actor=manager.fresh(), at=AT, reason="理由")


def test_who_proposed_a_value_of_it_cannot_accept(clerk, manager, here):
    rectification = brought_to(State.IN_REVIEW, clerk, manager, here)
    make_correction(
        customer=rectification.customer,
        proposed_by=manager.staff,
        origin=f"rectification:{rectification.pk}",
        state=CorrectionState.SUBMITTED,
    )
    with pytest.raises(StepRefused):
        walk(rectification=rectification, action=Action.ACCEPT, actor=manager.fresh(), at=AT)


def test_a_return_and_a_reopening_need_a_reason(clerk, manager, here):
    for state, action in ((State.IN_REVIEW, Action.RETURN), (State.CLOSED, Action.REOPEN)):
        with pytest.raises(StepRefused):
            walk(
                rectification=brought_to(state, clerk, manager, here),
                action=action,
                actor=manager.fresh(),
                at=AT,
                reason="  ",
            )


def test_reopening_continues_the_same_record_and_counts(clerk, manager, here):
    rectification = brought_to(State.CLOSED, clerk, manager, here)
    step(rectification, Action.REOPEN, clerk, manager)
    found = Rectification.objects.get(pk=rectification.pk)
    assert (found.state, found.reopened, found.owner, found.closed_at, found.submitted_by) == (
        State.OPEN,
        1,
        None,
        None,
        None,
    )
    assert [line.action for line in found.timeline.all()] == ["assign", "start", "submit", "accept", "reopen"]


def test_a_stale_click_is_told_who_was_faster(clerk, manager, colleague, here):
    rectification = make_rectification(branch=here)
    seen = rectification.version
    walk(rectification=rectification, action=Action.ASSIGN, actor=manager.fresh(), owner=clerk.staff, at=AT)
    with pytest.raises(StaleStep) as stale:
        walk(
            rectification=Rectification.objects.get(pk=rectification.pk),
            action=Action.ASSIGN,
            actor=manager.fresh(),
            owner=colleague,
            at=AT,
            seen_version=seen,
        )
    assert (stale.value.by, stale.value.at, stale.value.owner) == (manager.staff, AT, "段作业")
    assert "段作业" in str(stale.value)
    assert "张主管" in str(stale.value)
    assert "2026-11-20 10:00" in str(stale.value)


def test_the_owner_sees_the_customer_while_it_is_theirs(clerk, manager, colleague, here):
    rectification = make_rectification(branch=here)
    step(rectification, Action.ASSIGN, clerk, manager, owner=clerk.staff)
    assert [grant.staff for grant in CustomerGrant.objects.filter(ended_at=None)] == [clerk.staff]
    step(rectification, Action.REASSIGN, clerk, manager, owner=colleague)
    assert [grant.staff for grant in CustomerGrant.objects.filter(ended_at=None)] == [colleague]
    step(rectification, Action.SETTLE, clerk, manager)
    assert CustomerGrant.objects.filter(ended_at=None).count() == 0


@pytest.mark.parametrize("old", State.values)
@pytest.mark.parametrize("new", State.values)
def test_the_database_refuses_what_the_table_does_not_know(old, new, clerk, manager, here):
    rectification = brought_to(old, clerk, manager, here)
    said = "UPDATE audits_rectification SET state = %s, owner_id = %s, closed_at = %s WHERE id = %s"
    closed_at = AT if new == State.CLOSED else None
    parameters = [new, clerk.staff.pk, closed_at, rectification.pk]

    def update():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE audits_rectification SET closed_by_id = NULL WHERE id = %s", [rectification.pk]
            )
            cursor.execute(said, parameters)

    if old == new or (old, new) in moves():
        update()
    else:
        with pytest.raises(DatabaseError, match="Invalid transition"):
            update()


@pytest.mark.parametrize("state", [state for state in State.values if state != State.OPEN])
def test_the_database_refuses_a_rectification_that_begins_anywhere_else(state, clerk, here):
    with pytest.raises(DatabaseError, match="Cannot insert"), transaction.atomic():
        make_rectification(branch=here, state=state, closed_at=AT if state == State.CLOSED else None)


def test_the_timeline_is_append_only(clerk, manager, here):
    brought_to(State.ASSIGNED, clerk, manager, here)
    with pytest.raises(DatabaseError), transaction.atomic():
        TimelineEntry.objects.update(reason="umgeschrieben")
    with pytest.raises(DatabaseError), transaction.atomic():
        TimelineEntry.objects.all().delete()
