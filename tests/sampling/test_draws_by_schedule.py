"""One complete draw a period, however many schedulers there are and wherever beat or a worker dies."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from agents.choices import Post
from audits.frame_text import frame_text
from audits.frames import frame_of
from audits.models import SamplingRun, Seal
from audits.operations.sampling_runs import (
    RunRefused,
    give_seed,
    open_due_runs,
    open_run,
    take_frame,
    withdraw,
)
from audits.redraws import redraw
from audits.run_files import frame_blocks
from audits.sampling.selection import draw as select
from audits.sealed_contents import first_broken
from config.services.home import REPOSITORY
from tests.conftest import CLUSTER, point_django_at
from tests.factories import head_office, make_branch, make_customer, make_policy, make_staff
from tests.sampling.draws import PART, plan_in_force
from workplace.choices import Role
from workplace.jobs import UNFINISHED, execute, requeue_stale_jobs
from workplace.models import Job

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2026, 11, 2, 9, tzinfo=SHANGHAI)
"""A Monday, the first working day of its month."""


def people_and_plan(**said):
    writer, approver = (
        make_staff(Role.COMPLIANCE, branch=head_office(), post=Post.COMPLIANCE) for _person in range(2)
    )
    return plan_in_force(writer=writer, approver=approver, **{"period": "monthly", **said}), approver


def small_book(count=12):
    branch = make_branch()
    return [make_policy(branch=branch, holder=make_customer(home_branch=branch)) for _one in range(count)]


def work():
    """What a worker does until nothing is left, dead colleagues' jobs too."""
    requeue_stale_jobs()
    for _turn in range(6):
        for job in Job.objects.filter(kind="sampling", state__in=UNFINISHED):
            execute(job.pk)


def part_given(run, approver):
    """After the frame, which a worker takes by its own clock."""
    return give_seed(run=run, part=PART, actor=approver, at=run.framed_at + timedelta(seconds=1))


def finish(approver, at):
    """Beat and workers go on as ever; the approver gives the part."""
    open_due_runs(at=at)
    work()
    run = SamplingRun.objects.get()
    if run.state == "framed":
        part_given(run, approver)
        work()
    open_due_runs(at=at + timedelta(hours=2))
    work()
    return SamplingRun.objects.get()


def is_complete(run):
    quotas = sum(run.strata.values_list("quota", flat=True))
    kinds = sorted(Seal.objects.filter(subject=f"run:{run.pk}").values_list("kind", flat=True))
    return (run.state, run.items.count(), kinds) == (
        "drawn",
        quotas,
        ["draw", "frame", "machine_part", "seed"],
    )


@pytest.mark.django_db
def test_the_draw_of_a_period_begins_on_its_working_day_and_once():
    small_book()
    plan, _approver = people_and_plan(working_day=2)
    assert open_due_runs(at=FIRST) == []
    (run,) = open_due_runs(at=FIRST + timedelta(days=1))
    assert (run.plan, run.period, run.occasion, run.opened_by) == (plan, "2026-11", "scheduled", None)
    assert open_due_runs(at=FIRST + timedelta(days=20)) == []
    assert [one.period for one in open_due_runs(at=FIRST + timedelta(days=31))] == ["2026-12"]


@pytest.mark.django_db
def test_a_withdrawn_draw_is_not_drawn_again_by_the_clock():
    small_book()
    _plan, approver = people_and_plan()
    (run,) = open_due_runs(at=FIRST)
    withdraw(run=run, reason="too early", actor=approver, at=FIRST)
    assert open_due_runs(at=FIRST + timedelta(days=3)) == []


@pytest.mark.django_db
def test_new_customers_are_drawn_in_the_evening_and_none_is_left_out_between_two_draws():
    said = {"purpose": "newcomers", "size_by": "rate", "size_rate": 1, "strata": ["branch"]}
    plan, _approver = people_and_plan(period="daily", **said)
    branch = make_branch()
    early, late = (make_customer(home_branch=branch) for _one in range(2))
    type(early).objects.filter(pk=early.pk).update(recorded_at=FIRST.replace(hour=12))
    type(late).objects.filter(pk=late.pk).update(recorded_at=FIRST.replace(hour=22))
    assert open_due_runs(at=FIRST.replace(hour=17)) == []
    drawn = []
    for evening in (FIRST.replace(hour=18), FIRST.replace(hour=18) + timedelta(days=1)):
        (run,) = open_due_runs(at=evening)
        framed = take_frame(run=run, at=evening)
        drawn.append(b"".join(frame_blocks(framed)()).decode().split("\t")[0])
    assert run.plan == plan
    assert drawn == [early.number, late.number]


