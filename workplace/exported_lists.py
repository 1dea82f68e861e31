"""What pages read of the register of lists that leave the house."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy

from workplace.choices import Role
from workplace.models import ExportedList, Staff

KINDS = {
    "rectification": gettext_lazy("Rectifications"),
    "customer": gettext_lazy("Customers"),
    "work_list": gettext_lazy("Work list to be filled"),
    "call_list": gettext_lazy("Call list"),
}


def kind_label(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def is_overdue(exported: ExportedList, today: date) -> bool:
    """Its last day has passed, and nobody has confirmed that it is destroyed."""
    return exported.destroyed_at is None and exported.expires_on < today


def may_confirm(exported: ExportedList, staff: Staff) -> bool:
    return exported.owner_id == staff.pk or staff.role == Role.COMPLIANCE
