"""One action on all that the board matches: frozen, done in the background, every row with its outcome."""

from unittest.mock import patch

import pytest

from audits.choices import BulkKind
from audits.choices import RectificationState as State
from audits.models import BulkAction, BulkLine, Rectification
from audits.operations import bulk_job
from audits.operations.bulk import BulkRefused, CountChanged, start_bulk
from audits.operations.rectifications import assign_rectification, unassign_rectification
from customers.models import CustomerGrant
from tests.bulk.scenes import LATER, begun, bulk, finished, over, owners, reasons, several, states
from tests.factories import make_rectification, make_staff
from tests.personas import log_in
from tests.rectification.scenes import in_review
from workplace.choices import JobState, Role
from workplace.jobs import cancel_job, execute, requeue_stale_jobs
from workplace.models import Job, Notice

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """As a process dies."""


@pytest.fixture
def second_clerk(here):
    return log_in(make_staff(Role.CLERK, branch=here, name="陈同事"))


def test_each_row_is_given_as_the_spread_says_with_a_line_of_its_own(here, clerk, second_clerk, manager):
    rows = several(here, 5, owner=manager.staff)
    done = bulk(manager, spreading=over(clerk, second_clerk))
    assert (done.matched, done.done, done.refused) == (5, 5, 0)
    assert sorted(str(one) for one in owners(rows)) == sorted(
        str(one) for one in [clerk.staff, clerk.staff, clerk.staff, second_clerk.staff, second_clerk.staff]
    )
    line = rows[0].timeline.get(action="reassign")
    assert (line.actor, line.reason, line.detail["bulk"]) == (manager.staff, "张三休产假", done.pk)


def test_the_new_owner_sees_the_customer_and_the_old_one_no_longer(here, clerk, second_clerk, manager):
    rows = several(here, 2)
    bulk(manager, spreading=over(clerk))
    bulk(manager, spreading=over(second_clerk))
    live = CustomerGrant.objects.filter(ended_at=None, source_id__in=[row.pk for row in rows])
    assert set(live.values_list("staff", flat=True)) == {second_clerk.staff.pk}


def test_each_new_owner_is_told_once(here, clerk, manager):
    several(here, 3)
    bulk(manager, spreading=over(clerk))
    told = Notice.objects.filter(recipient=clerk.staff, kind="assigned")
    assert [one.detail["count"] for one in told] == [3]


def test_the_filters_of_the_board_say_which_rows(here, clerk, second_clerk, manager):
    others = several(here, 2, owner=second_clerk.staff)
    several(here, 1)
    done = bulk(manager, BulkKind.TAKE_BACK, filters={"owner": str(second_clerk.staff.pk)}, seen=2)
    assert done.matched == 2
    assert states(others) == [State.OPEN, State.OPEN]


def test_a_number_that_no_longer_holds_is_refused_with_both(here, clerk, manager):
    several(here, 3)
    with pytest.raises(CountChanged) as refusal:
        begun(manager, spreading=over(clerk), seen=2)
    assert (refusal.value.seen, refusal.value.now) == (2, 3)
    assert (BulkAction.objects.count(), BulkLine.objects.count(), Job.objects.count()) == (0, 0, 0)


def test_rows_beyond_the_scope_are_not_matched(here, elsewhere, clerk, manager):
    several(here, 1)
    far = several(elsewhere, 2)
    assert bulk(manager, spreading=over(clerk), seen=1).done == 1
    assert owners(far) == [None, None]


def test_refused_rows_say_why(here, elsewhere, clerk, clerk_elsewhere, manager):
    stays = make_rectification(branch=here, owner=clerk.staff)
    goes = make_rectification(branch=here)
    done = bulk(manager, spreading=over(clerk))
    assert (done.done, done.refused) == (1, 1)
    assert list(reasons(done)) == [stays.pk]
    assert "段作业" in reasons(done)[stays.pk]
    assert owners([goes]) == [clerk.staff]
    far = bulk(manager, spreading=over(clerk_elsewhere))
    assert far.refused == 2


def test_what_changed_after_the_freezing_names_who_was_faster(here, clerk, second_clerk, manager):
    rows = several(here, 2)
    action = begun(manager, spreading=over(clerk))
    colleague = log_in(make_staff(Role.MANAGER, branch=here, name="何主管"))
    assign_rectification(rectification=rows[0], owner=second_clerk.staff, actor=colleague.fresh(), at=LATER)
    done = finished(action)
    assert (done.done, done.refused) == (1, 1)
    assert ["何主管" in reasons(done)[rows[0].pk], "陈同事" in reasons(done)[rows[0].pk]] == [True, True]
    assert owners(rows) == [second_clerk.staff, clerk.staff]


