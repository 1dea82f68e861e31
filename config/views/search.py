"""The search of every page: what is looked for comes in the body of a request, never in an address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from authenticity.texts import fold
from config.navigation import is_fragment
from config.search import KINDS, Found, person_asked_for, search, the_one
from customers.operations.searching import log_search
from workplace.access import requires, staff_of
from workplace.models import Staff

PERSONS = ("customer", "seller")
TYPED = 60


@requires()
@require_http_methods(["GET", "POST"])
def search_everything(request: HttpRequest) -> HttpResponse:
    """A part of the page while one types; on Enter the record itself where just one was meant, else all."""
    staff = staff_of(request)
    text = fold(request.POST.get("q", ""))[:TYPED]
    only = request.POST.get("only", "")
    found = search(text=text, staff=staff, only=only if only in {kind.kind for kind in KINDS} else "")
    if request.method == "POST":
        _log(staff, text, found)
    if is_fragment(request):
        response = render(request, "zhenxin/parts/search_answer.html", {"found": found, "text": text})
        response["Cache-Control"] = "no-store"
        return response
    one = the_one(found)
    if one and not only:
        return redirect(one.link)
    return render(
        request, "zhenxin/search.html", {"found": found, "text": text, "only": only, "text_searched": text}
    )


def _log(staff: Staff, text: str, found: list[Found]) -> None:
    field = person_asked_for(text, found)
    if not field or not staff.has_perm("customers.view_customer"):
        return
    shown = {group.kind: [hit.pk for hit in group.hits] for group in found if group.kind in PERSONS}
    kind = next((kind for kind in PERSONS if kind in shown), PERSONS[0])
    log_search(field=field, found=shown.get(kind, []), record_kind=kind, actor=staff, at=timezone.now())
