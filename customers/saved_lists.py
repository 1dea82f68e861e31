"""The list of customers as people keep it: a search text never belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from workplace.models import Staff
from workplace.saved_views import SavedList, a_key, register_list

COLUMNS = ("sex", "birth_date", "id_type", "id_no", "mobile", "landline", "address", "email")
AT_FIRST = ("sex", "birth_date", "id_type", "id_no", "mobile", "address", "home_branch")
ORDERS = {"newest": "-pk", "oldest": "pk", "number": "number"}


def of_branch(rows: QuerySet[Customer], given: Mapping[str, Any]) -> QuerySet[Customer]:
    """Those whose home branch is the one that the address names."""
    branch = str(given.get("branch", ""))
    return rows.filter(home_branch_id=int(branch)) if a_key(branch) else rows


def customer_rows(staff: Staff, given: Mapping[str, Any], today: date) -> QuerySet[Customer]:
    return of_branch(Customer.objects.visible_to(staff), given)


def _label(name: str) -> Any:
    """Translated when it is shown, not when this is read."""
    column: Any = Customer._meta.get_field(name)
    return column.verbose_name


def register() -> None:
    register_list(
        SavedList(
            page="customers",
            title=_("Customers"),
            icon="person",
            url="customers",
            permissions=("customers.view_customer",),
            filters={"branch": a_key},
            search=("q",),
            rows=customer_rows,
            columns={
                **{name: _label(name) for name in COLUMNS},
                "home_branch": _("Home branch"),
            },
            at_first=AT_FIRST,
            orders={"newest": _("Newest first"), "oldest": _("Oldest first"), "number": _("By number")},
        )
    )
