from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from audits.newcomers import newcomers_of, queue_of
from audits.wording import field_label, finding_text
from workplace.access import requires, staff_of

FIRST = date(1900, 1, 1)


@requires("audits.review_sample", "audits.view_sampleitem")
@require_safe
def newcomers(request: HttpRequest) -> HttpResponse:
    """The figure of the day, and everybody of it with something open."""
    staff, today = staff_of(request), timezone.localdate()
    try:
        day = max(min(date.fromisoformat(request.GET.get("day", "")), today), FIRST)
    except ValueError:
        day = today
    found, older = queue_of(staff, day, after=request.GET.get("after", ""))
    lines = [
        (one, [(finding, field_label(finding), finding_text(finding)) for finding in one.open_findings])
        for one in found
    ]
    context = {
        "day": day,
        "today_is": today,
        "figure": newcomers_of(staff, day),
        "lines": lines,
        "older": older,
        "first": not request.GET.get("after"),
    }
    return render(request, "audits/newcomers.html", context)
