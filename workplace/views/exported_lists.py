"""The register of lists that left the house, and the confirmation that they were destroyed."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from workplace.access import requires, staff_of
from workplace.choices import Role
from workplace.exported_lists import is_overdue, kind_label, may_confirm
from workplace.models import ExportedList
from workplace.operations.exported_lists import ListRefused, confirm_destroyed
from workplace.paging import keyset_page

SEE = "workplace.view_exportedlist"
TABS = {
    "open": gettext_lazy("Not destroyed yet"),
    "overdue": gettext_lazy("To be destroyed"),
    "destroyed": gettext_lazy("Destroyed"),
    "all": gettext_lazy("All"),
}


@requires(SEE)
@require_safe
def exported_lists(request: HttpRequest) -> HttpResponse:
    """One's own; compliance and auditors also those of the people they see."""
    staff, today = staff_of(request), timezone.localdate()
    seen = ExportedList.objects.visible_to(staff)
    late = Q(destroyed_at__isnull=True, expires_on__lt=today)
    conditions = {
        "open": Q(destroyed_at__isnull=True),
        "overdue": late,
        "destroyed": Q(destroyed_at__isnull=False),
        "all": Q(),
    }
    tab = request.GET.get("tab", "open")
    tab = tab if tab in TABS else "open"
    page = keyset_page(seen.filter(conditions[tab]).select_related("owner", "destroyed_by"), request)
    lines = [
        (
            one,
            kind_label(one.kind),
            is_overdue(one, today),
            may_confirm(one, staff),
        )
        for one in page.rows
    ]
    context = {
        "page": page,
        "lines": lines,
        "tab": tab,
        "tabs": TABS.items(),
        "late": seen.filter(late).count(),
        "of_others": staff.role in {Role.COMPLIANCE, Role.AUDITOR},
    }
    return render(request, "workplace/exported_lists.html", context)


@requires(SEE)
@require_POST
def exported_list_destroyed(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    found = get_object_or_404(ExportedList.objects.visible_to(staff), pk=pk)
    try:
        confirm_destroyed(exported=found, note=request.POST.get("note", ""), actor=staff, at=timezone.now())
    except ListRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The destruction of %(number)s is confirmed.") % {"number": found.number})
    return redirect("exported_lists")
