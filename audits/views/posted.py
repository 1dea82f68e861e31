"""Addresses of forms that answer with a page, faults or an outcome, which stays in the address bar."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

View = Callable[[HttpRequest, int], HttpResponse]


def require_POST_from(page: str) -> Callable[[View], View]:  # noqa: N802  # a kind of require_POST
    """By POST alone, too; but whoever loads the address again is led to the page that the form stands on."""

    def decorate(view: View) -> View:
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def answer(request: HttpRequest, pk: int) -> HttpResponse:
            return view(request, pk) if request.method == "POST" else redirect(page, pk=pk)

        return answer

    return decorate
