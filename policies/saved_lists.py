"""The list of policies as people keep it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from policies.choices import PolicyStatus
from policies.models import Policy
from workplace.models import Staff
from workplace.saved_views import SavedList, a_key, one_of, register_list

ORDERS = {"newest": "-pk", "oldest": "pk", "number": "number"}
COLUMNS = {
    "product": _("Product"),
    "channel": _("Channel"),
    "status": _("Status"),
    "in_scope": _("In scope"),
    "applied_on": _("Applied on"),
    "issued_on": _("Issued on"),
    "effective_on": _("Effective on"),
    "premium": _("Premium"),
    "branch": _("Branch"),
    "agency": _("Agency"),
    "seller": _("Seller"),
}
LATER = ("issued_on", "effective_on")


def policy_rows(staff: Staff, given: Mapping[str, Any], today: date) -> QuerySet[Policy]:
    found = Policy.objects.visible_to(staff)
    if text := str(given.get("q", "")).strip():
        found = found.filter(number__startswith=text)
    if (status := given.get("status", "")) in PolicyStatus.values:
        found = found.filter(status=status)
    if a_key(branch := str(given.get("branch", ""))):
        found = found.filter(branch_id=int(branch))
    return found


def register() -> None:
    register_list(
        SavedList(
            page="policies",
            title=_("Policies"),
            icon="description",
            url="policies",
            permissions=("policies.view_policy",),
            filters={"status": one_of(PolicyStatus.values), "branch": a_key},
            search=("q",),
            rows=policy_rows,
            columns=COLUMNS,
            at_first=tuple(name for name in COLUMNS if name not in LATER),
            orders={"newest": _("Newest first"), "oldest": _("Oldest first"), "number": _("By number")},
        )
    )
