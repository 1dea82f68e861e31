"""Whom rules look at, and the types of document that a number of eighteen digits stands under."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from authenticity.choices import DocumentType, Stage

PERSONS = ("holder", "insured", "beneficiary")
IDENTIFIED = ("holder", "insured")
HOLDER = ("holder",)

# Types whose number holds birth date and sex.
NUMBERED = (
    DocumentType.RESIDENT_ID,
    DocumentType.HOUSEHOLD_REGISTER,
    DocumentType.RESIDENCE_PERMIT,
    DocumentType.FOREIGN_PR,
)

BLANK_PERSON = ("REQ-001", "REQ-004", "REQ-006", "REQ-008")
BLANK_PHONE = ("REQ-002", "REQ-008")
BLANK_ADDRESS = ("REQ-003", "REQ-008")

AT_HAND = frozenset({Stage.FORM, Stage.FILE})
A_HINT = _("A hint that names no defect: it helps while the value is at hand and would only crowd the book.")
BEFORE_THE_GATE = frozenset({Stage.FORM, Stage.FILE, Stage.BOOK})
STOPS_NOTHING = _("It stops nothing, so a gate has no use for it.")
