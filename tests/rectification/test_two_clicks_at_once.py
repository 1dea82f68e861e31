"""Two people press at the same moment: one wins, the other reads who it was."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections

from agents.choices import Post
from audits.choices import RectificationState as State
from audits.models import Rectification
from audits.operations.corrections import accept_rectification, return_rectification
from audits.operations.rectifications import assign_rectification
from audits.transitions import StaleStep
from customers.models import Customer
from tests.factories import AT, make_branch, make_staff
from tests.personas import Persona
from tests.rectification.scenes import in_review, opened
from workplace.choices import Role
from workplace.models import Hold, OutboxEntry, Staff

LATER = AT + timedelta(hours=1)


class People:
    """Made inside the committed database; nobody is logged in."""

    def __init__(self):
        self.here = make_branch(name="临江中心支公司")
        self.clerk = self.person(Role.CLERK, "段作业")
        self.manager = self.person(Role.MANAGER, "张主管", Post.MANAGEMENT)
        self.second = self.person(Role.MANAGER, "何主管", Post.MANAGEMENT)

    def person(self, role, name, post=Post.OPERATIONS):
        return Persona(make_staff(role, branch=self.here, name=name, post=post), client=None)


def at_once(*acts):
    """Each in its own thread and connection, started together; what each returned or raised."""
    gate = Barrier(len(acts))

    def run(act):
        try:
            gate.wait(timeout=20)
            return act()
        except Exception as error:  # noqa: BLE001  # handed to the test, which looks at it
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def seen(rectification):
    """As one page had it."""
    return Rectification.objects.get(pk=rectification.pk)


def winner_and_loser(results):
    lost = [one for one in results if isinstance(one, Exception)]
    assert [type(one) for one in lost] == [StaleStep]
    return lost[0]


def test_two_managers_assign_and_the_slower_reads_who_was_faster(committed_db):
    people = People()
    row = opened(people.here)
    takers = {people.manager: people.clerk.staff, people.second: people.second.staff}

    def assigning(by, page):
        actor = Staff.objects.get(pk=by.staff.pk)
        return lambda: assign_rectification(rectification=page, owner=takers[by], actor=actor, at=LATER)

    results = at_once(*(assigning(by, seen(row)) for by in takers))
    refused = winner_and_loser(results)
    found = seen(row)
    assert found.state == State.ASSIGNED
    assert refused.by == found.assigned_by
    assert found.owner.name in str(refused)
    assert found.timeline.filter(action="assign").count() == 1


@pytest.mark.parametrize("round_", range(3))
def test_one_accepts_while_another_returns(committed_db, round_):
    people = People()
    row = in_review(people.here, clerk=people.clerk, manager=people.manager)
    before = Customer.objects.get(pk=row.customer_id).mobile
    first, second = people.manager.fresh(), people.second.fresh()
    pages = seen(row), seen(row)
    results = at_once(
        lambda: accept_rectification(rectification=pages[0], actor=first, at=LATER),
        lambda: return_rectification(rectification=pages[1], actor=second, at=LATER, reason="证据不清"),
    )
    winner_and_loser(results)
    found = seen(row)
    accepted = found.state == State.CLOSED
    assert found.state in {State.CLOSED, State.RETURNED}
    assert (Customer.objects.get(pk=row.customer_id).mobile != before) == accepted
    assert [Hold.objects.count(), OutboxEntry.objects.count()] == [int(accepted)] * 2
    assert found.timeline.filter(action__in=["accept", "return"]).count() == 1


def test_the_same_person_pressing_twice_is_accepted_once(committed_db):
    people = People()
    row = in_review(people.here, clerk=people.clerk, manager=people.manager)
    pages = seen(row), seen(row)
    actors = people.manager.fresh(), people.manager.fresh()
    results = at_once(
        *(
            (lambda page=page, actor=actor: accept_rectification(rectification=page, actor=actor, at=LATER))
            for page, actor in zip(pages, actors, strict=True)
        )
    )
    refused = winner_and_loser(results)
    assert (refused.by, refused.action) == (people.manager.staff, "accept")
    assert OutboxEntry.objects.count() == 1
