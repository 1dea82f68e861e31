"""New, changed or unchanged: compares rows with the book by key, field by field, and writes what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models

from workplace.choices import BatchState, RowVerdict
from workplace.ids import AmongTexts
from workplace.intake.bulk_seen import seen_in_newer_loads
from workplace.intake.copying import Maker, insert_records, update_records
from workplace.intake.holds import HoldBook
from workplace.intake.kinds import Row, WriteContext
from workplace.models import ImportRow

Finish = Callable[[Sequence[Any]], None]


def unchanged(records: Sequence[Any]) -> None:
    """No attribute of this kind follows from several columns."""


class Upsert:
    """`load` finds the records of rows, `write` stores what differs.

    `finish` sets attributes that follow from several columns (`derived` names them); it is called once
    with all records before anything is stored. Existing records are locked in the order of their ids.
    """

    def __init__(
        self,
        *,
        model: type[models.Model],
        rows: Sequence[Row],
        context: WriteContext,
        record_kind: str = "",
        finish: Finish = unchanged,
        derived: tuple[str, ...] = (),
    ) -> None:
        self.model = model
        self.rows = rows
        self.context = context
        self.record_kind = record_kind
        self.finish = finish
        self.derived = derived
        self._touched: set[str] = set()
        self._maker = Maker(model)
        self._stamp = {
            "extracted_at": context.extracted_at,
            "batch_id": context.batch.pk if context.batch else None,
            "recorded_at": context.at,
        }

    def load(self, found: Mapping[str, Any]) -> None:
        """`found` maps row keys to records; rows older than the book are settled here."""
        newer = self._seen_in_newer_files()
        seen = seen_in_newer_loads(self.context.kind, self.context.extracted_at)
        for row in self.open_rows():
            row.record = found.get(row.key)
            if row.record is None:
                continue
            known: datetime | None = row.record.extracted_at
            overtaken = known is not None and known > self.context.extracted_at
            if overtaken or row.key in newer or row.record.pk in seen:
                row.verdict = RowVerdict.UNCHANGED
                row.note("older")

    def open_rows(self) -> list[Row]:
        return [row for row in self.rows if row.open]

    def write(self) -> None:
        rows = self.open_rows()
        fresh = [row for row in rows if row.record is None]
        known = [row for row in rows if row.record is not None]
        for row in fresh:
            row.record = self._made(row)
        before = {id(row): [getattr(row.record, name) for name in self.derived] for row in known}
        book = HoldBook(self.record_kind, [row.record.pk for row in known], self.context)
        for row in known:
            self._compare(row, book)
        self.finish([row.record for row in rows])
        for row in known:
            if before[id(row)] != [getattr(row.record, name) for name in self.derived]:
                row.changes.append("matched")
                self._touched.update(self.derived)
            self._settle(row, book)
        self._store(fresh, known, book)
        book.store()

    def _seen_in_newer_files(self) -> set[str]:
        """Keys that a newer file brought unchanged: the record keeps its age, the rows of the file know."""
        keys = [row.key for row in self.open_rows()]
        newer = ImportRow.objects.filter(
            AmongTexts("key", keys),
            batch__kind=self.context.kind,
            batch__state=BatchState.APPLIED,
            batch__extracted_at__gt=self.context.extracted_at,
            applied=True,
        )
        return set(newer.values_list("key", flat=True))

    def _made(self, row: Row) -> Any:
        row.verdict = RowVerdict.NEW
        return self._maker.made(self._stamp, *row.columns.values())

    def _compare(self, row: Row, book: HoldBook) -> None:
        for code, part in row.columns.items():
            differs = any(getattr(row.record, name) != value for name, value in part.items())
            if not book.lets_through(row, code, part, differs=differs) or not differs:
                continue
            for name, value in part.items():
                setattr(row.record, name, value)
            if code not in row.changes:
                row.changes.append(code)
            self._touched.update(part)

    def _settle(self, row: Row, book: HoldBook) -> None:
        if row.changes:
            row.verdict = RowVerdict.CHANGED
            row.record.version += 1
            row.record.extracted_at = self.context.extracted_at
            row.record.batch = self.context.batch
            return
        row.verdict = RowVerdict.UNCHANGED
        if row.record.pk in book.returned:
            row.record.extracted_at = self.context.extracted_at

    def _store(self, fresh: Sequence[Row], known: Sequence[Row], book: HoldBook) -> None:
        insert_records(self.model, [row.record for row in fresh])
        changed = [row.record for row in known if row.verdict == RowVerdict.CHANGED]
        self._update(changed, self._touched | {"version", "extracted_at", "batch_id"})
        same = [row.record for row in known if row.verdict == RowVerdict.UNCHANGED]
        self._update([record for record in same if record.pk in book.returned], {"extracted_at"})

    def _update(self, records: Sequence[Any], attributes: set[str]) -> None:
        update_records(self.model, records, sorted(attributes))


def by_key(queryset: models.QuerySet[Any], attribute: str, keys: Iterable[str]) -> dict[str, Any]:
    """Records by natural key, locked until the end of the transaction."""
    wanted = {str(key) for key in keys if key}
    locked = queryset.select_for_update(of=("self",)).filter(AmongTexts(attribute, wanted)).order_by("pk")
    return {getattr(record, attribute): record for record in locked}


def ids_by(queryset: models.QuerySet[Any], attribute: str, keys: Iterable[str]) -> dict[str, int]:
    wanted = {str(key) for key in keys if key}
    return dict(queryset.filter(AmongTexts(attribute, wanted)).values_list(attribute, "pk"))
