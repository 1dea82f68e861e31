"""Two managers accept customers who share a number: neither is lost to a deadlock."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from agents.choices import Post
from audits.choices import RectificationState as State
from audits.models import Rectification
from audits.operations.corrections import accept_rectification, submit_rectification
from audits.operations.rectifications import assign_rectification
from audits.operations.sweep import resweep_subjects
from tests.factories import AT, make_branch, make_customer, make_policy, make_seller, make_staff, willed
from tests.rectification.scenes import good_mobile
from workplace.choices import Role
from workplace.models import OutboxEntry, Staff
from workplace.operations.corrections import Proposal

SHARED = "13855240917"


def at_once(*acts):
    gate = Barrier(len(acts))

    def run(act):
        try:
            gate.wait(timeout=20)
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [one.result() for one in [pool.submit(run, act) for act in acts]]


@pytest.mark.parametrize("turn", range(2))
def test_both_are_accepted(committed_db, turn):
    here = make_branch(name="临江中心支公司")
    clerk = make_staff(Role.CLERK, branch=here)
    managers = [make_staff(Role.MANAGER, branch=here, post=Post.MANAGEMENT) for _who in range(2)]
    sharers = [make_customer(home_branch=here, mobile=SHARED) for _who in range(3)]
    for customer in sharers:
        make_policy(holder=customer, seller=make_seller(branch=here))
    resweep_subjects(customer_ids=[one.pk for one in sharers], at=AT, actor=None)
    rows = list(Rectification.objects.filter(customer__in=sharers).order_by("pk")[:2])
    assert len(rows) == 2
    for row in rows:
        assign_rectification(
            rectification=row, owner=Staff.objects.get(pk=clerk.pk), actor=managers[0], at=AT
        )
        one = Proposal("customer", row.customer_id, "mobile", good_mobile(), "document")
        submit_rectification(
            rectification=row,
            corrections=[one],
            will=willed(),
            actor=Staff.objects.get(pk=clerk.pk),
            at=AT,
        )

    def accepting(row, manager):
        page, actor = Rectification.objects.get(pk=row.pk), Staff.objects.get(pk=manager.pk)
        return lambda: accept_rectification(rectification=page, actor=actor, at=AT)

    at_once(*(accepting(row, manager) for row, manager in zip(rows, managers, strict=True)))

    assert {Rectification.objects.get(pk=row.pk).state for row in rows} == {State.CLOSED}
    assert OutboxEntry.objects.count() == 2
