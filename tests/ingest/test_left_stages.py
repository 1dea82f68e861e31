"""What a killed command, an expired upload or a discarded import leaves in the stage is cleaned away."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from agents.models import Branch
from tests.ingest.loads import begun, csv_file, ended
from tests.intake.files import customer_row
from workplace.intake.bulk_stage import forget, stage, staged_rows
from workplace.models import BulkLoad, BulkRow, Job
from workplace.operations.bulk_loads import discard_left_loads
from workplace.tasks import remove_expired

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def left(here: Branch, tmp_path: Path) -> BulkLoad:
    """Ended, and its command was killed before it had told its rejected rows."""
    rows = [customer_row(here), customer_row(here, birth_date="x")]
    load = ended(begun(csv_file(tmp_path, rows)))
    assert (staged_rows(load), BulkRow.objects.count()) == (2, 1)
    return load


def ended_at(load: BulkLoad, ago: timedelta) -> None:
    Job.objects.filter(pk=load.job_id).update(finished_at=timezone.now() - ago)


def test_the_daily_cleaning_takes_what_a_killed_command_left(left: BulkLoad):
    ended_at(left, DAY)

    remove_expired()

    assert (staged_rows(left), BulkRow.objects.count()) == (0, 0)
    assert BulkLoad.objects.get(pk=left.pk).rejected == 1


def test_a_command_that_is_about_to_tell_keeps_its_rows(left: BulkLoad):
    ended_at(left, timedelta(minutes=5))

    assert discard_left_loads(at=timezone.now()) == 0
    assert staged_rows(left) == 2


def test_a_load_under_way_keeps_its_rows(here: Branch, tmp_path: Path):
    path = csv_file(tmp_path, [customer_row(here)])
    load = begun(path)
    stage(load, path, path.name, lambda lines: None)

    assert discard_left_loads(at=timezone.now() + DAY) == 0
    assert staged_rows(load) == 1


def test_rows_of_a_load_that_is_gone_go(here: Branch, tmp_path: Path):
    path = csv_file(tmp_path, [customer_row(here)])
    load = begun(path)
    stage(load, path, path.name, lambda lines: None)
    BulkLoad.objects.filter(pk=load.pk).delete()

    assert discard_left_loads(at=timezone.now()) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM workplace_stagedrow")
        assert cursor.fetchone() == (0,)


def test_a_load_that_ends_leaves_the_rows_of_another(here: Branch, tmp_path: Path):
    loads = []
    for _turn in range(2):
        path = csv_file(tmp_path, [customer_row(here)])
        loads.append(begun(path))
        stage(loads[-1], path, path.name, lambda lines: None)
    one, other = loads

    forget(one)
    assert (staged_rows(one), staged_rows(other)) == (0, 1)

    forget(other)
    assert staged_rows(other) == 0
