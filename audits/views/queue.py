from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audits.models import Rectification
from audits.states import WORK
from audits.worklists import (
    FIELD_GROUPS,
    TABS,
    Filters,
    counted,
    line_of,
    mine,
    page_of,
    tab_of,
    with_lines,
)
from workplace.access import requires, staff_of
from workplace.choices import Access
from workplace.exports import EXPORT_LIMIT, as_download, workbook
from workplace.models import Staff
from workplace.operations.access_log import log_access


def _asked(staff: Staff, given: QueryDict) -> tuple[QuerySet[Rectification], bool]:
    """The rows before tab and filters, and whether they are everybody's."""
    everybody = not staff.has_perm(WORK) or given.get("whose") == "all"
    return (Rectification.objects.visible_to(staff) if everybody else mine(staff)), everybody


@requires("audits.view_rectification", "audits.work_rectification")
def queue(request: HttpRequest) -> HttpResponse:
    """My own by due date; whoever works on none, or asks for `whose=all`, sees all in scope."""
    staff, today = staff_of(request), timezone.localdate()
    tab = tab_of(request.GET.get("tab", ""), TABS, "all")
    rows, everybody = _asked(staff, request.GET)
    filters = Filters.of(request.GET)
    numbers = {} if everybody else counted(rows, TABS, today)
    context = {
        "tab": tab,
        "tabs": [(name, label, numbers.get(name)) for name, (label, _condition) in TABS.items()],
        "numbers": numbers,
        "filters": filters,
        "groups": [(name, label) for name, (label, _fields) in FIELD_GROUPS.items()],
        "works": staff.has_perm(WORK),
        "everybody": everybody,
        "page": page_of(filters.narrow(rows.filter(TABS[tab][1](today))), after=request.GET.get("after", "")),
    }
    return render(request, "audits/queue.html", context)


@requires("audits.view_rectification")
@require_POST
def export_rectifications(request: HttpRequest) -> HttpResponse:
    """The list as it stands, as masked, never more than EXPORT_LIMIT rows, and written down."""
    staff, today = staff_of(request), timezone.localdate()
    tab = tab_of(request.POST.get("tab", ""), TABS, "all")
    asked, _everybody = _asked(staff, request.POST)
    found = Filters.of(request.POST).narrow(asked.filter(TABS[tab][1](today)))
    ordered = found.order_by(F("due_on").asc(nulls_last=True), "pk")[:EXPORT_LIMIT]
    rows = [_cells(row) for row in with_lines(ordered)]
    log_access(
        staff=staff,
        access=Access.EXPORT,
        record_kind="rectification",
        record_id=0,
        detail=_("%(count)s rows, masked") % {"count": len(rows)},
        at=timezone.now(),
    )
    return as_download(workbook(_headers(), rows), "rectifications.xlsx")


def _headers() -> list[str]:
    return [
        _("Rectification number"),
        _("Due"),
        _("Customer"),
        _("What is wrong"),
        _("Where"),
        _("Policy"),
        _("Branch"),
        _("Agency"),
        _("Owner"),
        _("Opened at"),
        _("State"),
    ]


def _cells(row: Any) -> list[str]:
    line = line_of(row)
    return [
        row.number,
        row.due_on.isoformat() if row.due_on else "",
        line.subject,
        f"{line.wrong} +{line.more}" if line.more else line.wrong,
        line.where,
        line.policy,
        row.branch.name,
        row.agency.name if row.agency else "",
        row.owner.name if row.owner else "",
        localtime(row.opened_at).strftime("%Y-%m-%d %H:%M"),
        row.get_state_display(),
    ]
