"""The tests' own ground: the web role, a clone for each process, real commits where asked for."""

import threading

import pytest
from django.db import connection, connections, transaction
from django.db.utils import ProgrammingError

from tests.cluster import Database


@pytest.mark.django_db
def test_a_test_works_as_the_web_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone()[0] in {"zhenxin_web", "zhenxin_test_web"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "DROP TABLE workplace_staff",
        "ALTER TABLE workplace_staff ADD COLUMN mine int",
        "TRUNCATE workplace_staff CASCADE",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ],
)
def test_the_web_role_cannot_change_tables(statement: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_committed_row_is_seen_by_another_thread(committed_db: Database) -> None:
    from django.contrib.auth.models import Group

    Group.objects.create(name="seen by all")
    seen: list[int] = []

    def look() -> None:
        seen.append(Group.objects.filter(name="seen by all").count())
        connections.close_all()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [1]


@pytest.mark.django_db
def test_the_next_test_sees_nothing_of_it() -> None:
    from django.contrib.auth.models import Group

    assert not Group.objects.filter(name="seen by all").exists()