@pytest.mark.django_db
def test_a_customer_whose_file_was_being_written_while_the_frame_was_taken_is_drawn_the_next_time():
    said = {"purpose": "newcomers", "size_by": "rate", "size_rate": 1, "strata": ["branch"]}
    people_and_plan(period="daily", **said)
    branch = make_branch()
    came, drawn = [], []
    for days, hour in ((0, 12), (1, 17)):
        one = make_customer(home_branch=branch)
        type(one).objects.filter(pk=one.pk).update(recorded_at=FIRST.replace(hour=hour))
        (run,) = open_due_runs(at=FIRST.replace(hour=18) + timedelta(days=days))
        framed = take_frame(run=run, at=FIRST.replace(hour=18) + timedelta(days=days))
        came.append([one.number])
        drawn.append([line.split("\t")[0] for line in b"".join(frame_blocks(framed)()).decode().splitlines()])
    assert drawn == came
    assert open_due_runs(at=FIRST.replace(hour=18) + timedelta(days=2)) == []


@pytest.mark.django_db
def test_a_day_without_new_customers_has_no_draw_and_no_failed_job():
    said = {"purpose": "newcomers", "size_by": "rate", "size_rate": 1, "strata": ["branch"]}
    plan, approver = people_and_plan(period="daily", **said)
    assert open_due_runs(at=FIRST.replace(hour=18)) == []
    with pytest.raises(RunRefused):
        open_run(plan=plan, occasion="by_hand", actor=approver, at=FIRST.replace(hour=18))
    assert not Job.objects.filter(kind="sampling").exists()
    someone = make_customer(home_branch=make_branch())
    type(someone).objects.filter(pk=someone.pk).update(recorded_at=FIRST.replace(hour=19))
    assert [run.period for run in open_due_runs(at=FIRST.replace(hour=20))] == ["2026-11-02"]


BOUNDARIES = (
    "audits.operations.sampling_runs.seal",
    "audits.operations.sampling_runs.start_job",
    "audits.operations.sampling_runs.plan_size",
    "audits.operations.sampling_runs.store_file",
    "audits.operations.sampling_runs.notify",
    "audits.operations.sampling_runs.frame_text",
    "audits.operations.drawing.select",
    "audits.operations.drawing.locked_run",
    "audits.operations.drawing.seal",
    "audits.operations.drawing.give_items",
)


class Died(RuntimeError):
    """As if the process had ended here."""


@pytest.mark.django_db
@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_whatever_step_fails_the_draw_of_the_period_ends_complete_and_alone(boundary):
    small_book()
    _plan, approver = people_and_plan()
    died = []

    def once(*args, **kwargs):
        died.append(boundary)
        raise Died

    with patch(boundary, once):
        for step in (lambda: open_due_runs(at=FIRST), work):
            try:
                step()
            except Died:
                break
        run = SamplingRun.objects.filter(state="framed").first()
        if run is not None:
            part_given(run, approver)
            work()
    assert died
    Job.objects.filter(kind="sampling", state="failed").update(finished_at=FIRST)
    run = finish(approver, FIRST + timedelta(hours=3))
    assert is_complete(run)
    assert redraw(run=run).identical
    assert first_broken() is None


def test_two_schedulers_open_one_draw(committed_db):
    small_book(2)
    people_and_plan()
    ready, found = threading.Barrier(2), []

    def beat():
        ready.wait(10)
        found.extend(open_due_runs(at=FIRST))
        connection.close()

    with patch("workplace.jobs.current_app.send_task"):
        threads = [threading.Thread(target=beat) for _one in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert SamplingRun.objects.count() == 1
    assert {run.pk for run in found} == {SamplingRun.objects.get().pk}
    assert Job.objects.filter(kind="sampling").count() == 1
    assert Seal.objects.count() == 1


def killed_at(database, step, job):
    """A worker process of its own, killed when it stands at that step."""
    script = (REPOSITORY / "tests/sampling/worker_to_kill.py").read_text()
    environment = {**os.environ, **database.environment(), "STAND_STILL_AT": step, "JOB": str(job.pk)}
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", script],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
    )
    assert worker.stdout
    assert worker.stdout.readline() == b"here\n"
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(30)
    worker.stdout.close()


