"""Tables partitioned by month: how a migration makes one, and how its months are made."""

import datetime
from typing import Any

from django.db import connections
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Model
from psycopg import sql

PARTITION_SUFFIX_LENGTH = len("_y2026m11_pkey")
MAX_TABLE_NAME = 63 - PARTITION_SUFFIX_LENGTH

# SECURITY DEFINER: the web role's only way to a new table. A month is half-open in UTC.
# Rows that reached the default partition before their month existed are moved into it.
MAKE_PARTITIONS_SQL = r"""
CREATE OR REPLACE FUNCTION public.make_partitions(table_name text, first_month date, months int)
RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $body$
DECLARE
    parent oid;
    key_column name;
    month_start date;
    month_end date;
    part text;
    late bigint;
    made int := 0;
BEGIN
    SELECT c.oid, a.attname INTO parent, key_column
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
      JOIN pg_partitioned_table p ON p.partrelid = c.oid AND p.partstrat = 'r' AND p.partnatts = 1
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
      JOIN pg_class d ON d.oid = p.partdefid AND d.relname = c.relname || '_default'
     WHERE c.relname = table_name
       AND c.relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user);
    IF parent IS NULL THEN
        RAISE EXCEPTION 'make_partitions: % is not a table partitioned by month', table_name
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF months NOT BETWEEN 1 AND 36 OR first_month NOT BETWEEN DATE '2000-01-01' AND now()::date + 7300 THEN
        RAISE EXCEPTION 'make_partitions: % months from % is out of range', months, first_month
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('make_partitions ' || table_name));
    FOR i IN 0 .. months - 1 LOOP
        month_start := (date_trunc('month', first_month::timestamp) + make_interval(months => i))::date;
        month_end := (month_start + interval '1 month')::date;
        part := table_name || to_char(month_start, '"_y"YYYY"m"MM');
        CONTINUE WHEN to_regclass(format('public.%I', part)) IS NOT NULL;
        EXECUTE format('SELECT count(*) FROM public.%I WHERE %I >= %L AND %I < %L',
                       table_name || '_default', key_column, month_start, key_column, month_end) INTO late;
        IF late = 0 THEN
            EXECUTE format('CREATE TABLE public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)',
                           part, table_name, month_start, month_end);
        ELSE
            EXECUTE format('LOCK TABLE public.%I IN ACCESS EXCLUSIVE MODE', table_name);
            EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
                           part, table_name);
            EXECUTE format('ALTER TABLE public.%I DISABLE TRIGGER USER', table_name || '_default');
            EXECUTE format('WITH moved AS (DELETE FROM public.%I WHERE %I >= %L AND %I < %L RETURNING *) '
                           'INSERT INTO public.%I SELECT * FROM moved',
                           table_name || '_default', key_column, month_start, key_column, month_end, part);
            EXECUTE format('ALTER TABLE public.%I ENABLE TRIGGER USER', table_name || '_default');
            EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                           table_name, part, month_start, month_end);
        END IF;
        made := made + 1;
    END LOOP;
    RETURN made;
END
$body$;
REVOKE ALL ON FUNCTION public.make_partitions(text, date, int) FROM PUBLIC;
"""

PARTITIONED_TABLES_SQL = """
SELECT c.relname FROM pg_partitioned_table p
  JOIN pg_class c ON c.oid = p.partrelid
  JOIN pg_class d ON d.oid = p.partdefid AND d.relname = c.relname || '_default'
 WHERE c.relnamespace = 'public'::regnamespace AND p.partstrat = 'r' ORDER BY c.relname
"""


class CreatePartitionedModel(CreateModel):
    """CreateModel whose table is partitioned by range of `partition_by`; the key is (pk, partition_by).

    A unique constraint must hold `partition_by`. Rows outside the months made land in `<table>_default`.
    """

    def __init__(self, *args: Any, partition_by: str, **kwargs: Any) -> None:
        self.partition_by = partition_by
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        name, args, kwargs = super().deconstruct()
        return name, list(args), {**kwargs, "partition_by": self.partition_by}

    def reduce(self, operation: Operation, app_label: str) -> bool | list[Operation]:
        """Never merged with a neighbour: the merged operation would be a plain CreateModel."""
        return Operation.reduce(self, operation, app_label)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        table = model._meta.db_table
        if len(table) > MAX_TABLE_NAME:
            raise ValueError(f"{table}: a partitioned table's name has at most {MAX_TABLE_NAME} characters")
        sequence = f"{table}_seq"
        schema_editor.execute(MAKE_PARTITIONS_SQL, params=None)
        schema_editor.execute(f'CREATE SEQUENCE "{sequence}"', params=None)
        plain_table_sql = schema_editor.table_sql
        schema_editor.table_sql = lambda model: self._table_sql(model, schema_editor, sequence)  # type: ignore[method-assign]  # this one table
        try:
            schema_editor.create_model(model)
        finally:
            schema_editor.table_sql = plain_table_sql  # type: ignore[method-assign]  # put back
        pk = model._meta.pk.column
        schema_editor.execute(f'ALTER SEQUENCE "{sequence}" OWNED BY "{table}"."{pk}"', params=None)
        schema_editor.execute(f'CREATE TABLE "{table}_default" PARTITION OF "{table}" DEFAULT', params=None)

    def _table_sql(
        self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor, sequence: str
    ) -> tuple[str, list[Any]]:
        """Django's own statement with the identity, the key and the tail of the table replaced."""
        statement, params = type(schema_editor).table_sql(schema_editor, model)
        pk = model._meta.pk
        key = next(field.column for field in model._meta.local_fields if field.name == self.partition_by)
        definition, _ = schema_editor.column_sql(model, pk)
        identity = pk.db_type_suffix(schema_editor.connection)
        column = f"{schema_editor.quote_name(str(pk.column))} {definition} {identity}"
        if statement.count(column) != 1 or not statement.endswith(")"):
            raise ValueError(f"{model._meta.db_table}: no key column to replace in {statement}")
        sequenced = f'"{pk.column}" bigint NOT NULL DEFAULT nextval(\'"{sequence}"\'::regclass)'
        body = statement.replace(column, sequenced)[:-1]
        return f'{body}, PRIMARY KEY ("{pk.column}", "{key}")) PARTITION BY RANGE ("{key}")', list(params)

    def describe(self) -> str:
        return f"Create model {self.name} partitioned by month of {self.partition_by}"


def partitioned_tables(*, using: str) -> list[str]:
    with connections[using].cursor() as cursor:
        cursor.execute(PARTITIONED_TABLES_SQL)
        return [row[0] for row in cursor.fetchall()]


def make_partitions(*, today: datetime.date, months: int = 3, using: str = "default") -> int:
    """Make the months from this one on, of every partitioned table; returns how many were missing."""
    made = 0
    for table in partitioned_tables(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT make_partitions(%s, %s, %s)", [table, today.replace(day=1), months])
            made += cursor.fetchone()[0]
    return made


def rows_without_month(*, using: str = "default") -> dict[str, int]:
    """Rows that landed in a default partition, by table: an alarm, the months were made too late."""
    late: dict[str, int] = {}
    for table in partitioned_tables(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(f"{table}_default")))
            if count := cursor.fetchone()[0]:
                late[table] = count
    return late
