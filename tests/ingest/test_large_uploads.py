"""A large upload: counts and samples before it is written, an error file for its owner after it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agents.models import Branch
from customers.models import Customer
from tests.factories import AT
from tests.ingest.loads import said_by_the_book
from tests.intake.files import (
    confirmed,
    csv_text,
    customer_row,
    run_job_of,
    table,
    uploaded,
    written,
)
from tests.personas import Persona
from workplace.choices import BatchState, RowVerdict
from workplace.intake.plan import read_table
from workplace.models import BulkLoad, BulkRow, ImportBatch, ImportRow
from workplace.operations.imports import discard_import

pytestmark = pytest.mark.django_db
NEWER = AT + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def small_limit(settings) -> None:
    settings.IMPORT_ROW_LIMIT = 10


@pytest.fixture
def rows(here: Branch) -> list[dict[str, str]]:
    known = [customer_row(here) for _ in range(20)]
    written(*known)
    changed = [{**row, "name": "段思达"} if turn % 5 == 0 else row for turn, row in enumerate(known)]
    return [*changed, *(customer_row(here) for _ in range(10)), customer_row(here, birth_date="x")]


@pytest.fixture
def tried(rows: list[dict[str, str]], compliance: Persona) -> ImportBatch:
    content = csv_text(table(rows)).encode()
    batch = uploaded(content, actor=compliance.staff, name="客户.csv", extracted_at=NEWER)
    return run_job_of(batch)


def counts(batch: ImportBatch) -> tuple[int, ...]:
    return batch.rows, batch.new, batch.changed, batch.unchanged, batch.rejected


def test_a_large_file_is_counted_and_sampled_and_nothing_is_written(tried: ImportBatch, compliance: Persona):
    assert (tried.state, counts(tried)) == (BatchState.PREVIEW, (31, 10, 4, 16, 1))
    assert Customer.objects.count() == 20
    verdicts = set(ImportRow.objects.filter(batch=tried).values_list("verdict", flat=True))
    assert verdicts == set(RowVerdict.values)
    page = compliance.client.get(f"/imports/{tried.pk}/").content.decode()
    assert "E32" in page


def test_once_confirmed_it_is_written_and_the_stage_is_empty(tried: ImportBatch):
    done = confirmed(tried)

    assert (done.state, counts(done)) == (BatchState.APPLIED, (31, 10, 4, 16, 1))
    assert Customer.objects.count() == 30
    assert not BulkRow.objects.exists()
    batches = {row["batch_id"] for row in said_by_the_book().values()}
    assert batches == {None, done.pk}


def test_the_rejected_rows_come_back_as_they_were(
    tried: ImportBatch, compliance: Persona, rows: list[dict[str, str]]
):
    done = confirmed(tried)
    assert done.error_file is not None

    content = compliance.client.get(f"/imports/{done.pk}/errors/").content

    ((_line, values),) = read_table(kind="customers", content=content, name="a.xlsx").rows
    assert values == rows[-1]


def test_a_discarded_one_leaves_nothing(tried: ImportBatch, compliance: Persona):
    discard_import(batch=tried, actor=compliance.staff, at=NEWER)

    assert not BulkRow.objects.exists()
    assert not ImportRow.objects.exists()
    assert Customer.objects.count() == 20


def test_whoever_reaches_a_branch_sees_the_same_counts(rows: list[dict[str, str]], clerk: Persona):
    content = csv_text(table(rows)).encode()

    tried = run_job_of(uploaded(content, actor=clerk.staff, name="客户.csv", extracted_at=NEWER))

    assert counts(tried) == (31, 10, 4, 16, 1)
    assert counts(confirmed(tried)) == (31, 10, 4, 16, 1)
    assert BulkLoad.objects.get().phase == "done"


def test_a_refused_large_file_says_why(compliance: Persona, here: Branch):
    cells = table([customer_row(here) for _ in range(12)])
    cells[12][2] = "段\x00"

    batch = uploaded(csv_text(cells).encode("utf-8-sig"), actor=compliance.staff, name="客户.csv")
    done = run_job_of(batch)

    assert done.state == BatchState.REFUSED
    assert "C13" in compliance.client.get(f"/imports/{done.pk}/").content.decode()
