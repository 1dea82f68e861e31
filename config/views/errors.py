"""What one reads when a page cannot be shown: what happened, that nothing was changed, what to do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from config.navigation import frame, is_fragment
from workplace.models import Staff


def _page(request: HttpRequest, *, status: int, title: str, text: str, hint: str) -> HttpResponse:
    said = {"title": title, "text": text, "hint": hint, "status": status}
    if is_fragment(request):
        return render(request, "zhenxin/error_fragment.html", said, status=status)
    if isinstance(getattr(request, "user", None), Staff):
        return render(request, "zhenxin/error.html", {**frame(request), **said}, status=status)
    return render(request, "zhenxin/error_plain.html", said, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        status=404,
        title=_("This page is not here"),
        text=_("The address is wrong, the record is gone, or it is outside your scope."),
        hint=_("Look for the number in the list. If it is your work, ask your manager to check your scope."),
    )


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        status=403,
        title=_("Your role may not do this"),
        text=_("Nothing was changed."),
        hint=_("If it belongs to your work, ask the administrator to check your role."),
    )


def malformed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        status=400,
        title=_("This request cannot be read"),
        text=_("Nothing was changed."),
        hint=_("Go back, load the page again and repeat the step."),
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        request,
        status=403,
        title=_("The page was open too long"),
        text=_("Its safety mark is no longer valid, so nothing was changed."),
        hint=_("Go back, load the page again and repeat the step. Cookies must be allowed for this address."),
    )


def broken(request: HttpRequest) -> HttpResponse:
    """No database, no shell, no context processor: one of them may be what broke."""
    said: dict[str, Any] = {
        "title": _("Something broke on our side"),
        "text": _("The step was not finished and nothing of it was kept. The fault is written down."),
        "hint": _("Go back and try again. If it happens twice, tell the administrator when and where."),
        "status": 500,
    }
    return HttpResponse(render_to_string("zhenxin/error_plain.html", said), status=500)


def busy() -> HttpResponse:
    """Somebody holds what the page asks for; asks the database for nothing more."""
    said: dict[str, Any] = {
        "title": _("The book is being loaded or rebuilt"),
        "text": _("This page must wait until that is done. Nothing was changed."),
        "hint": _("Load the page again in a few minutes. The progress stands on the jobs page."),
        "status": 503,
    }
    return HttpResponse(
        render_to_string("zhenxin/error_plain.html", said), status=503, headers={"Retry-After": "60"}
    )
