"""Values with days: what a file says today becomes a dated row, and the one before it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models

from workplace.choices import RowVerdict
from workplace.intake.kinds import Row


@dataclass
class DatedValue:
    """What one row says of a dated value; an empty `identity` ends the current one."""

    row: Row
    code: str
    identity: dict[str, Any]
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass
class DatedColumn:
    """One model of dated rows; `owner` is its foreign key, `compared` what tells two values apart."""

    model: type[models.Model]
    owner: str
    compared: tuple[str, ...]
    values: list[DatedValue] = field(default_factory=list)
    _current: dict[int, Any] = field(default_factory=dict)

    def compare(self) -> None:
        """Marks the rows whose dated value differs; needs their records to be found."""
        owners = [value.row.record.pk for value in self.values if value.row.record is not None]
        rows = self.model._default_manager.filter(**{f"{self.owner}__in": owners}).order_by(
            models.F("valid_to").asc(nulls_last=True), "valid_from", "pk"
        )
        self._current = {getattr(row, self.owner): row for row in rows}
        for value in self.values:
            if value.row.open and value.code not in value.row.changes and self._differs(value):
                value.row.changes.append(value.code)

    def write(self, *, day: date) -> None:
        """Ends what no longer holds on `day` (or where the new value begins) and adds what is new."""
        made: list[models.Model] = []
        for value in self.values:
            if value.row.verdict not in (RowVerdict.NEW, RowVerdict.CHANGED):
                continue
            current = self._current.get(value.row.record.pk)
            if current is not None and not self._differs(value):
                continue
            if current is not None and self._same(current, value):
                self._redate(current, value)
                continue
            if current is not None and current.valid_to is None:
                self._end(current, value.valid_from or day)
            if any(value.identity.values()):
                made.append(self._made(value))
        self.model._default_manager.bulk_create(made)

    def _same(self, current: Any, value: DatedValue) -> bool:
        return all(getattr(current, name) == value.identity.get(name) for name in self.compared)

    def _differs(self, value: DatedValue) -> bool:
        current = self._current.get(value.row.record.pk) if value.row.record is not None else None
        if current is None:
            return any(value.identity.values())
        if not any(value.identity.values()):
            return bool(current.valid_to is None)
        if not self._same(current, value):
            return True
        starts = value.valid_from is not None and current.valid_from != value.valid_from
        return starts or (value.valid_to is not None and current.valid_to != value.valid_to)

    def _redate(self, current: Any, value: DatedValue) -> None:
        current.valid_from = value.valid_from or current.valid_from
        current.valid_to = value.valid_to or current.valid_to
        current.save(update_fields=["valid_from", "valid_to"])

    def _end(self, current: Any, day: date) -> None:
        current.valid_to = day
        current.save(update_fields=["valid_to"])

    def _made(self, value: DatedValue) -> models.Model:
        return self.model(
            **{self.owner: value.row.record.pk},
            **value.identity,
            valid_from=value.valid_from,
            valid_to=value.valid_to,
        )


def compare_all(columns: Sequence[DatedColumn]) -> None:
    for column in columns:
        column.compare()


def write_all(columns: Sequence[DatedColumn], *, day: date) -> None:
    for column in columns:
        column.write(day=day)
