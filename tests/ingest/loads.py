"""Large files on their way into the book, and what the book says afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from customers.models import Customer
from tests.factories import AT
from tests.intake.files import COLUMNS, LATER, csv_text
from workplace.intake.bulk_odd import rejected
from workplace.intake.plan import read_table
from workplace.intake.write import write_rows
from workplace.jobs import execute
from workplace.models import BulkLoad, Job, Staff
from workplace.operations.bulk_loads import load_of_file

COUNTS = ("rows", "new", "changed", "unchanged", "rejected", "conflicts", "held")
Outcome = tuple[dict[str, int], list[tuple[int, list[dict[str, Any]]]]]


class _Undo(Exception):
    """Rolls back what was tried."""


@contextmanager
def undone() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
            raise _Undo
    except _Undo:
        return


def csv_file(
    folder: Path, rows: Sequence[Mapping[str, str]], columns: Sequence[str] = tuple(COLUMNS)
) -> Path:
    path = folder / "rows.csv"
    path.write_text(csv_text([columns, *([row.get(code, "") for code in columns] for row in rows)]))
    return path


def begun(
    path: Path,
    *,
    kind: str = "customers",
    actor: Staff | None = None,
    extracted_at: datetime = AT,
    trial: bool = False,
) -> BulkLoad:
    return load_of_file(kind=kind, path=path, extracted_at=extracted_at, actor=actor, trial=trial, at=LATER)


def ended(load: BulkLoad) -> BulkLoad:
    assert load.job_id is not None
    execute(load.job_id)
    assert Job.objects.get(pk=load.job_id).error == ""
    return BulkLoad.objects.get(pk=load.pk)


def by_the_large_road(path: Path, **options: Any) -> Outcome:
    load = ended(begun(path, **options))
    counts = {name: getattr(load, name) for name in COUNTS}
    return counts, [(row.line, row.errors) for row in rejected(load)]


def by_the_small_road(
    path: Path, *, kind: str = "customers", actor: Staff | None = None, extracted_at: datetime = AT
) -> Outcome:
    table = read_table(kind=kind, content=path.read_bytes(), name=path.name)
    result = write_rows(
        kind=kind,
        rows=[values for _line, values in table.rows],
        lines=[line for line, _values in table.rows],
        actor=actor,
        at=LATER,
        extracted_at=extracted_at,
    )
    counts = {name: getattr(result, name) for name in COUNTS if name not in ("rows", "rejected")}
    counts |= {"rows": len(result.rows), "rejected": len(result.rejected)}
    return counts, [(row.line, row.errors) for row in result.rejected]


def said_by_the_book(model: Any = Customer, key: str = "number") -> dict[Any, dict[str, Any]]:
    """Every column but those of surrogate keys and clocks."""
    left_out = {"id", "recorded_at"}
    return {
        row[key]: {name: value for name, value in row.items() if name not in left_out}
        for row in model.objects.order_by(key).values()
    }


def history_of(model: Any = Customer) -> int:
    return int(model.pgh_event_model.objects.count())
