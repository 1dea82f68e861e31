"""Two managers order at once, or a clerk works meanwhile: each row has one winner, whom the other reads."""

import itertools
from datetime import timedelta
from unittest.mock import patch

import pytest

from audits.choices import RectificationState as State
from audits.models import BulkAction, Rectification
from audits.operations import bulk_job
from audits.operations.bulk import BulkRefused, stop_bulk, undo_bulk
from audits.operations.corrections import submit_rectification
from tests.bulk.scenes import begun, over, reasons, several
from tests.factories import AT, make_rectification, willed
from tests.rectification.scenes import given, good_mobile
from tests.rectification.test_two_clicks_at_once import People, at_once
from workplace.choices import Role
from workplace.jobs import execute
from workplace.models import Notice
from workplace.operations.corrections import Proposal

LATER = AT + timedelta(hours=3)
ROWS = 24


def outcomes(action):
    """Rectification → what became of its line."""
    return dict(action.lines.values_list("rectification_id", "outcome"))


def test_two_managers_give_the_same_rows_and_each_row_goes_once(committed_db):
    people = People()
    rows = [make_rectification(branch=people.here) for _one in range(ROWS)]
    takers = {people.manager: people.clerk, people.second: people.person(Role.CLERK, "陈同事")}
    first, second = (begun(by, spreading=over(to)) for by, to in takers.items())
    with patch.object(bulk_job, "CHUNK", 5):
        at_once(lambda: execute(first.job_id), lambda: execute(second.job_id))
    told = [outcomes(action) for action in (first, second)]
    for row in rows:
        assert sorted(one[row.pk] for one in told) == ["done", "refused"]
        assert row.timeline.filter(action="assign").count() == 1
    for action, other in ((first, people.second), (second, people.manager)):
        assert all(other.staff.name in reason for reason in reasons(action).values())
    assert {BulkAction.objects.get(pk=one.pk).job.state for one in (first, second)} == {"done"}


def test_a_clerk_hands_in_while_all_are_given_away(committed_db):
    people = People()
    rows = [given(people.here, people.clerk, people.manager) for _one in range(4)]
    action = begun(people.manager, spreading=over(people.person(Role.CLERK, "陈同事")))
    mine = Rectification.objects.get(pk=rows[2].pk)
    clerk = people.clerk.fresh()
    new = [Proposal("customer", mine.customer_id, "mobile", good_mobile(), "document")]

    def hands_in():
        return submit_rectification(rectification=mine, corrections=new, will=willed(), actor=clerk, at=LATER)

    with patch.object(bulk_job, "CHUNK", 1):
        _done, submitted = at_once(lambda: execute(action.job_id), hands_in)
    found = Rectification.objects.get(pk=mine.pk)
    line = action.lines.get(rectification=mine)
    if isinstance(submitted, Exception):
        assert (line.outcome, found.owner.name) == ("done", "陈同事")
    else:
        assert (line.outcome, found.state, found.owner) == ("refused", State.IN_REVIEW, people.clerk.staff)
        assert people.clerk.staff.name in line.reason
    assert action.lines.filter(outcome="done").count() >= len(rows) - 1


def test_two_undo_at_once_and_it_is_undone_once(committed_db):
    people = People()
    rows = [make_rectification(branch=people.here) for _one in range(3)]
    action = begun(people.manager, spreading=over(people.clerk))
    execute(action.job_id)
    actors = people.manager.fresh(), people.second.fresh()
    results = at_once(
        *((lambda actor=actor: undo_bulk(action=action, actor=actor, at=LATER)) for actor in actors)
    )
    lost = [one for one in results if isinstance(one, Exception)]
    assert [type(one) for one in lost] == [BulkRefused]
    undo = BulkAction.objects.get(undoes=action)
    assert undo.actor.name in str(lost[0])
    execute(undo.job_id)
    assert {row.owner for row in Rectification.objects.filter(pk__in=[row.pk for row in rows])} == {None}


@pytest.mark.django_db
def test_stopped_half_way_it_says_how_many_were_done_and_tells_who_got_them(
    here, clerk, manager, monkeypatch
):
    several(here, 5)
    action = begun(manager, spreading=over(clerk))
    settle, chunks = bulk_job.settle, itertools.count(1)

    def settle_and_stop(outcomes):
        settle(outcomes)
        if next(chunks) == 2:
            stop_bulk(action=action, actor=manager.fresh(), at=LATER)

    monkeypatch.setattr(bulk_job, "settle", settle_and_stop)
    with patch.object(bulk_job, "CHUNK", 2):
        execute(action.job_id)
    action.refresh_from_db()
    assert (action.job.state, action.done, action.refused) == ("cancelled", 2, 0)
    told = Notice.objects.get(recipient=clerk.staff, kind="assigned")
    assert told.detail["count"] == 2
