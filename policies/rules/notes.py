"""Codes of the catalogue about policies that are no rules: what decides the scope, and what waits."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from authenticity.choices import NoteState, Severity
from authenticity.rule import CatalogueNote, Text


def _waits(code: str, severity: Severity, finds: Text, *articles: str) -> CatalogueNote:
    return CatalogueNote(code, NoteState.WAITS, finds, severity, articles)


NOTES = (
    CatalogueNote(
        code="SCP-001",
        state=NoteState.FILTER,
        finds=_(
            "Rules look at individual business over one year, for life or with guaranteed renewal that has "
            "not ended."
        ),
        articles=("82-3", "health-4"),
    ),
    CatalogueNote(
        code="SCP-002",
        state=NoteState.FILTER,
        finds=_("A finding is on new business when its policy was issued on the day of the notice or later."),
        articles=("82-notice-2-3", "82-notice-4"),
        thresholds={"notice_date": "2013-11-04"},
    ),
    _waits(
        "AG-001",
        Severity.ERROR,
        _("The agency had no valid agreement on the day of sale, or one without a clause on data duties."),
        "82-8",
    ),
    _waits(
        "AG-002",
        Severity.WARN,
        _("The seller has not signed this year's pledge, or the contract lacks the clause on duties."),
        "82-12",
    ),
    _waits(
        "MS-001",
        Severity.ERROR,
        _("A policy loan was asked for by somebody, or on a policy, that may have none."),
        "82-4",
    ),
    _waits(
        "MS-002",
        Severity.ERROR,
        _("A payout was asked for by another than the insured, or the holder as guardian of a minor."),
        "82-4",
    ),
    _waits(
        "MS-004",
        Severity.ERROR,
        _("One seller's account changed the contact data of many customers on one day."),
        "82-12",
    ),
    _waits(
        "NT-001",
        Severity.WARN,
        _("Nothing records that the holder was told the purpose, use and consequences of the collection."),
        "82-6-1",
        "pipl-17",
    ),
    _waits(
        "PH-025",
        Severity.WARN,
        _("The phone changed between issue and the end of the cooling-off, or just before the call-back."),
        "82-15",
    ),
    CatalogueNote(
        code="PO-004",
        state=NoteState.NORMALISE,
        finds=_("A call-back is noted only at a number on file, and at none that the form contradicts."),
        articles=("82-15",),
    ),
    _waits(
        "PO-005",
        Severity.ERROR,
        _("A problem of the call-back stays open over 15 working days, or its handler is the seller."),
        "basic-service-18",
    ),
    _waits(
        "PO-006",
        Severity.ERROR,
        _("Commission was paid, or not deducted, while a blocking finding or defect stood open."),
        "82-10",
        "anhui-2014-9",
    ),
    _waits(
        "PO-007",
        Severity.WARN,
        _("The seller left or the agency ended, and the holder was not told within 30 days."),
        "conduct-36",
    ),
    _waits(
        "PO-008",
        Severity.ERROR,
        _("An incomplete request was not answered at once, or a change not done within five working days."),
        "basic-service-10",
        "basic-service-19",
        "basic-service-20",
    ),
)
