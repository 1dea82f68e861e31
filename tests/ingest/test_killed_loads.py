"""Whatever is killed in the middle of a load, the next run ends it, and the book is as if nothing was."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest
from django.db import connection

from agents.models import Branch
from customers.models import Customer
from tests.factories import make_branch
from tests.ingest.loads import begun, csv_file, history_of, said_by_the_book
from tests.intake.files import LATER, customer_row, written
from workplace.choices import LoadPhase
from workplace.intake import bulk, bulk_merge, bulk_odd, bulk_stage
from workplace.intake.bulk_workers import Worker
from workplace.jobs import execute
from workplace.models import BulkLoad, Job


class Killer:
    """Kills once, then lets things be."""

    def __init__(self) -> None:
        self.kills = 0

    def once(self, kill) -> None:
        if not self.kills:
            self.kills += 1
            kill()


def kill_backend() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def kill_worker(killer: Killer, monkeypatch: pytest.MonkeyPatch) -> None:
    send = Worker.send

    def killed(self, block: bytes) -> None:
        killer.once(lambda: os.kill(self.pid, signal.SIGKILL))
        send(self, block)

    monkeypatch.setattr(Worker, "send", killed)


def kill_reader(killer: Killer, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = bulk_stage._copy

    def killed(load, child, width, tick) -> None:
        copy(load, child, width, tick)
        killer.once(kill_backend)

    monkeypatch.setattr(bulk_stage, "_copy", killed)


def kill_in_merge(killer: Killer, monkeypatch: pytest.MonkeyPatch) -> None:
    write = bulk_merge.Merge.write

    def killed(self):
        merged = write(self)
        killer.once(kill_backend)
        return merged

    monkeypatch.setattr(bulk_merge.Merge, "write", killed)


def kill_after_merge(killer: Killer, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = bulk._odd

    def killed(*arguments) -> None:
        killer.once(kill_backend)
        odd(*arguments)

    monkeypatch.setattr(bulk, "_odd", killed)


def kill_among_odd(killer: Killer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_odd, "CHUNK", 2)
    settle, turns = bulk_odd._settle, []

    def killed(*arguments) -> None:
        settle(*arguments)
        turns.append(1)
        if len(turns) == 2:
            killer.once(kill_backend)

    monkeypatch.setattr(bulk_odd, "_settle", killed)


def outcome(load: BulkLoad) -> tuple:
    load = BulkLoad.objects.get(pk=load.pk)
    assert load.phase == LoadPhase.DONE
    counts = (load.rows, load.new, load.changed, load.unchanged, load.rejected)
    book = {
        number: {name: value for name, value in row.items() if name != "batch_id"}
        for number, row in said_by_the_book().items()
    }
    return counts, book, history_of(), list(load.odd_rows.values_list("line", "verdict"))


def rows(here: Branch) -> list[dict[str, str]]:
    known = [customer_row(here, number=f"K{turn}", id_no="110101198506150019") for turn in range(20)]
    written(*known)
    changed = [{**row, "name": "段思达"} if turn % 5 == 0 else row for turn, row in enumerate(known)]
    fresh = [customer_row(here, number=f"N{turn}", id_no="110101198506150019") for turn in range(10)]
    faulty = [customer_row(here, number=f"F{turn}", birth_date="x") for turn in range(5)]
    return [*changed, *fresh, *faulty]


@pytest.mark.parametrize("kill", [kill_worker, kill_reader, kill_in_merge, kill_after_merge, kill_among_odd])
def test_a_killed_load_goes_on_to_the_same_end(
    committed_db, kill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    here = make_branch()
    path = csv_file(tmp_path, rows(here))
    load = begun(path, extracted_at=LATER)
    killer = Killer()
    kill(killer, monkeypatch)
    for _attempt in range(4):
        execute(load.job_id)
        if BulkLoad.objects.get(pk=load.pk).phase == LoadPhase.DONE:
            break

    assert killer.kills == 1
    counts, book, past, odd = outcome(load)
    assert counts == (35, 10, 4, 16, 5)
    assert (Customer.objects.count(), past) == (30, 4)
    assert sorted(row["version"] for row in book.values()) == [1] * 26 + [2] * 4
    assert [verdict for _line, verdict in odd] == ["rejected"] * 5
    assert Job.objects.get(pk=load.job_id).state == "done"


@pytest.mark.parametrize("times, phase", [(1, LoadPhase.DONE), (2, LoadPhase.REFUSED)])
def test_a_reader_that_was_killed_is_started_once_more(
    committed_db, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int, phase: LoadPhase
):
    here = make_branch()
    load = begun(csv_file(tmp_path, rows(here)), extracted_at=LATER)
    wanted, children, killed = bulk_stage._wanted, [], []
    start = subprocess.Popen

    def started(*arguments, **options):
        children.append(start(*arguments, **options))
        return children[-1]

    def kill(*arguments):
        """While it waits to be told what to give."""
        if len(killed) < times:
            killed.append(children[-1].pid)
            children[-1].kill()
        return wanted(*arguments)

    monkeypatch.setattr(bulk_stage.subprocess, "Popen", started)
    monkeypatch.setattr(bulk_stage, "_wanted", kill)
    execute(load.job_id)

    load.refresh_from_db()
    assert (load.phase, len(killed)) == (phase, times)
    assert Customer.objects.count() == (30 if phase == LoadPhase.DONE else 20)
