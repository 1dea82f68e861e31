"""Two workers get the message of one job."""

from __future__ import annotations

import threading
from unittest.mock import patch

from django.db import connection

from tests.factories import AT
from workplace import jobs
from workplace.choices import JobState
from workplace.jobs import JobRun, execute, requeue_stale_jobs, start_job
from workplace.models import Job


def test_a_second_worker_leaves_a_running_job_alone(committed_db):
    runs: list[str] = []
    inside, leave = threading.Event(), threading.Event()

    def work(run: JobRun):
        runs.append("ran")
        inside.set()
        leave.wait(10)
        return {}

    with patch.dict(jobs._HANDLERS, {"test": work}), patch("workplace.jobs.current_app.send_task"):
        job = start_job(kind="test", parameters={}, actor=None, at=AT)

        def first() -> None:
            execute(job.pk)
            connection.close()

        thread = threading.Thread(target=first)
        thread.start()
        assert inside.wait(10)
        execute(job.pk)
        assert requeue_stale_jobs() == []
        leave.set()
        thread.join(10)
    assert runs == ["ran"]
    assert Job.objects.get(pk=job.pk).state == JobState.DONE
