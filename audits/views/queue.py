from __future__ import annotations

from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audits.saved_lists import queue_asked, queue_rows
from audits.states import WORK
from audits.worklists import (
    FIELD_GROUPS,
    TABS,
    Filters,
    counted,
    line_of,
    page_of,
    tab_of,
    with_lines,
)
from workplace.absences import principals_now
from workplace.access import requires, staff_of
from workplace.choices import Purpose
from workplace.exports import EXPORT_LIMIT, about_list, as_download, workbook
from workplace.operations.exported_lists import list_days, register_export
from workplace.saved_views import view_context


@requires("audits.view_rectification", "audits.work_rectification")
def queue(request: HttpRequest) -> HttpResponse:
    """My own by due date; whoever works on none, or asks for `whose=all`, sees all in scope."""
    staff, today = staff_of(request), timezone.localdate()
    tab = tab_of(request.GET.get("tab", ""), TABS, "all")
    rows, everybody = queue_asked(staff, request.GET)
    filters = Filters.of(request.GET)
    numbers = {} if everybody else counted(rows, TABS, today)
    extra = ("owner",) if everybody else ()
    saved = view_context(request, page="rectifications", filters={"tab": tab}, columns=extra)
    found = filters.narrow(rows.filter(TABS[tab][1](today)))
    context = {
        **saved,
        "tab": tab,
        "tabs": [(name, label, numbers.get(name)) for name, (label, _condition) in TABS.items()],
        "numbers": numbers,
        "filters": filters,
        "groups": [(name, label) for name, (label, _fields) in FIELD_GROUPS.items()],
        "works": staff.has_perm(WORK),
        "open": int(opened) if (opened := request.GET.get("open", "")).isdecimal() else 0,
        "everybody": everybody,
        "standing_in": not everybody and bool(principals_now(staff)),
        "page": page_of(found, after=request.GET.get("after", ""), order=saved["views"].order),
    }
    return render(request, "audits/queue.html", context)


@requires("audits.view_rectification")
@require_POST
def export_rectifications(request: HttpRequest) -> HttpResponse:
    """The list as it stands, as masked, never more than EXPORT_LIMIT rows, numbered and written down."""
    staff, today = staff_of(request), timezone.localdate()
    found = queue_rows(staff, request.POST, today)
    ordered = found.order_by(F("due_on").asc(nulls_last=True), "pk")[:EXPORT_LIMIT]
    rows = [_cells(row) for row in with_lines(ordered)]
    exported = register_export(
        kind="rectification",
        owner=staff,
        purpose=Purpose.RECTIFICATION,
        rows=len(rows),
        at=timezone.now(),
        days=list_days(),
    )
    return as_download(workbook(_headers(), rows, about_list(exported)), f"{exported.number}.xlsx")


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