def test_taking_back_leaves_what_waits_for_review(here, clerk, manager):
    waiting = in_review(here, clerk=clerk, manager=manager)
    given = several(here, 1, owner=clerk.staff)
    done = bulk(manager, BulkKind.TAKE_BACK)
    assert (done.done, list(reasons(done))) == (1, [waiting.pk])
    assert states([waiting, *given]) == [State.IN_REVIEW, State.OPEN]


def test_more_days_move_each_due_date_and_say_why(here, clerk, manager):
    row, own = (
        make_rectification(branch=here, owner=clerk.staff),
        make_rectification(branch=here, owner=manager.staff),
    )
    done = bulk(manager, BulkKind.EXTEND, days=3, note="系统停机三日")
    found = Rectification.objects.get(pk=row.pk)
    assert (found.due_on.isoformat(), found.added_days, found.version) == ("2026-12-04", 3, row.version + 1)
    line = row.timeline.get(action="extended")
    assert (line.reason, line.detail["days"], line.actor) == ("系统停机三日", 3, manager.staff)
    assert list(reasons(done)) == [own.pk]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("extend", {"days": 0, "note": "停机"}),
        ("extend", {"days": 3, "note": " "}),
        ("reassign", {}),
        ("undo", {}),
        ("nonsense", {}),
    ],
)
def test_half_an_order_is_refused(kind, said, here, manager):
    several(here, 1)
    with pytest.raises(BulkRefused):
        begun(manager, kind, **said)
    assert BulkAction.objects.count() == 0


def test_only_who_may_assign_may_do_it(here, clerk, manager):
    several(here, 1)
    with pytest.raises(BulkRefused):
        start_bulk(
            kind=BulkKind.REASSIGN, filters={}, actor=clerk.fresh(), at=LATER, seen=1, spreading=over(clerk)
        )


def test_nothing_to_do_is_said(here, clerk, manager):
    with pytest.raises(BulkRefused):
        begun(manager, spreading=over(clerk), seen=0)


def test_a_killed_job_goes_on_where_it_stopped_and_does_nothing_twice(here, clerk, second_clerk, manager):
    rows = several(here, 6)
    action = begun(manager, spreading=over(clerk, second_clerk))
    settle, calls = bulk_job.settle, []

    def dies(outcomes):
        calls.append(len(outcomes))
        if len(calls) == 2:
            raise Killed
        settle(outcomes)

    with patch.object(bulk_job, "CHUNK", 2):
        with patch.object(bulk_job, "settle", dies), pytest.raises(Killed):
            execute(action.job_id)
        assert [one is None for one in owners(rows)].count(False) == 2
        assert requeue_stale_jobs() == [action.job_id]
        done = finished(action)
    assert (done.done, done.refused) == (6, 0)
    assert [one.timeline.filter(action="assign").count() for one in rows] == [1] * 6
    assert [owners(rows).count(clerk.staff), owners(rows).count(second_clerk.staff)] == [3, 3]


def test_a_stopped_job_leaves_the_rest_as_it_was(here, clerk, manager):
    rows = several(here, 4)
    action = begun(manager, spreading=over(clerk))
    settle = bulk_job.settle

    def stops(outcomes):
        settle(outcomes)
        if len(calls := [*action.lines.exclude(outcome="waiting")]) == 2:
            assert cancel_job(job=Job.objects.get(pk=action.job_id), actor=manager.staff, at=LATER)
            assert calls

    with patch.object(bulk_job, "CHUNK", 1), patch.object(bulk_job, "settle", stops):
        execute(action.job_id)
    assert Job.objects.get(pk=action.job_id).state == JobState.CANCELLED
    assert [one is None for one in owners(rows)].count(False) == 1
    assert action.lines.filter(outcome="waiting").count() == 3


def test_a_taken_back_row_in_between_is_named(here, clerk, manager):
    row = make_rectification(branch=here, owner=clerk.staff)
    action = begun(manager, BulkKind.TAKE_BACK)
    unassign_rectification(rectification=row, actor=manager.fresh(), at=LATER)
    assert "张主管" in reasons(finished(action))[row.pk]
