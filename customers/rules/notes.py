"""Codes of the catalogue about persons that are no rules."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from authenticity.choices import NoteState
from authenticity.rule import CatalogueNote

NOTES = (
    CatalogueNote(
        code="ID-015",
        state=NoteState.UNUSED,
        finds=_(
            "The county's code is younger than the birth year: no defect, because the number follows the "
            "place of registration; a check of it refuses valid numbers."
        ),
    ),
    CatalogueNote(
        code="NM-003",
        state=NoteState.NORMALISE,
        finds=_(
            "Every kind of dot between Chinese characters becomes one middle dot (U+00B7); none stays at "
            "the ends."
        ),
        articles=("coding-name",),
    ),
    CatalogueNote(
        code="VAL-008",
        state=NoteState.NORMALISE,
        finds=_(
            "9999-99-99, 9999-12-31, 9999-12-30, 长期, permanent and the like become long-term without a "
            "last day."
        ),
        articles=("coding-id",),
    ),
)
