from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from audits.models import Rectification
from audits.worklists import FIELD_GROUPS, TABS, Filters, counted, mine, page_of, tab_of
from workplace.access import requires, staff_of


@requires("audits.view_rectification", "audits.work_rectification")
def queue(request: HttpRequest) -> HttpResponse:
    """My own by due date; whoever works on none, or asks for `whose=all`, sees all in scope."""
    staff, today = staff_of(request), timezone.localdate()
    works = staff.has_perm("audits.work_rectification")
    everybody = not works or request.GET.get("whose") == "all"
    tab = tab_of(request.GET.get("tab", ""), TABS, "all")
    filters = Filters.of(request.GET)
    rows = Rectification.objects.visible_to(staff) if everybody else mine(staff)
    numbers = {} if everybody else counted(rows, TABS, today)
    context = {
        "tab": tab,
        "tabs": [(name, label, numbers.get(name)) for name, (label, _condition) in TABS.items()],
        "numbers": numbers,
        "filters": filters,
        "groups": [(name, label) for name, (label, _fields) in FIELD_GROUPS.items()],
        "works": works,
        "everybody": everybody,
        "page": page_of(filters.narrow(rows.filter(TABS[tab][1](today))), after=request.GET.get("after", "")),
    }
    return render(request, "audits/queue.html", context)
