from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from workplace.access import requires, staff_of
from workplace.field_history import changes_of
from workplace.visibility import record_kind


@requires()
def record_history(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Which kinds there are, and who may look at them, the apps say that own them."""
    staff, known = staff_of(request), record_kind(kind)
    if known is None or not staff.has_perm(known.permission):
        raise Http404
    record = get_object_or_404(known.visible(staff), pk=pk)
    context = {"kind": known, "record": record, "changes": changes_of(record, known), "back": known.link(pk)}
    return render(request, "workplace/record_history.html", context)
