"""What the server knows of how many rows the book has, brought up before a sweep of all of it.

Autovacuum comes within minutes of a load, a sweep may come sooner; a join of 10,000 rows that are taken for
one looks at each beside each. An index that is built, as after a first load, counts rows and says nothing of
what is in them. The web role may not ANALYZE: the function is the owner's.
"""

from __future__ import annotations

from django.db import connection

COUNT_GROWN_SQL = """
CREATE OR REPLACE FUNCTION public.count_grown_tables()
RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    found name;
    counted int := 0;
BEGIN
    FOR found IN
        SELECT c.relname FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
           AND c.relname IN ('customers_customer', 'customers_coverage', 'customers_servingunit',
                             'policies_policy', 'policies_policyparty', 'policies_policystate',
                             'policies_applicationform')
           AND c.relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
           AND (pg_relation_size(c.oid) > 2 * c.relpages::bigint * current_setting('block_size')::bigint
                OR c.reltuples > 0 AND NOT EXISTS (SELECT 1 FROM pg_stats s WHERE s.schemaname = 'public'
                                                                              AND s.tablename = c.relname))
         ORDER BY c.relname
    LOOP
        EXECUTE format('ANALYZE public.%I', found);
        counted := counted + 1;
    END LOOP;
    RETURN counted;
END
$body$;
REVOKE ALL ON FUNCTION public.count_grown_tables() FROM PUBLIC;
"""


def count_grown_tables() -> int:
    """How many tables of the book had more than doubled since the server counted them, or were never looked
    into, and were counted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.count_grown_tables()")
        return int(cursor.fetchone()[0])
