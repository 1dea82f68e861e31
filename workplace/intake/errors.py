"""Puts into words why a file, a row or a cell was refused, in the language of whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

CELLS = {
    "required": _("This cell may not be empty."),
    "number_cell": _(
        "The workbook holds this cell as a number: leading zeros or last digits may be lost. "
        "Format the column as text and enter the value again."
    ),
    "date_format": _("This is not a date. Write it like 2026-11-22."),
    "date_impossible": _("This date does not exist in the calendar."),
    "not_allowed": _("This value is not one of those allowed: %(allowed)s."),
    "too_long": _("At most %(limit)s characters fit here."),
    "not_whole_number": _("A whole number from %(least)s to %(most)s is needed."),
    "not_amount": _("A number from zero up is needed."),
    "number_format": _("A number is needed."),
    "too_many_decimals": _("At most two decimals are kept."),
    "above_most": _("At most %(most)s is possible."),
    "unknown_reference": _("There is no record with the number %(value)s."),
    "unknown_or_out_of_reach": _("There is no record with the number %(value)s within your scope."),
    "customer_needed": _("The policyholder and the insured need the number of an existing customer."),
    "one_holder": _("A policy has one policyholder: position 1."),
    "only_for_beneficiaries": _("Only a beneficiary has a kind of benefit."),
    "policy_has_a_form": _("Policy %(value)s already has another application form."),
    "head_alone_has_no_parent": _("The head office has no branch above it; every other branch has one."),
    "circle": _("These branches stand above each other in a circle."),
    "term_or_whole_life": _("Give the term in years, or say that it is for whole life."),
    "double_key": _("The file has this record already in line %(line)s."),
    "too_many_cells": _("There is a value to the right of the last named column (from column %(start)s on)."),
    "ahead": _("This time lies ahead."),
    "out_of_reach": _("This row belongs to a branch outside your scope; it cannot be written by you."),
}
NOTES = {
    "held": _("Kept: an accepted correction holds this field until the core system returns it."),
    "decided": _("Kept: a person has already decided against this value."),
    "conflict": _("Conflict: the file brings a third value for a corrected field. A person decides."),
    "returned": _("The core system has returned the corrected value."),
    "older": _("Ignored: this file is older than what the book holds."),
    "merged": _("Ignored: this customer was merged into %(into)s, which stands for both."),
}
FILES = {
    "empty_file": _("The file is empty: it has no header."),
    "no_rows": _("The file has a header but no rows."),
    "password": _("The workbook is protected by a password. Save it without one and upload it again."),
    "old_excel": _("This is an old Excel workbook (.xls). Save it as .xlsx and upload it again."),
    "macros": _("Workbooks with macros are not taken. Save it as .xlsx without macros and upload it again."),
    "other_format": _("Only .xlsx and .csv files are read."),
    "broken_workbook": _("The workbook is damaged and cannot be read. Save it again and upload it again."),
    "broken_csv": _("Line %(line)s of the file breaks the rules of CSV: look for an open quotation mark."),
    "binary_file": _("This is not a text file. Only .xlsx and .csv files are read."),
    "encoding": _(
        "The text is neither UTF-8 nor GB18030 (byte %(byte)s). Save it as UTF-8 and upload it again."
    ),
    "big5": _(
        "The text looks like Big5, which cannot be told apart safely. Save it as UTF-8 and upload it again."
    ),
    "too_big_inside": _("The file is too big to be read: unpacked, it needs more memory than is allowed."),
    "too_slow": _("Reading took longer than %(seconds)s seconds and was stopped."),
    "too_many_rows": _("The file has more than %(limit)s rows. Split it and upload the parts."),
    "too_many_bytes": _("The file is larger than %(limit)s MB."),
    "cell_far_away": _(
        "A cell far from the others (row %(row)s, column %(column)s) makes the sheet too big. "
        "Delete it and upload the file again."
    ),
    "rows_lost": _(
        "Only %(read)s of %(held)s rows can be read. Save the workbook again and upload it again."
    ),
    "error_cell": _(
        "Cell %(cell)s holds an error of a formula such as #N/A, which says nothing of the value. "
        "Put the value there and upload the file again."
    ),
    "nul_byte": _("Cell %(cell)s holds a sign that cannot be stored (NUL)."),
    "broken_character": _("Cell %(cell)s holds half a character that cannot be stored."),
    "missing_column": _("Column “%(column)s” is missing."),
    "unknown_column": _("Column “%(column)s” (%(cell)s) is not known. See the template for the names."),
    "double_column": _("Column “%(column)s” stands in the file twice."),
    "unnamed_column": _("Column %(column)s has no name."),
    "future": _("The extraction time lies ahead; give the time of the drawing."),
    "no_entry_number": _("Line %(line)s holds no entry number."),
    "not_waiting": _("This import no longer waits for a decision."),
    "removed_file": _("The file has expired and was removed. Upload it again."),
}


def words_of(error: Mapping[str, Any]) -> str:
    """The sentence of one error, note or refusal; an unknown code stands for itself."""
    code = str(error.get("code", ""))
    text = CELLS.get(code) or NOTES.get(code) or FILES.get(code)
    if text is None:
        return code
    params = dict(error.get("params") or {})
    if "allowed" in params:
        params["allowed"] = _listed(params["allowed"])
    return str(text) % params


def _listed(allowed: str | Sequence[Sequence[str]]) -> str:
    """Codes, or their Chinese words where the reader reads Chinese; either may stand in the file."""
    if isinstance(allowed, str):
        return allowed
    chinese = (get_language() or "").startswith("zh")
    return ("、" if chinese else ", ").join(zh if chinese else code for code, zh in allowed)
