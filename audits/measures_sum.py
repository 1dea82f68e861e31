"""Adds up what was worked off in the database: one statement however many rows there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Min, QuerySet

from audits.models import Rectification
from audits.working_hours import HOURS, OPENS, WorkingHours

# A span reaches from its first moment to its last; what of the pauses lies within comes off again.
SUMS = """
    WITH found AS MATERIALIZED ({rows}),
    days AS (SELECT * FROM unnest(%s::date[], %s::int[], %s::boolean[]) AS one (day, before, working)),
    spans AS (
        SELECT id, 1 AS sign, began AS since, ended_at AS until FROM found WHERE m_closed
        UNION ALL
        SELECT found.id, -1, GREATEST(began, pause.since), LEAST(ended_at, COALESCE(pause.until, %s))
          FROM found JOIN audits_pause pause ON pause.rectification_id = found.id AND pause.since <= %s
         WHERE m_closed
    ),
    ends AS (
        SELECT spans.id, sign * side AS sign, moment AT TIME ZONE %s AS moment
          FROM spans CROSS JOIN LATERAL (VALUES (1, until), (-1, since)) AS two (side, moment)
         WHERE until > since
    ),
    took AS (
        SELECT ends.id, GREATEST(sum(sign * ({hours} * before + CASE WHEN working THEN
                   LEAST(GREATEST(passed / 3600.0 - {opens}, 0), {hours}) ELSE 0 END)), 0)
                   ::double precision AS hours
          FROM ends JOIN days ON days.day = ends.moment::date
         CROSS JOIN LATERAL (SELECT EXTRACT(EPOCH FROM date_trunc('second', moment)::time) AS passed) of_day
         GROUP BY ends.id
    )
    SELECT {key}, {counts}, COALESCE(sum(took.hours), 0)::double precision
      FROM found LEFT JOIN took ON took.id = found.id {rules}
     GROUP BY 1
"""
RULES = """
    JOIN (SELECT DISTINCT rectification_id, rule FROM audits_finding
           WHERE rectification_id IN (SELECT id FROM found)) broken
      ON broken.rectification_id = found.id
"""


def sums(
    rows: QuerySet[Rectification, Any], *, key: str, measures: Sequence[str], at: datetime
) -> list[tuple[Any, ...]]:
    """(key, a count for each measure, hours of the closed); an empty `key` is the rule that was broken, of
    which a rectification may have several."""
    flags = [f"m_{name}" for name in measures]
    asked = rows.order_by().annotate(place=F(key or "pk"))
    try:
        text, given = asked.values("id", "place", "began", "ended_at", *flags).query.sql_with_params()
    except EmptyResultSet:
        return []
    statement = SUMS.format(
        rows=text,
        hours=HOURS,
        opens=OPENS,
        key="found.place" if key else "broken.rule",
        counts=", ".join(f"count(*) FILTER (WHERE {flag})" for flag in flags),
        rules="" if key else RULES,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*given, *_days(at), at, at, settings.TIME_ZONE])
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _days(at: datetime) -> tuple[list[date], list[int], list[bool]]:
    """Every day since the first was opened: how many working days came before it, and whether it is one."""
    first = Rectification.objects.aggregate(first=Min("opened_at"))["first"]
    return WorkingHours().counted(min(first or at, at), at + timedelta(days=1))
