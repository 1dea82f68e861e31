"""Two sweeps at once, a killed one, a cancelled one: what they leave is what one undisturbed sweep leaves."""

from __future__ import annotations

import threading
import time
from unittest.mock import patch

import pytest
from django.db import connection

from audits.models import Sweep
from audits.operations import sweep_job
from tests.factories import AT
from tests.rules.book import another_holder, clean_book, rewrite
from tests.sweep.sweeping import episodes, findings, rectifications, run_job, sweep
from workplace.choices import JobState
from workplace.jobs import cancel_job
from workplace.models import Job

pytestmark = pytest.mark.slow


class Killed(BaseException):
    """As a process dies: no handler of ours gets to write anything."""


@pytest.fixture(autouse=True)
def quiet_queue():
    """No worker listens here; what a test commits stays off the queue."""
    with patch("workplace.jobs.current_app.send_task"):
        yield


@pytest.fixture
def small_parts():
    """Two records a range, one subject at a time."""
    with (
        patch("audits.operations.sweep.BUCKET", 2),
        patch("audits.operations.sweep_job.SPAN", 2),
        patch("audits.operations.sweep_job.BATCH", 1),
    ):
        yield


def spoiled_book() -> None:
    book = clean_book()
    for name in "甲乙丙丁戊己":
        rewrite(another_holder(book, name=f"吴{name}"), mobile="1392046185")
    rewrite(book.holder, address="")


def test_two_sweeps_at_once_leave_the_same_as_one(committed_db, small_parts):
    spoiled_book()
    jobs = [
        sweep_job.start_job(kind="sweep", parameters={"codes": []}, actor=None, at=AT) for _each in range(2)
    ]
    errors: list[BaseException] = []

    def work(job: Job) -> None:
        try:
            sweep_job.run_sweep(_run_of(job), lambda: AT)
        except BaseException as error:  # noqa: BLE001 - the main thread tells it
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    both = findings(), episodes(), rectifications()
    assert len(both[0]) == len(both[1]) == 13
    assert sweep().result == {"opened": 0, "reopened": 0, "changed": 0, "closed": 0}
    assert (findings(), episodes(), rectifications()) == both


def _run_of(job: Job):
    from workplace.jobs import _claim

    run = _claim(job.pk, held=True)
    assert run is not None
    return run


@pytest.mark.django_db
@pytest.mark.parametrize("survived", [0, 1, 3, 5])
def test_a_sweep_that_was_killed_between_chunks_resumes_to_the_same_end(small_parts, survived: int):
    spoiled_book()
    undisturbed = _undisturbed()
    job = sweep_job.start_sweep(actor=None, at=AT)
    with (
        patch("audits.operations.sweep_job.sweep_chunk_patiently", side_effect=_dies_after(survived)),
        pytest.raises(Killed),
    ):
        run_job(job)
    job.refresh_from_db()
    assert job.state == JobState.RUNNING
    assert 0 <= job.done < max(job.total, 1)
    run_job(job)
    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert job.result["opened"] == 13
    assert (findings(), episodes()) == undisturbed
    assert list(Sweep.objects.values_list("scope", "opened", "records")) == [("full", 13, job.total)]


def _undisturbed():
    from django.db import transaction

    with transaction.atomic():
        sweep()
        found = findings(), episodes()
        transaction.set_rollback(True)
    return found


def _dies_after(chunks: int):
    real = sweep_job.sweep_chunk_patiently
    left = [chunks]

    def chunk(**values):
        if left[0] == 0:
            raise Killed
        left[0] -= 1
        real(**values)

    return chunk


@pytest.mark.django_db
def test_a_cancelled_sweep_stops_at_its_next_chunk(small_parts):
    spoiled_book()
    job = sweep_job.start_sweep(actor=None, at=AT)
    real = sweep_job.sweep_chunk_patiently

    def then_cancel(**values):
        real(**values)
        cancel_job(job=job, actor=None, at=AT)

    with patch("audits.operations.sweep_job.sweep_chunk_patiently", side_effect=then_cancel):
        run_job(job)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert 0 <= job.done < job.total
    assert len(findings()) == 1
    assert Sweep.objects.get().finished_at is None


@pytest.mark.django_db
def test_there_is_one_unfinished_sweep_of_the_whole_book():
    first = sweep_job.start_sweep(actor=None, at=AT)
    assert sweep_job.start_sweep(actor=None, at=AT) == first
    run_job(first)
    assert sweep_job.start_sweep(actor=None, at=AT) != first


def test_a_sweep_gives_way_to_a_person_who_holds_the_rectification(committed_db):
    """A reviewer locks the rectification first and the subject then; the sweep takes them the other way."""
    from django.db import transaction

    from audits.models import Rectification
    from audits.operations.sweep import resweep_subjects

    book = clean_book()
    rewrite(book.holder, mobile="1392046185")
    sweep()
    rewrite(book.holder, mobile="1392046186", address="")
    holding = threading.Event()
    errors: list[BaseException] = []

    def person() -> None:
        try:
            with transaction.atomic():
                Rectification.objects.select_for_update().get()
                holding.set()
                time.sleep(1.0)
                resweep_subjects(customer_ids=[book.holder.pk], at=AT, actor=None)
        except BaseException as error:  # noqa: BLE001 - the main thread tells it
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=person)
    thread.start()
    assert holding.wait(10)
    job = sweep()
    thread.join(30)
    assert errors == []
    assert job.state == JobState.DONE
    assert {row[0] for row in findings()} == {"PH-001", "REQ-003"}
    assert len(episodes()) == 3
