"""Who looked at whose personal data."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from workplace.access import requires, staff_of
from workplace.choices import Access, Purpose
from workplace.models import AccessLog
from workplace.paging import keyset_page
from workplace.visibility import record_kind


@requires("workplace.view_accesslog")
def access_log(request: HttpRequest) -> HttpResponse:
    entries = _filtered(AccessLog.objects.visible_to(staff_of(request)), request)
    page = keyset_page(entries, request)
    context = {
        "page": page,
        "rows": [(entry, _subject(entry)) for entry in page.rows],
        "accesses": Access.choices,
        "purposes": Purpose.choices,
        "given": request.GET,
    }
    return render(request, "workplace/access_log.html", context)


def _filtered(entries: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
    for name, allowed in (("access", Access.values), ("purpose", Purpose.values)):
        if (given := request.GET.get(name, "")) in allowed:
            entries = entries.filter(**{name: given})
    if name := request.GET.get("q", "").strip():
        entries = entries.filter(staff_name=name)
    return entries


def _subject(entry: AccessLog) -> dict[str, str]:
    kind = record_kind(entry.record_kind)
    label = str(kind.label) if kind else entry.record_kind
    return {"label": label, "link": kind.link(entry.record_id) if kind else ""}
