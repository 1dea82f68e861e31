"""An import that is stopped between two chunks goes on where it was, and writes nothing twice."""

import gc

import pytest

from agents.models import Branch
from customers.models import Customer
from tests.factories import AT
from tests.intake.files import LATER, confirmed, customer_row, run_job_of, table, uploaded, written, xlsx
from tests.personas import Persona
from workplace.choices import BatchState, JobState, RowVerdict
from workplace.intake import apply, plan
from workplace.jobs import execute
from workplace.models import ImportBatch, ImportRow, Job
from workplace.operations import imports
from workplace.operations.imports import ImportRefused, confirm_import, discard_import


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "CHUNK", 3)


@pytest.fixture
def batch(clerk: Persona, here: Branch) -> ImportBatch:
    return uploaded(xlsx(table([customer_row(here) for _ in range(10)])), actor=clerk.staff)


def breaks_in_chunk(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The chunk of that number fails after its rows are written, before its progress is."""
    write, calls = apply._write, []

    def fails(*arguments):
        write(*arguments)
        calls.append(1)
        if len(calls) == number:
            raise RuntimeError("killed")

    monkeypatch.setattr(apply, "_write", fails)


def test_a_killed_import_keeps_whole_chunks_and_the_next_run_finishes_it(
    batch: ImportBatch, clerk: Persona, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as broken:
        breaks_in_chunk(3, broken)
        job = confirm_import(batch=batch, actor=clerk.staff, at=LATER).job
        execute(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.cursor) == (JobState.QUEUED, 6, 10, {"line": 7})
    assert Customer.objects.count() == 6
    ids = set(Customer.objects.values_list("pk", flat=True))

    execute(job.pk)

    job.refresh_from_db()
    batch.refresh_from_db()
    assert (job.state, job.done) == (JobState.DONE, 10)
    assert (batch.state, batch.new, Customer.objects.count()) == (BatchState.APPLIED, 10, 10)
    assert ids < set(Customer.objects.values_list("pk", flat=True))
    assert set(Customer.objects.values_list("version", flat=True)) == {1}


def test_a_chunk_that_runs_twice_counts_once(batch: ImportBatch, clerk: Persona):
    done = confirmed(batch)
    apply.apply_chunks(batch=done, at=LATER, after_line=0, advance=lambda *_: None)
    apply.finish(batch=done, at=LATER)

    done.refresh_from_db()
    assert (done.new, Customer.objects.count()) == (10, 10)


def test_confirming_twice_starts_one_job(batch: ImportBatch, clerk: Persona):
    first = confirm_import(batch=batch, actor=clerk.staff, at=LATER)
    second = confirm_import(batch=batch, actor=clerk.staff, at=LATER)

    assert first.job_id == second.job_id
    assert Job.objects.filter(kind="apply_import").count() == 1


def test_what_stopped_for_good_can_be_taken_up_by_hand(
    batch: ImportBatch, clerk: Persona, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as broken:
        breaks_in_chunk(2, broken)
        job = confirm_import(batch=batch, actor=clerk.staff, at=LATER).job
        execute(job.pk)
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED)
    assert "data-key" in clerk.client.get(f"/imports/{batch.pk}/").content.decode()

    again = run_job_of(confirm_import(batch=batch, actor=clerk.staff, at=LATER))

    assert (again.state, again.new, Customer.objects.count()) == (BatchState.APPLIED, 10, 10)


def test_the_book_may_move_between_preview_and_confirmation(batch: ImportBatch, here: Branch, clerk: Persona):

    row = ImportRow.objects.filter(batch=batch).first()
    written({**customer_row(here), **row.values})

    done = confirmed(batch)

    row.refresh_from_db()
    assert row.verdict == RowVerdict.UNCHANGED
    assert (done.new, done.unchanged) == (9, 1)


def test_a_discarded_file_is_gone_and_cannot_be_confirmed(batch: ImportBatch, clerk: Persona):

    discard_import(batch=batch, actor=clerk.staff, at=LATER)

    with pytest.raises(ImportRefused):
        confirm_import(batch=batch, actor=clerk.staff, at=LATER)
    assert not ImportRow.objects.exists()
    assert not Customer.objects.exists()


def test_a_reading_that_breaks_while_its_rows_are_stored_leaves_none_and_the_next_shows_them_all(
    clerk: Persona, here: Branch, monkeypatch: pytest.MonkeyPatch
):
    content = xlsx(table([customer_row(here) for _ in range(4)]))
    batch = imports.start_import(
        kind="customers", content=content, name="a.xlsx", extracted_at=AT, actor=clerk.staff, at=LATER
    )
    assert batch.job_id is not None

    def breaks(*arguments):
        raise RuntimeError("broken")

    with monkeypatch.context() as broken:
        broken.setattr(plan, "count_rows", breaks)
        execute(batch.job_id)

    batch.refresh_from_db()
    assert (batch.state, ImportRow.objects.count()) == (BatchState.READING, 0)
    assert gc.isenabled()

    execute(batch.job_id)
    batch.refresh_from_db()
    assert (batch.state, batch.rows, batch.new) == (BatchState.PREVIEW, 4, 4)
    assert list(ImportRow.objects.values_list("line", "verdict", "applied")) == [
        (line, RowVerdict.NEW, False) for line in (2, 3, 4, 5)
    ]


def test_a_file_whose_reading_breaks_each_time_is_given_up_and_can_be_discarded(
    clerk: Persona, here: Branch, monkeypatch: pytest.MonkeyPatch
):
    def breaks(*arguments):
        raise RuntimeError("broken")

    monkeypatch.setattr(imports, "preview", breaks)
    content = xlsx(table([customer_row(here)]))
    batch = imports.start_import(
        kind="customers", content=content, name="a.xlsx", extracted_at=AT, actor=clerk.staff, at=LATER
    )
    for _ in range(3):
        execute(batch.job_id)

    job = Job.objects.get(pk=batch.job_id)
    assert (job.state, job.attempts) == (JobState.FAILED, 3)
    discard_import(batch=batch, actor=clerk.staff, at=LATER)
    batch.refresh_from_db()
    assert batch.state == BatchState.DISCARDED
