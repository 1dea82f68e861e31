"""What the web role may do in the database: work with rows, never with tables, and only add to history."""

import logging
from typing import NamedTuple

from django.db import connections
from psycopg import sql

log = logging.getLogger(__name__)

HISTORY_SUFFIX = "event"
# Tables whose rows the web role may add and read, never change or delete.
APPEND_ONLY = frozenset(
    {
        "workplace_accesslog",
        "audits_gateanswer",
        "audits_gateoverride",
        "audits_appealmessage",
        "audits_letterline",
        "audits_seal",
        "audits_runconclusion",
        "audits_evidencepack",
        "audits_checklistanswer",
        "audits_reviewevidence",
        "audits_inspectionanswer",
        "customers_contactattempt",
        "workplace_ledgerentry",
    }
)

# The owner's, lent to the web role: each from the migration on that makes it.
LENT = (
    "begin_first_load(text)",
    "end_first_load()",
    "count_grown_tables()",
    "make_partitions(text, date, int)",
)

TABLES_SQL = """
SELECT c.relname, c.relispartition,
       EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'pgh_id')
  FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
   AND NOT EXISTS (SELECT 1 FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
"""


class Table(NamedTuple):
    name: str
    is_partition: bool
    is_history: bool


def grant_web_role(*, using: str, web_role: str) -> None:
    """Grant the web role its rights on every table; run by the owner after each migrate, repeatable.

    With one role for both (a single DATABASE_URL) nothing can be withheld: that is logged as a warning.
    """
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s)", [web_role])
        current, known = cursor.fetchone()
        if current == web_role:
            log.warning("DATABASE_OWNER_URL is not set: the web server works as the owner of its tables")
            return
        if not known:
            log.warning("the web role does not exist in this database server: nothing granted")
            return
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) name WHERE to_regprocedure('public.' || name) IS NOT NULL",
            [list(LENT)],
        )
        functions = [name for (name,) in cursor.fetchall()]
        for statement in grants(tables(using), functions, web_role):
            cursor.execute(statement)


def tables(using: str) -> list[Table]:
    """Every table and view of ours; what has a `pgh_id` is a history."""
    with connections[using].cursor() as cursor:
        cursor.execute(TABLES_SQL)
        return [Table(*row) for row in cursor.fetchall()]


def grants(found: list[Table], functions: list[str], web_role: str) -> list[sql.Composed]:
    role = sql.Identifier(web_role)
    partitions = [table.name for table in found if table.is_partition]
    own = [table for table in found if not table.is_partition]
    additive = [
        table.name
        for table in own
        if table.is_history or table.name.endswith(HISTORY_SUFFIX) or table.name in APPEND_ONLY
    ]
    plain = [table.name for table in own if table.name not in additive]
    late = [name for name in partitions if name.endswith("_default")]
    statements = [
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role),
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(role),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(role),
    ]
    for rights, names in (
        ("SELECT, INSERT, UPDATE, DELETE", plain),
        ("SELECT, INSERT", additive),
        ("SELECT", late),
    ):
        if names:
            listed = sql.SQL(", ").join(sql.Identifier("public", name) for name in sorted(names))
            statements.append(sql.SQL("GRANT " + rights + " ON {} TO {}").format(listed, role))
    if any(table.name == "workplace_stagedrow" for table in own):
        statements.append(sql.SQL("GRANT TRUNCATE ON public.workplace_stagedrow TO {}").format(role))
    for function in functions:
        execute = "GRANT EXECUTE ON FUNCTION public." + function + " TO {}"
        statements.append(sql.SQL(execute).format(role))
    return statements
