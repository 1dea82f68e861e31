"""What the preview shows of each row: cells with their place, reasons in words, values masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from authenticity.masking import mask
from workplace.intake.columns import Column
from workplace.intake.errors import words_of
from workplace.intake.hits import words_of_hit
from workplace.intake.kinds import Kind
from workplace.intake.parsing import unpacked
from workplace.intake.workbook_check import letters
from workplace.models import ImportBatch, ImportRow

MATCHED = "matched"


@dataclass
class Fault:
    """One reason, and the cell that it is about when it is about one."""

    cell: str
    label: str
    value: str
    reason: str


@dataclass
class ShownRow:
    row: ImportRow
    key: str = ""
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    hits: list[dict[str, str]] = field(default_factory=list)


class Preview:
    """Knows the columns of one batch."""

    def __init__(self, batch: ImportBatch, kind: Kind) -> None:
        self.kind = kind
        self.columns = kind.resource.columns()
        self.fields = kind.resource._meta.model._meta.concrete_fields
        self.places = {
            column["code"]: letters(place) for place, column in enumerate(batch.columns) if column["code"]
        }

    def shown(self, row: ImportRow) -> ShownRow:
        written = unpacked(row.values)
        return ShownRow(
            row,
            self._key(row.key),
            [self._fault(row, written, error) for error in row.errors],
            [self._fault(row, written, note) for note in row.notes],
            [self.label(code) for code in row.changes if code != MATCHED],
            [{**hit, "words": words_of_hit(hit)} for hit in row.hits],
        )

    def _key(self, key: str) -> str:
        """With the words of its codes: a policy's 2nd insured, not `insured`."""
        columns = [column for column in self.columns.values() if column.key]
        parts = key.split("/")
        if len(parts) != len(columns):
            return key
        return " / ".join(self._word(*pair) for pair in zip(columns, parts, strict=True))

    def _word(self, column: Column, text: str) -> str:
        field = next((one for one in self.fields if one.name == column.attribute), None)
        return str(dict(field.flatchoices).get(text, text)) if field is not None else text

    def label(self, code: str) -> str:
        return self.kind.resource.label_of(code)

    def _fault(self, row: ImportRow, written: Mapping[str, str], error: Mapping[str, Any]) -> Fault:
        code = error["column"]
        column = self.columns.get(code)
        if column is None:
            return Fault("", "", "", words_of(error))
        value = written.get(code, "")
        shown = mask(column.mask, value) if column.mask else value
        cell = f"{self.places[code]}{row.line}" if code in self.places else ""
        return Fault(cell, self.label(code), shown, words_of(error))
