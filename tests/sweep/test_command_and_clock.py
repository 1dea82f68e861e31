"""The command, what runs by the clock, and working days."""

from __future__ import annotations

import json
from datetime import date
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django_celery_beat.models import PeriodicTask

from audits.intake import sweep_after_import
from audits.models import Finding
from audits.tasks import nightly_sweep
from customers.models import Customer
from tests.factories import AT, make_file, make_staff
from tests.rules.book import clean_book, rewrite
from workplace.calendar import add_working_days
from workplace.models import CalendarDay, ImportBatch, Job
from workplace.schedules import ensure_schedules

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet_queue():
    with patch("workplace.jobs.current_app.send_task"):
        yield


def test_the_command_tells_what_it_did(capsys):
    book = clean_book()
    rewrite(book.holder, mobile="1392046185", address="")
    call_command("sweep", "--full", "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["state"], said["opened"], said["closed"]) == ("done", 2, 0)
    call_command("sweep", "--rule", "PH-001", "--json")
    assert json.loads(capsys.readouterr().out)["opened"] == 0


@pytest.mark.parametrize("arguments", [["--rule", "ZZ-999"], ["--rule", "PH-001", "--full"]])
def test_the_command_refuses_what_it_does_not_know(arguments: list[str]):
    with pytest.raises(SystemExit) as ended:
        call_command("sweep", *arguments)
    assert ended.value.code == 2
    assert not Job.objects.exists()


def test_the_schedules_are_made_once_and_left_as_an_administrator_set_them():
    names = set(PeriodicTask.objects.values_list("name", flat=True))
    assert {"nightly sweep", "requeue stale jobs", "make partitions"} <= names
    nightly = PeriodicTask.objects.get(name="nightly sweep")
    assert (nightly.crontab.hour, str(nightly.crontab.timezone)) == ("2", "Asia/Shanghai")
    PeriodicTask.objects.filter(name="nightly sweep").update(enabled=False)
    assert ensure_schedules(using="default") == 0
    assert not PeriodicTask.objects.get(name="nightly sweep").enabled


def test_the_nightly_sweep_is_a_job_of_the_system():
    nightly_sweep()
    assert list(Job.objects.values_list("kind", "started_by")) == [("sweep", None)]


def batch(kind: str) -> ImportBatch:
    clerk = make_staff()
    return ImportBatch.objects.create(
        kind=kind, file=make_file(owner=clerk), extracted_at=AT, created_by=clerk, created_at=AT
    )


def test_an_import_is_followed_by_a_sweep_of_what_it_wrote():
    book = clean_book()
    rewrite(book.holder, mobile="1392046185")
    rewrite(book.insured, name="周明月1")
    written = batch("customers")
    Customer.objects.filter(pk=book.holder.pk).update(batch=written)
    sweep_after_import(written, AT)
    from workplace.jobs import execute

    execute(Job.objects.get().pk)
    assert list(Finding.objects.values_list("rule", flat=True)) == ["PH-001"]


def test_an_import_that_changed_nothing_is_followed_by_nothing():
    sweep_after_import(batch("customers"), AT)
    sweep_after_import(batch("agents"), AT)
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "start, count, end",
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 20), 5, date(2026, 11, 27)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2034, 3, 3), 1, date(2034, 3, 6)),
    ],
)
def test_working_days(start: date, count: int, end: date):
    """National Day is off; a year that is not published yet goes by Monday to Friday."""
    assert add_working_days(start, count) == end


def test_what_the_administrator_says_of_a_day_counts():
    CalendarDay.objects.create(day=date(2026, 11, 21), working=True)
    CalendarDay.objects.create(day=date(2026, 11, 23), working=False)
    assert add_working_days(date(2026, 11, 20), 2) == date(2026, 11, 24)
