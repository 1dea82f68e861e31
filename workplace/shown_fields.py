"""What a screen calls a field of a record, and how it shows its values: masked where they are personal."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from authenticity.masking import mask
from workplace.correctable import correctable, is_correctable
from workplace.models.correction import FieldOfRecord
from workplace.visibility import RecordKind, record_kind

MERGED = "merged_into"


@dataclass(frozen=True)
class ShownField:
    kind_label: str
    label: str
    mask: str
    choices: dict[str, str]
    link: str

    def masked(self, value: str) -> str:
        """A code becomes its word; a personal value is masked; an empty one stays empty."""
        return mask(self.mask, value) if self.mask else self.choices.get(value, value)


def field_shown(row: FieldOfRecord) -> ShownField:
    """An unknown kind or field shows its code and no value; a merge, the number of the one that stays."""
    kind = record_kind(row.record_kind)
    link = kind.link(row.record_id) if kind else ""
    if row.field == MERGED:
        return ShownField(_label(kind, row.record_kind), gettext("Merged into"), "", {}, link)
    if not is_correctable(row.record_kind, row.field):
        return ShownField(_label(kind, row.record_kind), row.field, "hidden", {}, link)
    field = correctable(row.record_kind).fields[row.field]
    choices = {value: str(label) for value, label in field.choices}
    return ShownField(_label(kind, row.record_kind), str(field.label), field.mask, choices, link)


def _label(kind: RecordKind | None, code: str) -> str:
    return str(kind.label) if kind else code
