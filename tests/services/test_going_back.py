"""An earlier state of the schema is one too: going back to it leaves the web role its rights there."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection

from tests.cluster import Database
from tests.factories import make_customer
from workplace.statistics import count_grown_tables


def test_a_function_that_is_not_there_is_not_lent(committed_db: Database):
    call_command("migrate", "workplace", "0010", database="owner", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_function_privilege('public.end_first_load()', 'EXECUTE')")
        assert cursor.fetchone() == (True,)

    call_command("migrate", database="owner", verbosity=0)
    make_customer()
    assert count_grown_tables() > 0
