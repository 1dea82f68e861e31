"""Growing tables are partitioned by month: made by a migration, extended by the web role, late rows moved."""

import datetime

import pytest
from django.db import InternalError, ProgrammingError, connection, connections, models, transaction
from django.db.migrations import AddField
from django.db.migrations.state import ProjectState

from tests.cluster import Database
from workplace.database_roles import grant_web_role, tables
from workplace.partitions import (
    CreatePartitionedModel,
    make_partitions,
    partitioned_tables,
    rows_without_month,
)

TODAY = datetime.date(2031, 5, 17)
NOON = datetime.datetime(2031, 5, 17, 12, tzinfo=datetime.UTC)
TABLE = "workplace_sighting"

OPERATION = CreatePartitionedModel(
    name="Sighting",
    fields=[
        ("id", models.BigAutoField(primary_key=True)),
        ("seen_at", models.DateTimeField(db_index=True)),
        ("what", models.CharField(max_length=20)),
    ],
    partition_by="seen_at",
)


@pytest.fixture
def sighting(committed_db: Database) -> type[models.Model]:
    state = ProjectState()
    OPERATION.state_forwards("workplace", state)
    with connections["owner"].schema_editor() as editor:
        OPERATION.database_forwards("workplace", editor, ProjectState(), state)
    grant_web_role(using="owner", web_role=connection.settings_dict["USER"])
    return state.apps.get_model("workplace", "Sighting")


def months() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [TABLE]
        )
        return sorted(row[0].removeprefix(TABLE) for row in cursor.fetchall())


def test_the_web_role_makes_the_coming_months_once(sighting: type[models.Model]) -> None:
    assert months() == ["_default"]

    assert make_partitions(today=TODAY, months=3) >= 3
    assert make_partitions(today=TODAY, months=3) == 0

    assert months() == ["_default", "_y2031m05", "_y2031m06", "_y2031m07"]


def test_a_row_before_its_month_is_counted_and_then_moved(sighting: type[models.Model]) -> None:
    sighting._default_manager.create(seen_at=NOON, what="late")
    assert rows_without_month() == {TABLE: 1}

    make_partitions(today=TODAY, months=1)

    assert rows_without_month() == {}
    assert list(sighting._default_manager.values_list("what", flat=True)) == ["late"]


def test_keys_go_on_counting_over_the_partitions(sighting: type[models.Model]) -> None:
    make_partitions(today=TODAY, months=2)
    days = [NOON, NOON + datetime.timedelta(days=30), NOON + datetime.timedelta(days=900)]

    made = sighting._default_manager.bulk_create(sighting(seen_at=day, what="") for day in days)

    assert [each.pk for each in made] == [1, 2, 3]


def test_a_field_added_later_reaches_every_month(sighting: type[models.Model]) -> None:
    make_partitions(today=TODAY, months=1)
    before, after = ProjectState(), ProjectState()
    for state in (before, after):
        OPERATION.state_forwards("workplace", state)
    adding = AddField("sighting", "where", models.CharField(max_length=20, default="here"))
    adding.state_forwards("workplace", after)

    with connections["owner"].schema_editor() as editor:
        adding.database_forwards("workplace", editor, before, after)

    wider = after.apps.get_model("workplace", "Sighting")
    wider._default_manager.create(seen_at=NOON, what="x", where="there")
    assert wider._default_manager.get(seen_at=NOON).where == "there"


def test_the_operation_survives_being_written_into_a_migration() -> None:
    name, args, kwargs = OPERATION.deconstruct()

    assert (name, kwargs["partition_by"]) == ("CreatePartitionedModel", "seen_at")
    assert CreatePartitionedModel(*args, **kwargs).deconstruct() == (name, args, kwargs)


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["workplace_staff", "pg_class", "x; DROP TABLE workplace_staff"])
def test_no_other_table_gets_a_partition(table: str) -> None:
    with pytest.raises(ProgrammingError, match="not a table partitioned by month"), transaction.atomic():
        connection.cursor().execute("SELECT make_partitions(%s, '2031-01-01', 1)", [table])


@pytest.mark.django_db
def test_every_history_is_partitioned_and_only_grows() -> None:
    histories = [table.name for table in tables("default") if table.is_history and not table.is_partition]
    partitioned = partitioned_tables(using="default")

    assert histories
    assert [name for name in histories if name not in partitioned] == []
    for name in histories:
        for statement in (f'DELETE FROM "{name}"', f'UPDATE "{name}" SET pgh_label = pgh_label'):
            with pytest.raises((ProgrammingError, InternalError)), transaction.atomic():
                connection.cursor().execute(statement)


@pytest.mark.django_db
def test_every_month_of_history_is_made_with_the_schema() -> None:
    assert make_partitions(today=datetime.datetime.now(datetime.UTC).date()) == 0
    assert rows_without_month() == {}
