"""The lines of a bulk action while it works: what is to become of each, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from audits.choices import BulkOutcome
from audits.loads import Candidates
from audits.models import BulkAction, BulkLine
from audits.spreading import Spreading
from workplace.models import Staff

SETTLE = """
    UPDATE audits_bulkline line
       SET outcome = told.outcome, reason = told.reason, version_after = told.version
      FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::int[]) AS told (id, outcome, reason, version)
     WHERE line.id = told.id
"""


@dataclass(frozen=True)
class Outcome:
    """What became of one line; `version` is the row's after it, or what it was frozen with."""

    line: BulkLine
    version: int
    reason: str = ""


@dataclass(frozen=True)
class Step:
    """One line about to be done."""

    line: BulkLine
    action: str
    owner: Staff | None = None


@dataclass
class Bulk:
    """The action with everything that the lines of one chunk need."""

    action: BulkAction
    at: datetime
    spreading: Spreading | None = None
    who: Candidates | None = None
    people: dict[int, Staff] = field(default_factory=dict)


def refused(line: BulkLine, reason: str) -> Outcome:
    return Outcome(line, line.version_after, reason[:300])


def settle(outcomes: Sequence[Outcome]) -> None:
    """Writes the outcomes in one statement."""
    rows = [
        (one.line.pk, BulkOutcome.REFUSED if one.reason else BulkOutcome.DONE, one.reason, one.version)
        for one in outcomes
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(SETTLE, [list(column) for column in zip(*rows, strict=True)])
