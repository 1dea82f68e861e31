"""An earlier state of the schema is one too: after going back to it the web role has its rights there."""

from __future__ import annotations

from django.db import connection, connections

from tests.cluster import Database
from tests.factories import make_customer
from workplace.database_roles import grant_web_role
from workplace.statistics import COUNT_GROWN_SQL, count_grown_tables


def test_a_function_that_is_not_there_is_not_lent(committed_db: Database):
    with connections["owner"].cursor() as owner:
        owner.execute("DROP FUNCTION public.count_grown_tables()")
        grant_web_role(using="owner", web_role=connection.settings_dict["USER"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_function_privilege('public.end_first_load()', 'EXECUTE')")
            assert cursor.fetchone() == (True,)

        owner.execute(COUNT_GROWN_SQL)
    grant_web_role(using="owner", web_role=connection.settings_dict["USER"])
    make_customer()
    assert count_grown_tables() > 0
