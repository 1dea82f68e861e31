"""The row is the truth: a second message does nothing, a dead worker's job goes on, a poisoned one shows."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db.models.functions import Now

from tests.factories import AT, make_staff
from workplace import jobs
from workplace.choices import JobState
from workplace.jobs import (
    MAX_ATTEMPTS,
    JobRefused,
    JobRun,
    LeaseLost,
    cancel_job,
    execute,
    requeue_stale_jobs,
    start_job,
)
from workplace.models import Job


class Killed(BaseException):
    """As a process dies."""


@pytest.fixture
def handler():
    """Registers handlers for one test; the queue is out of reach."""
    with patch.dict(jobs._HANDLERS), patch("workplace.jobs.current_app.send_task") as sent:

        def register(function):
            jobs.register_job("test", function)
            return sent

        yield register


def queued(**values) -> Job:
    return start_job(kind="test", parameters={}, actor=None, at=AT, **values)


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


pytestmark = pytest.mark.django_db


def test_a_job_keeps_its_progress_and_result(handler):
    def work(run: JobRun):
        for done in (1, 2, 3):
            run.advance(done=done, total=3, cursor={"last": done})
        return {"rows": 3}

    handler(work)
    job = queued()
    execute(job.pk)
    job = fresh(job)
    assert (job.state, job.done, job.total, job.cursor, job.result) == (
        JobState.DONE, 3, 3, {"last": 3}, {"rows": 3},
    )  # fmt: skip


def test_the_message_is_sent_when_the_row_is_committed(handler, django_capture_on_commit_callbacks):
    sent = handler(lambda run: {})
    with django_capture_on_commit_callbacks(execute=True):
        job = queued()
        assert not sent.called
    sent.assert_called_once_with(
        "workplace.tasks.run_job", kwargs={"job_id": job.pk}, countdown=0, retry=False
    )


def test_a_second_copy_of_the_message_does_nothing(handler):
    runs = []
    handler(lambda run: runs.append(1) or {})
    job = queued()
    execute(job.pk)
    execute(job.pk)
    assert runs == [1]


def test_a_dead_workers_job_goes_on_where_it_stopped(handler):
    seen = []

    def work(run: JobRun):
        seen.append(run.cursor)
        if not run.cursor:
            run.advance(done=1, total=2, cursor={"last": 1})
            raise Killed
        return {"from": run.cursor["last"]}

    handler(work)
    job = queued()
    with pytest.raises(Killed):
        execute(job.pk)
    assert fresh(job).state == JobState.RUNNING
    assert requeue_stale_jobs() == [job.pk]
    execute(job.pk)
    assert (fresh(job).state, fresh(job).result) == (JobState.DONE, {"from": 1})
    assert seen == [{}, {"last": 1}]


def test_a_job_that_kills_its_worker_each_time_ends_visibly(handler):
    def work(run: JobRun):
        raise Killed

    handler(work)
    job = queued()
    for _attempt in range(MAX_ATTEMPTS):
        with pytest.raises(Killed):
            execute(job.pk)
    execute(job.pk)
    assert (fresh(job).state, fresh(job).attempts) == (JobState.FAILED, MAX_ATTEMPTS)
    assert fresh(job).error


def test_an_error_is_tried_again_and_then_shown_without_its_text(handler):
    def work(run: JobRun):
        raise ValueError("110101198506151234 belongs to 段思远")

    handler(work)
    job = queued()
    for _attempt in range(MAX_ATTEMPTS):
        assert fresh(job).state == JobState.QUEUED
        execute(job.pk)
    assert fresh(job).state == JobState.FAILED
    assert fresh(job).error.startswith("ValueError at tests/jobs/test_jobs_survive.py:")
    assert "110101" not in fresh(job).error


def test_progress_gives_new_attempts(handler):
    def work(run: JobRun):
        run.advance(done=run.job.done + 1, total=9)
        raise ValueError

    handler(work)
    job = queued()
    for _attempt in range(MAX_ATTEMPTS + 2):
        execute(job.pk)
    assert (fresh(job).state, fresh(job).done) == (JobState.QUEUED, MAX_ATTEMPTS + 2)


def test_a_refusal_ends_at_once_with_its_text(handler):
    def work(run: JobRun):
        raise JobRefused("the file has expired")

    handler(work)
    job = queued()
    execute(job.pk)
    assert (fresh(job).state, fresh(job).error) == (JobState.FAILED, "the file has expired")


def test_who_was_overtaken_may_not_write(handler):
    def work(run: JobRun):
        Job.objects.filter(pk=run.job.pk).update(lease_until=Now() + timedelta(hours=1))
        with pytest.raises(LeaseLost):
            run.advance(done=1)
        raise LeaseLost

    handler(work)
    job = queued()
    execute(job.pk)
    assert (fresh(job).state, fresh(job).done) == (JobState.RUNNING, 0)


def test_a_waiting_job_is_cancelled_at_once(handler):
    handler(lambda run: {})
    job = queued()
    assert cancel_job(job=job, actor=make_staff(), at=AT)
    execute(job.pk)
    assert fresh(job).state == JobState.CANCELLED
    assert not cancel_job(job=job, actor=None, at=AT)


def test_an_unfinished_job_of_the_same_key_is_returned(handler):
    handler(lambda run: {})
    first = queued(unique_key="one")
    assert queued(unique_key="one") == first
    execute(first.pk)
    assert queued(unique_key="one") != first


def test_a_lost_message_is_sent_again(handler):
    sent = handler(lambda run: {})
    job = queued()
    assert requeue_stale_jobs() == [job.pk]
    assert sent.called


def test_a_broker_out_of_reach_loses_nothing(handler, django_capture_on_commit_callbacks):
    from kombu.exceptions import OperationalError

    handler(lambda run: {}).side_effect = OperationalError
    with django_capture_on_commit_callbacks(execute=True):
        job = queued()
    assert fresh(job).state == JobState.QUEUED
