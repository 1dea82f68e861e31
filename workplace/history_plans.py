"""How the database joins the rows before and after an update: never pair by pair.

PostgreSQL keeps the first plan of a trigger for the whole connection. Made for one row, it compares every
old row with every new one when thousands come: the square of their number.
"""

from __future__ import annotations

from django.db import connections
from psycopg import sql

FUNCTIONS = """
    SELECT n.nspname, p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE NOT coalesce('enable_nestloop=off' = ANY (p.proconfig), FALSE)
       AND EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgfoid = p.oid AND NOT t.tgisinternal
                      AND t.tgoldtable IS NOT NULL AND t.tgnewtable IS NOT NULL)
     ORDER BY 1, 2
"""


def paired_by_the_row(using: str) -> list[tuple[str, str]]:
    """Trigger functions that see old and new rows and are not told yet."""
    with connections[using].cursor() as cursor:
        cursor.execute(FUNCTIONS)
        return [(schema, name) for schema, name in cursor.fetchall()]


def settle_history_plans(*, using: str) -> int:
    """Run by the owner after each migrate, repeatable: a trigger that is made anew forgets it."""
    found = paired_by_the_row(using)
    with connections[using].cursor() as cursor:
        for schema, name in found:
            function = sql.Identifier(schema, name)
            cursor.execute(sql.SQL("ALTER FUNCTION {}() SET enable_nestloop = off").format(function))
    return len(found)
