"""Tells the office which rectifications and findings a person sees, and what ends when one leaves."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from audits import contact_sections, letter_words
from audits.customer_section import SECTION
from audits.models import Finding, Rectification
from audits.operations.absences import after_absence
from audits.operations.change_requests import let_go_of_changes
from audits.operations.leaving import hand_back
from audits.standing_in import why_not_substitute
from customers.sections import register_section
from workplace.absences import register_absence_hook, register_substitute_check
from workplace.leaving import register_leaving
from workplace.visibility import RecordKind, register_records

KINDS = (
    RecordKind(
        "rectification",
        _("Rectification"),
        Rectification.objects.visible_to,
        "audits.view_rectification",
        page="rectification",
    ),
    RecordKind("finding", _("Finding"), Finding.objects.visible_to, "audits.view_finding"),
)


def register_scope() -> None:
    letter_words.register()
    register_section(SECTION)
    register_section(contact_sections.CUSTOMER)
    for kind in KINDS:
        register_records(kind)
    register_leaving("rectifications", hand_back)
    register_leaving("changes", let_go_of_changes)
    register_substitute_check("rectifications", why_not_substitute)
    register_absence_hook("rectifications", after_absence)
