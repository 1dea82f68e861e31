"""Rectifications walked at random by nine people against a model; and without the lock it must fail."""

import pytest
from django.db.models import QuerySet
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.rectification.machine import Walking
from tests.rectification.walkers import LEGAL, People

pytestmark = pytest.mark.slow


def walks(examples, steps):
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def walking(committed_db):
    """The machine over people of its own database, with real commits."""
    return type("Walking", (Walking,), {"people": People(), "taken": set()})


def test_whatever_people_do_nothing_illegal_happens(walking):
    run_state_machine_as_test(walking, settings=walks(examples=10, steps=30))
    assert walking.taken == {action for _state, action in LEGAL}, "a step was never tried with success"


def test_without_the_lock_two_win_and_the_machine_says_so(walking, monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, *args, **options: rows._chain())
    with pytest.raises(AssertionError, match="two winners"):
        run_state_machine_as_test(walking, settings=walks(examples=10, steps=30))
