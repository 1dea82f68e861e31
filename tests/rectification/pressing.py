"""Two people press at once from the same page: which steps, and how they are brought together."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Thread

from django.db import connections

from audits import transitions
from audits.choices import StepAction
from audits.operations.corrections import accept_rectification, return_rectification
from audits.operations.rectifications import (
    assign_rectification,
    reopen_rectification,
    unassign_rectification,
)

STEPS_APART = 0.3


def at_once(acts):
    """Each in its own thread and connection; whoever got through the lock waits a moment for the other."""
    meeting = Barrier(len(acts))
    results = [None] * len(acts)
    check = transitions._check_actor

    def waits(walking, step):
        with suppress(BrokenBarrierError):
            meeting.wait(timeout=STEPS_APART)
        check(walking, step)

    def run(place, act):
        try:
            results[place] = act()
        except Exception as error:  # noqa: BLE001  # handed to the machine, which looks at it
            results[place] = error
        finally:
            connections.close_all()

    transitions._check_actor = waits
    try:
        threads = [Thread(target=run, args=one) for one in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
    finally:
        transitions._check_actor = check
    return results


def _gives(owner):
    return lambda machine, page, actor, at: assign_rectification(
        rectification=page, owner=machine.people.fresh(owner), actor=actor, at=at
    )


def _takes_back(machine, page, actor, at):
    return unassign_rectification(rectification=page, actor=actor, at=at)


def _accepts(machine, page, actor, at):
    return accept_rectification(rectification=page, actor=actor, at=at)


def _returns(machine, page, actor, at):
    return return_rectification(rectification=page, actor=actor, at=at, reason="证据不清")


def _reopens(machine, page, actor, at):
    return reopen_rectification(rectification=page, actor=actor, at=at, reason="证明有误")


def _starts(machine, page, actor, at):
    return transitions.walk(rectification=page, action=StepAction.START, actor=actor, at=at)


PAIRS = {
    "open": [[("manager", _gives("clerk")), ("manager2", _gives("colleague"))]],
    "assigned": [
        [("manager", _gives("clerk")), ("manager2", _gives("colleague"))],
        [("manager", _takes_back), ("manager2", _takes_back)],
        [("substitute", _starts), ("manager", _takes_back)],
    ],
    "returned": [[("manager", _takes_back), ("province", _takes_back)]],
    "in_review": [
        [("manager", _accepts), ("manager2", _returns)],
        [("manager", _accepts), ("manager2", _accepts)],
    ],
    "closed": [[("manager", _reopens), ("manager2", _reopens)]],
}
