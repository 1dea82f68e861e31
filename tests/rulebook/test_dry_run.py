"""What a dry run counts is what the sweep then does, in the rules that the change touches."""

from __future__ import annotations

from datetime import datetime
from unittest.mock import patch

import pytest
from django.utils.translation import override

from audits.choices import ChangeState
from audits.models import Finding, RuleChange
from audits.operations import dry_runs
from audits.operations.dry_runs import measure_change, run_dry_run
from audits.operations.rule_changes import ChangeRefused, send_change
from audits.rulebook.proposals import touched_by
from audits.rulebook.reading import readers_of_list, readers_of_thresholds, readings
from tests.factories import AT, make_customer, make_policy
from tests.rulebook.scenes import approved, drafted, drafted_words, officer
from tests.sweep.sweeping import sweep
from workplace.jobs import execute
from workplace.models import Job

pytestmark = pytest.mark.django_db

SHARED = "13757219364"


def book_with_a_shared_number(holders: int) -> None:
    for _one in range(holders):
        make_policy(holder=make_customer(mobile=SHARED))


def measured(change: RuleChange) -> tuple[int, int]:
    measure_change(change=change, actor=change.proposed_by, at=AT)
    assert change.opens is not None
    assert change.closes is not None
    return change.opens, change.closes


def swept(change: RuleChange) -> tuple[int, int]:
    result = sweep(codes=touched_by(change.target, change.key)).result
    return result["opened"] + result["reopened"], result["closed"]


@pytest.mark.parametrize(
    "code, changed",
    [
        ("PH-023", {"holders": 5}),
        ("PH-023", {"enabled": False}),
        ("PH-010", {"run": 3}),
        ("PH-009", {"enabled": False}),
    ],
)
def test_the_sweep_does_what_was_measured(code: str, changed: dict[str, object]):
    book_with_a_shared_number(4)
    make_policy(holder=make_customer(mobile="13800138000"))
    make_policy(holder=make_customer(mobile="13755566821"))
    sweep()
    change = drafted(code, officer(), **changed)
    told = measured(change)
    assert sum(told) > 0
    approved(change, by=officer("王合规"))
    assert swept(change) == told
    assert swept(change) == (0, 0)


def test_a_word_is_measured_with_the_rules_that_yield_to_it():
    make_policy(holder=make_customer(mobile="13744444441"))
    sweep()
    before = set(Finding.objects.filter(state="open").values_list("rule", flat=True))
    assert "PH-010" in before
    change = drafted_words("phone_placeholder", officer(), add=["13744444441"])
    told = measured(change)
    assert change.dry_run["opened_rules"]["PH-009"] == 1
    assert change.dry_run["closed_rules"]["PH-010"] == 1
    approved(change, by=officer("王合规"))
    assert swept(change) == told


def test_raising_the_shared_number_turns_defects_into_what_is_to_be_judged():
    book_with_a_shared_number(3)
    sweep()
    change = drafted("PH-023", officer(), holders=4)
    measured(change)
    assert change.dry_run["closed_rules"]["PH-023"] == 3
    assert change.dry_run["opened_rules"].get("PH-022", 0) == 3


def test_measuring_changes_nothing():
    book_with_a_shared_number(3)
    sweep()
    before = set(Finding.objects.values_list("pk", "state", "rule_version"))
    measured(drafted("PH-023", officer(), holders=4))
    assert set(Finding.objects.values_list("pk", "state", "rule_version")) == before


def test_another_severity_is_counted_apart():
    make_policy(holder=make_customer(mobile="1375555"))
    sweep()
    assert Finding.objects.filter(rule="PH-001", state="open").count() == 1
    change = drafted("PH-001", officer(), severity="BLOCK")
    assert measured(change) == (0, 0)
    assert change.dry_run["changed"] == 1


def test_a_large_book_is_measured_by_a_job():
    book_with_a_shared_number(3)
    sweep()
    change = drafted("PH-023", officer(), holders=4)
    with patch.object(dry_runs, "SMALL_BOOK", 1):
        job = measure_change(change=change, actor=change.proposed_by, at=AT)
    assert isinstance(job, Job)
    assert change.opens is None
    run_job(job, AT)
    job.refresh_from_db()
    change.refresh_from_db()
    assert (job.state, job.done, job.result["closed"]) == ("done", job.total, change.closes)
    assert change.closes == 3


def run_job(job: Job, at: datetime) -> None:
    handler = {"dry_run": lambda run: run_dry_run(run, lambda: at)}
    with patch.dict("workplace.jobs._HANDLERS", handler):
        execute(job.pk)


def test_what_rules_read_is_seen_in_their_predicates():
    assert "PH-009" in readers_of_list("phone_placeholder")
    assert {"REQ-001", "REQ-003"} <= set(readers_of_list("placeholder"))
    assert set(readers_of_thresholds("PH-023")) >= {"PH-022", "PH-023"}
    assert readings()["PH-023"].others
    assert not readings()["PH-001"].others


class TestSendingBeforeItEnded:
    def test_what_was_never_measured_is_not_sent(self):
        change = drafted("PH-023", officer(), holders=4)
        with override("en"), pytest.raises(ChangeRefused, match="measure it"):
            send_change(change=change, actor=change.proposed_by, at=AT)
        change.refresh_from_db()
        assert change.state == ChangeState.DRAFT

    def test_a_dry_run_under_way_is_waited_for_and_told_by_whom(self):
        author = officer()
        change = drafted("PH-023", author, holders=4)
        with patch.object(dry_runs, "is_large", lambda: True):
            job = measure_change(change=change, actor=author, at=AT)
        assert isinstance(job, Job)
        with override("en"), pytest.raises(ChangeRefused, match=f"{author.name}.*still counting"):
            send_change(change=change, actor=author, at=AT)
        run_job(job, AT)
        assert send_change(change=change, actor=author, at=AT).state == ChangeState.PROPOSED

    def test_a_dry_run_that_failed_is_measured_again(self):
        author = officer()
        change = drafted("PH-023", author, holders=4)
        with patch.object(dry_runs, "is_large", lambda: True):
            job = measure_change(change=change, actor=author, at=AT)
        Job.objects.filter(pk=job.pk).update(state="failed")
        with override("en"), pytest.raises(ChangeRefused, match="measure it"):
            send_change(change=change, actor=author, at=AT)
