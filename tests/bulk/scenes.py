"""Bulk actions as a test runs them: started, worked on in this process, looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from agents.models import Branch
from audits.choices import BulkKind, BulkOutcome
from audits.models import BulkAction, Rectification
from audits.operations.bulk import start_bulk
from audits.spreading import Share, Spreading
from tests.factories import AT, make_rectification
from tests.personas import Persona
from workplace.jobs import execute
from workplace.models import Staff

LATER = AT + timedelta(hours=2)


def several(branch: Branch, count: int, owner: Staff | None = None) -> list[Rectification]:
    return [make_rectification(branch=branch, owner=owner) for _one in range(count)]


def over(*people: Persona, way: str = "load", has: int = 0) -> Spreading:
    return Spreading([Share(one.staff.pk, has) for one in people], way)


def begun(by: Persona, kind: str = BulkKind.REASSIGN, **said: Any) -> BulkAction:
    filters = said.pop("filters", {})
    seen = said.pop("seen", None)
    count = Rectification.objects.exclude(state="closed").count() if seen is None else seen
    return start_bulk(
        kind=kind, filters=filters, actor=by.fresh(), at=LATER, seen=count, **{"note": "张三休产假", **said}
    )


def finished(action: BulkAction) -> BulkAction:
    assert action.job_id
    execute(action.job_id)
    found: BulkAction = BulkAction.objects.select_related("job").get(pk=action.pk)
    assert found.job is not None
    assert (found.job.state, found.job.error) == ("done", "")
    return found


def bulk(by: Persona, kind: str = BulkKind.REASSIGN, **said: Any) -> BulkAction:
    return finished(begun(by, kind, **said))


def owners(rows: list[Rectification]) -> list[Staff | None]:
    found = Rectification.objects.select_related("owner").in_bulk([row.pk for row in rows])
    return [found[row.pk].owner for row in rows]


def states(rows: list[Rectification]) -> list[str]:
    found = Rectification.objects.in_bulk([row.pk for row in rows])
    return [found[row.pk].state for row in rows]


def reasons(action: BulkAction) -> dict[int, str]:
    refused = action.lines.filter(outcome=BulkOutcome.REFUSED)
    return dict(refused.values_list("rectification_id", "reason"))
