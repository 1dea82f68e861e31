"""The score and its explanation in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from customers.duplicates.searching import Thresholds

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FIELDS: dict[str, StrOrPromise] = {
    "id_no": gettext_lazy("Document number"),
    "name": pgettext_lazy("of a person", "Name"),
    "birth_date": gettext_lazy("Birth date"),
    "sex": gettext_lazy("Sex"),
    "mobile": gettext_lazy("Mobile"),
    "landline": gettext_lazy("Landline"),
    "email": gettext_lazy("E-mail"),
    "address": gettext_lazy("Address"),
}
LEVELS: dict[str, StrOrPromise] = {
    "same": pgettext_lazy("comparison", "the same"),
    "slip": pgettext_lazy("comparison", "one slip apart"),
    "sound": pgettext_lazy("comparison", "of the same sound"),
    "crowded": pgettext_lazy("comparison", "the same, but held by many"),
    "other_kind": pgettext_lazy("comparison", "of different kinds of document"),
    "two_valid": pgettext_lazy("comparison", "two valid numbers that differ"),
    "differs": pgettext_lazy("comparison", "different"),
}
KINDS: dict[str, StrOrPromise] = {
    "document": gettext_lazy("Same document number"),
    "birth": gettext_lazy("Same name and birth date"),
    "mobile": gettext_lazy("Same mobile"),
    "landline": gettext_lazy("Same landline"),
    "email": gettext_lazy("Same e-mail"),
    "slip": gettext_lazy("Slip in the document number"),
}
GOOD = frozenset({"same", "slip", "sound", "crowded"})


@dataclass(frozen=True)
class Strength:
    code: str
    label: StrOrPromise


CERTAIN = Strength("certain", gettext_lazy("Nearly certain"))
LIKELY = Strength("likely", gettext_lazy("Likely"))
POSSIBLE = Strength("possible", gettext_lazy("Possible"))


@dataclass(frozen=True)
class WordedLine:
    field: str
    label: str
    words: str
    weight: int
    agrees: bool


def strength_of(score: int, thresholds: Thresholds) -> Strength:
    if score >= thresholds.certain_from:
        return CERTAIN
    return LIKELY if score >= thresholds.likely_from else POSSIBLE


def worded(lines: Iterable[Sequence[Any]]) -> list[WordedLine]:
    """A stored or fresh explanation; what agrees most comes first."""
    found = [
        WordedLine(
            field, str(FIELDS.get(field, field)), str(LEVELS.get(level, level)), int(weight), level in GOOD
        )
        for field, level, weight in lines
    ]
    return sorted(found, key=lambda line: -line.weight)


def words_of_lines(lines: Iterable[Sequence[Any]]) -> list[str]:
    text = _("%(field)s: %(words)s (%(weight)+d)")
    return [
        text % {"field": line.label, "words": line.words, "weight": line.weight} for line in worded(lines)
    ]


def kinds_in_words(kinds: Iterable[str]) -> list[str]:
    return [str(KINDS.get(kind, kind)) for kind in dict.fromkeys(kinds)]
