"""Compares a file from outside with the book: nothing of it is kept but the answer, for a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from customers.duplicates.outside import Compared, compare_sheet
from customers.duplicates.reading import thresholds_now
from customers.duplicates.searching import Thresholds
from customers.duplicates.wording import strength_of, words_of_lines
from customers.models import Customer
from customers.personal import masked
from workplace.choices import FilePurpose, Purpose
from workplace.exports import MEDIA_TYPE, about_list, workbook
from workplace.intake.errors import words_of
from workplace.intake.parsing import read_sheet
from workplace.models import ExportedList, Staff, UploadedFile
from workplace.operations.exported_lists import list_days, register_export
from workplace.operations.files import store_file

KEPT = timedelta(days=1)
SHOWN = ("name", "birth_date", "id_no", "mobile")


def compare_file(
    *, content: bytes, name: str, actor: Staff, at: datetime
) -> tuple[Compared, UploadedFile, Thresholds]:
    """Reads it in a process with limits; the file itself is not stored. Raises Refused."""
    thresholds = thresholds_now()
    compared = compare_sheet(read_sheet(content, name), staff=actor, thresholds=thresholds)
    detail = _("outside file compared: %(rows)s rows, %(people)s with a match") % {
        "rows": compared.rows,
        "people": compared.people,
    }
    exported = register_export(
        kind="customer",
        owner=actor,
        purpose=Purpose.VERIFICATION,
        rows=len(compared.matches),
        at=at,
        days=list_days(),
        detail=detail,
    )
    answer = store_file(
        content=answer_workbook(compared, thresholds, exported),
        name=f"{exported.number}.xlsx",
        purpose=FilePurpose.EXPORT,
        owner=actor,
        at=at,
        expires_at=at + KEPT,
        media_type=MEDIA_TYPE,
    )
    return compared, answer, thresholds


def answer_workbook(compared: Compared, thresholds: Thresholds, exported: ExportedList) -> bytes:
    """One line a match, masked like every list; then the lines that could not be read."""
    known = Customer.objects.select_related("home_branch").in_bulk(
        {match.customer_id for match in compared.matches}
    )
    header = [
        _("Line in the file"), _("Number in the file"), _("Score in bits"), _("Strength"),
        _("Customer number"), _("Home branch"), _("Name, masked"), _("Birth date"), _("Document number"),
        _("Mobile"), _("What agrees and differs"),
    ]  # fmt: skip
    rows = []
    for match in compared.matches:
        customer = known[match.customer_id]
        rows.append(
            [
                str(match.line),
                match.reference,
                str(match.comparison.score),
                str(strength_of(match.comparison.score, thresholds).label),
                customer.number,
                customer.home_branch.name,
                *(masked(customer, name) for name in SHOWN),
                _("; ").join(words_of_lines(match.comparison.lines)),
            ]
        )
    for line, code in compared.unread:
        reason = words_of({"code": code, "params": {"field": "", "value": "", "limit": "", "allowed": []}})
        rows.append([str(line), "", "", _("Not read"), "", "", "", "", "", "", reason])
    return workbook(header, rows, about_list(exported))
