from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audits.calling import ToCall, to_call
from audits.contact_log import ADD
from customers.revealing import may_reveal
from workplace.access import requires, staff_of
from workplace.choices import Access, Purpose
from workplace.models import ExportedList, Staff
from workplace.operations.access_log import log_access
from workplace.operations.exported_lists import list_days, register_export

REVEAL = "customers.reveal_customer"


@requires(ADD)
@require_http_methods(["GET", "POST"])
def call_list(request: HttpRequest) -> HttpResponse:
    """Masked; posted, with the numbers of one's own customers in full, each written down as printed."""
    staff, now = staff_of(request), timezone.now()
    now_callable, refused = to_call(staff, at=now)
    full = request.method == "POST"
    if full and not staff.has_perm(REVEAL):
        raise PermissionDenied
    context = {
        "lines": [(one, _phones(one, staff, full)) for one in now_callable],
        "refused": refused,
        "full": full,
        "exported": _registered(staff, len(now_callable)) if full and now_callable else None,
        "may_print": staff.has_perm(REVEAL),
        "at": now,
        "printed_by": staff,
        "purpose": Purpose.CUSTOMER_CONTACT.label,
    }
    response = render(request, "audits/call_list.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _registered(staff: Staff, rows: int) -> ExportedList:
    """On paper it leaves the house like any list."""
    return register_export(
        kind="call_list",
        owner=staff,
        purpose=Purpose.CUSTOMER_CONTACT,
        rows=rows,
        at=timezone.now(),
        days=list_days(),
        detail=_("%(count)s customers to call, printed") % {"count": rows},
    )


def _phones(one: ToCall, staff: Staff, full: bool) -> list[tuple[str, str]]:
    """The look is in the log before it is on paper; a child's number asks for a right of its own."""
    now = timezone.now()
    today, has_number = timezone.localdate(now), bool(one.phones(full=False))
    shown = full and has_number and may_reveal(record=one.customer, staff=staff, today=today)
    if shown:
        log_access(
            staff=staff,
            access=Access.PRINT,
            record_kind="customer",
            record_id=one.customer.pk,
            field="mobile",
            purpose=Purpose.CUSTOMER_CONTACT,
            detail=one.rectifications[0].number,
            at=now,
        )
    return one.phones(full=shown)
