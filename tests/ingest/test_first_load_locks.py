"""While a first load holds a table pages say so soon; while somebody reads it a first load does not wait."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, transaction

from agents.choices import Post
from config.busy import wait_briefly
from tests.cluster import Database
from tests.factories import head_office, make_staff
from tests.personas import log_in
from workplace import first_load
from workplace.choices import Role
from workplace.first_load import begin_first_load, end_first_load

TABLE = "customers_customer"


@pytest.fixture
def reader(committed_db: Database) -> Iterator[psycopg.Connection]:
    with psycopg.connect(committed_db.url) as other:
        yield other
        other.rollback()


def test_a_page_says_so_while_a_first_load_holds_its_table(committed_db: Database, monkeypatch) -> None:
    persona = log_in(make_staff(Role.COMPLIANCE, branch=head_office(), post=Post.COMPLIANCE))
    monkeypatch.setattr("config.busy.WEB_PATIENCE", "200ms")
    wait_briefly(connection)
    with psycopg.connect(committed_db.url) as loading:
        loading.execute("SELECT public.begin_first_load(%s)", [TABLE])
        answer = persona.client.get("/customers/")  # comes back though nobody lets go of the table
        elsewhere = persona.client.get("/healthz").status_code
        loading.rollback()

    assert (answer.status_code, answer["Retry-After"], elsewhere) == (503, "60", 200)
    assert "数据正在装载" in answer.content.decode()
    assert persona.client.get("/customers/").status_code == 200


def test_a_first_load_keeps_the_indexes_where_somebody_reads(
    reader: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_load, "PATIENCE", "200ms")
    reader.execute(f"SELECT count(*) FROM {TABLE}".encode())

    with transaction.atomic(), connection.cursor() as cursor:
        assert not begin_first_load(cursor, TABLE)

    reader.rollback()
    with transaction.atomic(), connection.cursor() as cursor:
        assert begin_first_load(cursor, TABLE)
        end_first_load(cursor)
