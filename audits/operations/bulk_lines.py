"""The lines of a bulk action while it works: what is to become of each, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

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


class Line(NamedTuple):
    """A line that waits, with what its rectification answers to; `version` is what it was frozen with."""

    pk: int
    rectification_id: int
    before_owner_id: int | None
    before_state: str
    version: int
    branch_id: int
    agency_id: int | None


class Outcome(NamedTuple):
    """What became of one line; `version` is the row's after it, or what it was frozen with."""

    line: Line
    version: int
    reason: str = ""


class Step(NamedTuple):
    """One line about to be done."""

    line: Line
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


def waiting(action: BulkAction, most: int) -> list[Line]:
    """The next that wait, in the order in which they were frozen."""
    rows = BulkLine.objects.filter(action=action, outcome=BulkOutcome.WAITING).order_by("id")
    found = rows.values_list(
        "pk",
        "rectification_id",
        "before_owner_id",
        "before_state",
        "version_after",
        "rectification__branch_id",
        "rectification__agency_id",
    )
    return [Line(*row) for row in found[:most]]


def refused(line: Line, reason: str) -> Outcome:
    return Outcome(line, line.version, reason[:300])


def settle(outcomes: Sequence[Outcome]) -> None:
    """Writes the outcomes in one statement."""
    rows = [
        (one.line.pk, BulkOutcome.REFUSED if one.reason else BulkOutcome.DONE, one.reason, one.version)
        for one in outcomes
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(SETTLE, [list(column) for column in zip(*rows, strict=True)])
