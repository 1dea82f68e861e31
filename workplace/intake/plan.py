"""From a file to its preview: read, matched to columns, written inside a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from workplace.choices import BatchState, RowVerdict
from workplace.intake import headers, hits
from workplace.intake.copying import Maker, insert_records, update_records
from workplace.intake.kinds import Row, WriteResult, kind_of
from workplace.intake.parsing import packed, read_sheet
from workplace.intake.refusal import Refused
from workplace.intake.write import write_rows
from workplace.models import ImportBatch, ImportRow, Staff

JUDGED = ("key", "verdict", "changes", "errors", "notes")


class FileRefused(Exception):
    """The whole file is refused; `problems` are codes with parameters, all of them at once."""

    def __init__(self, problems: Sequence[dict[str, Any]]) -> None:
        super().__init__(", ".join(problem["code"] for problem in problems))
        self.problems = list(problems)


def too_large(problems: Sequence[dict[str, Any]]) -> bool:
    """Nothing else is wrong with the file than that it is more than the small road takes."""
    return [problem["code"] for problem in problems] == ["too_many_rows"]


@dataclass(frozen=True)
class Table:
    """A file matched to the columns of its kind."""

    columns: list[dict[str, str | None]]
    rows: list[tuple[int, dict[str, str]]]


def read_table(*, kind: str, content: bytes, name: str) -> Table:
    """Raises FileRefused with every problem of the file."""
    try:
        sheet = read_sheet(content, name)
    except Refused as refusal:
        raise FileRefused([{"code": refusal.code, "params": refusal.params}]) from refusal
    header = headers.match(sheet.header, kind_of(kind).resource)
    if not header.problems and not sheet.rows:
        header.problems.append({"code": "no_rows", "params": {}})
    if header.problems:
        raise FileRefused(header.problems)
    columns = [{"code": code, "header": sheet.header[place]} for place, code in enumerate(header.codes)]
    return Table(columns, [(line, header.values(cells)) for line, cells in sheet.rows])


def try_rows(
    *,
    kind: str,
    table: Sequence[tuple[int, dict[str, str]]],
    actor: Staff | None,
    at: datetime,
    extracted_at: datetime,
    batch: ImportBatch | None = None,
    doubles: Mapping[int, int] | None = None,
) -> tuple[WriteResult, dict[int, list[dict[str, str]]]]:
    """What writing would do and which rules would speak, per line; nothing of it stays."""
    with transaction.atomic():
        result = write_rows(
            kind=kind,
            rows=[values for _line, values in table],
            lines=[line for line, _values in table],
            actor=actor,
            at=at,
            extracted_at=extracted_at,
            batch=batch,
            doubles=doubles,
        )
        lines = {
            row.record.pk: row.line
            for row in result.rows
            if row.record is not None and row.verdict != RowVerdict.REJECTED
        }
        found = hits.rule_hits(kind, list(lines))
        transaction.set_rollback(True)
    return result, {lines[record_id]: of_record for record_id, of_record in found.items()}


def preview(batch: ImportBatch, table: Table, at: datetime) -> None:
    """Stores the rows with their verdicts, in place of what an interrupted reading left, and offers the batch
    for confirmation."""
    result, found = try_rows(
        kind=batch.kind,
        table=table.rows,
        actor=batch.created_by,
        at=at,
        extracted_at=batch.extracted_at,
        batch=batch,
    )
    with transaction.atomic():
        ImportRow.objects.filter(batch=batch).delete()
        maker = Maker(ImportRow)
        insert_records(ImportRow, [_shown(maker, batch, row, found) for row in result.rows])
        batch.columns = table.columns
        batch.rows = len(table.rows)
        batch.state = BatchState.PREVIEW
        count_rows(batch, result)
        batch.save()


def _shown(
    maker: Maker, batch: ImportBatch, row: Row, found: Mapping[int, list[dict[str, str]]]
) -> ImportRow:
    values, told = packed(row.written), found.get(row.line, [])
    stored: ImportRow = maker.made({"batch_id": batch.pk, "line": row.line, "values": values, "hits": told})
    take_verdict(stored, row)
    return stored


def update_rows(rows: Sequence[ImportRow], fields: Sequence[str]) -> None:
    with transaction.atomic():
        update_records(ImportRow, rows, fields)


def take_verdict(stored: ImportRow, row: Row) -> None:
    stored.key = row.key
    stored.verdict = row.verdict
    stored.changes = row.changes
    stored.errors = row.errors
    stored.notes = row.notes


def count_rows(batch: ImportBatch, result: WriteResult) -> None:
    batch.new, batch.changed = result.new, result.changed
    batch.unchanged, batch.rejected = result.unchanged, len(result.rejected)
    batch.conflicts, batch.held = result.conflicts, result.held
