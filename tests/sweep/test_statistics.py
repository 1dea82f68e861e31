"""A sweep of the whole book never works with a server that takes its rows for none."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from audits.operations.sweep_job import start_sweep, sweep_book
from tests.cluster import Database
from tests.factories import AT, make_branch, make_customer
from tests.sweep.sweeping import run_job
from workplace.first_load import begin_first_load, end_first_load
from workplace.statistics import count_grown_tables

pytestmark = pytest.mark.usefixtures("committed_db")


def counted(table: str) -> int:
    """As many rows as the server takes it to have; -1 where it never looked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::int FROM pg_class WHERE oid = %s::regclass", [table])
        return int(cursor.fetchone()[0])


def test_a_table_is_counted_when_it_has_doubled_and_not_before(committed_db: Database):
    branch = make_branch()
    assert counted("customers_customer") == -1
    for _ in range(3):
        make_customer(home_branch=branch)
    assert count_grown_tables() > 0
    assert counted("customers_customer") == 3
    make_customer(home_branch=branch)  # on the same page
    assert count_grown_tables() == 0
    assert counted("customers_customer") == 3


def test_a_first_load_whose_indexes_counted_the_rows_is_looked_at_all_the_same(committed_db: Database):
    branch = make_branch()
    with transaction.atomic(), connection.cursor() as cursor:
        assert begin_first_load(cursor, "customers_customer")
        for _ in range(3):
            make_customer(home_branch=branch)
        end_first_load(cursor)
    assert counted("customers_customer") == 3
    assert count_grown_tables() > 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stats WHERE tablename = 'customers_customer'")
        assert cursor.fetchone()[0] > 0
    assert count_grown_tables() == 0


@pytest.mark.parametrize("as_job", [True, False])
def test_a_sweep_of_the_whole_book_counts_first(committed_db: Database, as_job: bool):
    make_customer()
    if as_job:
        run_job(start_sweep(actor=None, at=AT))
    else:
        sweep_book(at=AT)
    assert counted("customers_customer") == 1
