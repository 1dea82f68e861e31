"""Undoing puts back what nobody touched since, once, as an action of its own."""

from datetime import timedelta
from itertools import count

import pytest

from audits.choices import BulkKind
from audits.choices import RectificationState as State
from audits.models import Rectification
from audits.operations import bulk_job
from audits.operations.bulk import BulkRefused, stop_bulk, undo_bulk
from audits.operations.clock import pause_rectification, resume_rectification
from audits.operations.rectifications import start_rectification
from audits.undoing import may_undo
from tests.bulk.scenes import LATER, begun, bulk, finished, over, owners, reasons, several, states
from tests.factories import AT, make_rectification, make_staff
from tests.personas import log_in
from tests.rectification.scenes import given, in_review
from workplace.choices import Role
from workplace.jobs import execute

pytestmark = pytest.mark.django_db


@pytest.fixture
def second_clerk(here):
    return log_in(make_staff(Role.CLERK, branch=here, name="陈同事"))


def undone(action, by):
    return finished(undo_bulk(action=action, actor=by.fresh(), at=LATER))


def test_owner_and_state_are_as_before(here, clerk, second_clerk, manager):
    free = make_rectification(branch=here)
    given_before = make_rectification(branch=here, owner=clerk.staff)
    at_work = start_rectification(rectification=given(here, clerk, manager), actor=clerk.fresh(), at=LATER)
    waiting = in_review(here, clerk=clerk, manager=manager)
    rows = [free, given_before, at_work, waiting]
    before = owners(rows), states(rows)
    done = bulk(manager, spreading=over(second_clerk))
    assert set(owners(rows)) == {second_clerk.staff}
    back = undone(done, manager)
    assert (back.kind, back.undoes, back.done, back.refused) == (BulkKind.UNDO, done, 4, 0)
    assert (owners(rows), states(rows)) == before


def test_what_was_taken_back_is_given_back_as_it_stood(here, clerk, manager):
    at_work = start_rectification(rectification=given(here, clerk, manager), actor=clerk.fresh(), at=LATER)
    assigned = make_rectification(branch=here, owner=clerk.staff)
    returned = make_rectification(branch=here, owner=clerk.staff)
    for state in (State.IN_PROGRESS, State.IN_REVIEW, State.RETURNED):
        Rectification.objects.filter(pk=returned.pk).update(state=state)
    rows = [at_work, assigned, returned]
    done = bulk(manager, BulkKind.TAKE_BACK)
    assert owners(rows) == [None] * 3
    assert undone(done, manager).done == 3
    assert states(rows) == [State.IN_PROGRESS, State.ASSIGNED, State.RETURNED]
    assert owners(rows) == [clerk.staff] * 3


def test_what_somebody_touched_since_stays_and_names_them(here, clerk, manager):
    touched, left = several(here, 2)
    done = bulk(manager, spreading=over(clerk))
    start_rectification(rectification=Rectification.objects.get(pk=touched.pk), actor=clerk.fresh(), at=LATER)
    back = undone(done, manager)
    assert (back.done, back.refused) == (1, 1)
    assert "段作业" in reasons(back)[touched.pk]
    assert owners([touched, left]) == [clerk.staff, None]


def test_days_given_are_taken_off_again(here, clerk, manager):
    row = make_rectification(branch=here, owner=clerk.staff)
    done = bulk(manager, BulkKind.EXTEND, days=5, note="停机")
    undone(done, manager)
    found = Rectification.objects.get(pk=row.pk)
    assert (found.due_on, found.added_days) == (row.due_on, 0)


def test_it_is_undone_once_and_an_undoing_never(here, clerk, manager):
    several(here, 1)
    done = bulk(manager, spreading=over(clerk))
    back = undone(done, manager)
    for action in (done, back):
        with pytest.raises(BulkRefused):
            undo_bulk(action=action, actor=manager.fresh(), at=LATER)
        assert may_undo(action, manager.fresh()) is False


def test_one_that_was_stopped_goes_on_by_whoever_lets_it(here, clerk, second_clerk, manager, monkeypatch):
    rows = several(here, 3, clerk.staff)
    done = bulk(manager, spreading=over(second_clerk))
    back = undo_bulk(action=done, actor=manager.fresh(), at=LATER)
    settle, chunks = bulk_job.settle, count(1)

    def settle_and_stop(outcomes):
        settle(outcomes)
        if next(chunks) == 2:
            stop_bulk(action=back, actor=manager.fresh(), at=LATER)

    with monkeypatch.context() as stopping:
        stopping.setattr(bulk_job, "CHUNK", 1)
        stopping.setattr(bulk_job, "settle", settle_and_stop)
        execute(back.job_id)
    assert owners(rows).count(clerk.staff) == 1
    assert may_undo(done, manager.fresh())
    colleague = log_in(make_staff(Role.MANAGER, branch=here, name="何主管"))
    again = undone(done, colleague)
    assert (again.pk, again.actor, again.done, again.refused) == (back.pk, colleague.staff, 3, 0)
    assert owners(rows) == [clerk.staff] * 3
    assert may_undo(done, manager.fresh()) is False


def test_not_before_it_has_ended(here, clerk, manager):
    several(here, 1)
    action = begun(manager, spreading=over(clerk))
    with pytest.raises(BulkRefused):
        undo_bulk(action=action, actor=manager.fresh(), at=LATER)


def test_refused_rows_are_left_alone(here, clerk, second_clerk, manager):
    stays = make_rectification(branch=here, owner=clerk.staff)
    several(here, 1)
    done = bulk(manager, spreading=over(clerk))
    assert undone(done, manager).matched == 1
    assert owners([stays]) == [clerk.staff]


def test_another_manager_of_the_place_may_undo_and_a_clerk_may_not(here, clerk, manager):
    several(here, 1)
    done = bulk(manager, spreading=over(clerk))
    with pytest.raises(BulkRefused):
        undo_bulk(action=done, actor=clerk.fresh(), at=LATER)
    colleague = log_in(make_staff(Role.MANAGER, branch=here, name="何主管"))
    assert undone(done, colleague).done == 1


def test_since_when_and_by_whom_it_was_given_is_as_before(here, clerk, second_clerk, manager):
    row = given(here, clerk, manager)
    before = Rectification.objects.get(pk=row.pk)
    undone(bulk(manager, spreading=over(second_clerk)), manager)
    after = Rectification.objects.get(pk=row.pk)
    assert (after.owner, after.assigned_by, after.assigned_at) == (clerk.staff, manager.staff, AT)
    assert (after.due_on, after.added_days) == (before.due_on, before.added_days)


def test_a_pause_that_taking_back_ended_goes_on(here, clerk, manager):
    row = start_rectification(rectification=given(here, clerk, manager), actor=clerk.fresh(), at=AT)
    pause_rectification(rectification=row, reason="customer", actor=clerk.fresh(), at=AT)
    before = Rectification.objects.get(pk=row.pk)
    done = bulk(manager, BulkKind.TAKE_BACK)
    assert Rectification.objects.get(pk=row.pk).paused_at is None
    undone(done, manager)
    after = Rectification.objects.get(pk=row.pk)
    assert (after.paused_at, after.due_on, after.added_days) == (AT, before.due_on, 0)
    assert [(one.until, one.days) for one in after.pauses.all()] == [(None, 0)]
    resume_rectification(rectification=after, actor=clerk.fresh(), at=AT + timedelta(days=4))
    assert Rectification.objects.get(pk=row.pk).added_days == 2
