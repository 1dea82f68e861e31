"""Indexes of an empty table dropped for its first load and built again after it.

The web role has no DDL: `begin_first_load` and `end_first_load` are the owner's, work on the tables named
here alone, and only while the table is empty. A transaction that began and does not end cannot commit.
"""

from __future__ import annotations

from typing import Any

from django.db import OperationalError, transaction
from psycopg.errors import LockNotAvailable

PATIENCE = "3s"
WEB_PATIENCE = "5s"
TABLES = ("customers_customer", "policies_policy", "policies_policyparty")

FIRST_LOAD_SQL = """
CREATE OR REPLACE FUNCTION public.refuse_unfinished_first_load()
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_temp.zhenxin_first_load) THEN
        RAISE EXCEPTION 'a first load was begun and not ended'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END
$body$;
REVOKE ALL ON FUNCTION public.refuse_unfinished_first_load() FROM PUBLIC;

CREATE OR REPLACE FUNCTION public.begin_first_load(table_name text)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    target oid;
    filled boolean;
    found record;
BEGIN
    SELECT c.oid INTO target FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relname = table_name AND c.relkind = 'r'
       AND c.relname IN ('customers_customer', 'policies_policy', 'policies_policyparty')
       AND c.relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user);
    IF target IS NULL THEN
        RAISE EXCEPTION 'begin_first_load: % is not a table of the book', table_name
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('LOCK TABLE public.%I IN ACCESS EXCLUSIVE MODE', table_name);
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I)', table_name) INTO filled;
    IF filled THEN
        RETURN false;
    END IF;
    CREATE TEMP TABLE zhenxin_first_load (place int, target name, statement text) ON COMMIT DROP;
    CREATE CONSTRAINT TRIGGER first_load_must_end AFTER INSERT ON pg_temp.zhenxin_first_load
        DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION public.refuse_unfinished_first_load();
    FOR found IN
        SELECT i.indexrelid::regclass AS index_name, c.conname,
               CASE WHEN c.conname IS NULL THEN pg_get_indexdef(i.indexrelid)
                    ELSE format('ALTER TABLE public.%I ADD CONSTRAINT %I %s',
                                table_name, c.conname, pg_get_constraintdef(c.oid)) END AS statement
          FROM pg_index i
          LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = target
                                   AND c.contype IN ('u', 'p', 'x')
         WHERE i.indrelid = target AND NOT i.indisprimary AND (c.contype IS NULL OR c.contype = 'u')
           AND NOT EXISTS (SELECT 1 FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = i.indexrelid)
         ORDER BY i.indexrelid
    LOOP
        INSERT INTO pg_temp.zhenxin_first_load VALUES (found.index_name::oid::bigint % 2147483647,
                                                       table_name, found.statement);
        IF found.conname IS NULL THEN
            EXECUTE format('DROP INDEX %s', found.index_name);
        ELSE
            EXECUTE format('ALTER TABLE public.%I DROP CONSTRAINT %I', table_name, found.conname);
        END IF;
    END LOOP;
    RETURN true;
END
$body$;
REVOKE ALL ON FUNCTION public.begin_first_load(text) FROM PUBLIC;

CREATE OR REPLACE FUNCTION public.end_first_load()
RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET maintenance_work_mem = '256MB'
SET max_parallel_maintenance_workers = 2 AS $body$
DECLARE
    found record;
    checks text;
    built int := 0;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_class c
                    WHERE c.oid = to_regclass('pg_temp.zhenxin_first_load') AND c.relkind = 'r'
                      AND c.relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)) THEN
        RAISE EXCEPTION 'end_first_load: none was begun' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT string_agg(format('public.%I', c.conname), ', ') INTO checks
      FROM pg_constraint c
     WHERE c.contype = 'f' AND c.condeferrable
       AND c.conrelid IN (SELECT to_regclass(format('public.%I', target)) FROM pg_temp.zhenxin_first_load);
    IF checks IS NOT NULL THEN
        EXECUTE 'SET CONSTRAINTS ' || checks || ' IMMEDIATE';
    END IF;
    FOR found IN SELECT statement FROM pg_temp.zhenxin_first_load ORDER BY place LOOP
        EXECUTE found.statement;
        built := built + 1;
    END LOOP;
    DELETE FROM pg_temp.zhenxin_first_load;
    IF checks IS NOT NULL THEN
        EXECUTE 'SET CONSTRAINTS ' || checks || ' DEFERRED';
    END IF;
    RETURN built;
END
$body$;
REVOKE ALL ON FUNCTION public.end_first_load() FROM PUBLIC;
"""

STAGED_COLUMNS = 60
STAGED_SQL = f"""
CREATE UNLOGGED TABLE workplace_stagedrow (
    load_id bigint NOT NULL,
    line integer NOT NULL,
    key text NOT NULL,
    numbers text NOT NULL,
    extra text NOT NULL,
    {", ".join(f"c{place:02d} text" for place in range(STAGED_COLUMNS))}
);
CREATE INDEX staged_row_line ON workplace_stagedrow USING brin (load_id, line) WITH (pages_per_range = 16);
"""


def begin_first_load(cursor: Any, table: str) -> bool:
    """True when the table was empty and stands without indexes until `end_first_load`.

    Until the transaction ends nobody reads the table: pages that ask for it say so after WEB_PATIENCE. False
    also while somebody works on it, for whoever comes next would have to wait behind this.
    """
    if table not in TABLES:
        return False
    try:
        with transaction.atomic():
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            cursor.execute("SELECT public.begin_first_load(%s)", [table])
            begun = bool(cursor.fetchone()[0])
            cursor.execute("SELECT set_config('lock_timeout', '0', true)")
    except OperationalError as error:
        if is_busy(error):
            return False
        raise
    return begun


def is_busy(error: BaseException) -> bool:
    """Whether somebody else's lock stood in the way for longer than one would wait."""
    return isinstance(error.__cause__, LockNotAvailable)


def end_first_load(cursor: Any) -> None:
    cursor.execute("SELECT public.end_first_load()")
