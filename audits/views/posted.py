"""Addresses of forms that answer with a page, faults or an outcome, which stays in the address bar."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def require_POST_from(page: str) -> Callable[[View[P]], View[P]]:  # noqa: N802  # a kind of require_POST
    """By POST alone, too; but whoever loads the address again is led to the page that the form stands on."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method != "POST":
                return redirect(page, *args, **kwargs)
            return view(request, *args, **kwargs)

        return require_http_methods(["GET", "HEAD", "POST"])(answer)

    return decorate