def test_a_worker_killed_while_it_frames_and_while_it_draws_leaves_one_complete_draw(committed_db):
    small_book()
    _plan, approver = people_and_plan()
    with patch("workplace.jobs.current_app.send_task"):
        (run,) = open_due_runs(at=FIRST)
        killed_at(committed_db, "audits.operations.sampling_runs.notify", run.job)
        assert SamplingRun.objects.get().state == "opened"
        work()
        run = part_given(SamplingRun.objects.get(), approver)
        killed_at(committed_db, "audits.operations.drawing.seal", run.job)
        assert SamplingRun.objects.get().items.count() == 0
        run = finish(approver, FIRST + timedelta(hours=1))
    assert is_complete(run)
    assert first_broken() is None


ROWS = sql.SQL("SELECT {columns} FROM {table} AS row ORDER BY md5(row::text)")
COLUMNS = """
    SELECT attrelid::regclass::text, array_agg(attname ORDER BY attnum)
      FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
       AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
     GROUP BY attrelid
"""


def dump_and_reload(source, target):
    """Every row of every table, into another database and in another order; what stood there goes."""
    with CLUSTER.admin(source) as dumped, CLUSTER.admin(target) as loaded:
        loaded.execute("SET session_replication_role = replica")
        tables = {name: sql.SQL(", ").join(map(sql.Identifier, of)) for name, of in dumped.execute(COLUMNS)}
        loaded.execute("TRUNCATE " + ", ".join(tables))
        for name, columns in tables.items():
            table = sql.Identifier(name)
            rows = ROWS.format(columns=columns, table=table)
            out = sql.SQL("COPY ({}) TO STDOUT").format(rows)
            into = sql.SQL("COPY {} ({}) FROM STDIN").format(table, columns)
            with dumped.cursor().copy(out) as leaving, loaded.cursor().copy(into) as coming:
                for block in leaving:
                    coming.write(block)
        for name in ("policies_policy", "agents_branch"):
            loaded.execute(f"VACUUM FULL {name}")
            loaded.execute(f"REINDEX TABLE {name}")


def as_stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM policies_policy ORDER BY ctid")
        return [number for (number,) in cursor.fetchall()]


def test_the_same_seed_gives_the_same_items_after_reload_in_another_order_vacuum_and_reindex(committed_db):
    small_book(60)
    _plan, approver = people_and_plan(size_rate=0.25)
    with patch("workplace.jobs.current_app.send_task"):
        run = finish(approver, FIRST)
    before, stored = list(run.items.order_by("place").values_list("key", flat=True)), as_stored()
    with CLUSTER.clone() as other:
        dump_and_reload(committed_db.name, other.name)
        point_django_at(other)
        try:
            assert as_stored() != stored
            assert sorted(as_stored()) == sorted(stored)
            run = SamplingRun.objects.get()
            said = redraw(run=run)
            anew = b"".join(frame_text(frame_of(run.version, FIRST.date())))
            assert first_broken() is None
        finally:
            point_django_at(committed_db)
    assert (said.identical, said.frame_changed, said.items) == (True, False, 15)
    assert hashlib.sha256(anew).hexdigest() == run.frame_digest
    size = {line.split(b"\t")[1].decode(): 60 for line in anew.splitlines()}
    (drawn,) = select(lambda: [anew], seed=run.seed, quotas=dict.fromkeys(size, 15), sizes=size).values()
    assert drawn == before


def test_a_seal_that_was_changed_is_named(committed_db):
    small_book()
    people_and_plan()
    with patch("workplace.jobs.current_app.send_task"):
        open_due_runs(at=FIRST)
        work()
    assert first_broken() is None
    with CLUSTER.admin(committed_db.name) as server:
        server.execute("SET session_replication_role = replica")
        server.execute("UPDATE audits_seal SET content = repeat('0', 64) WHERE kind = 'frame'")
    with pytest.raises(SystemExit) as ended:
        call_command("verify_history")
    assert ended.value.code == 1
    assert (first_broken().place, first_broken().why) == (2, "changed")


def test_a_seal_that_was_taken_out_is_missed(committed_db):
    small_book()
    people_and_plan()
    with patch("workplace.jobs.current_app.send_task"):
        open_due_runs(at=FIRST)
        work()
    with CLUSTER.admin(committed_db.name) as server:
        server.execute("SET session_replication_role = replica")
        server.execute("DELETE FROM audits_seal WHERE place = 1")
    assert (first_broken().place, first_broken().why) == (1, "missing")
