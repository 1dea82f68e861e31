"""Refuses what no page of ours sends and no table can hold, before a view meets it."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict

LONGEST_NAME = 200
LONGEST_IN_ADDRESS = 2_000
LONGEST_NUMBER = 2_000


class MalformedMiddleware:
    """NUL in any value, and names, numbers or addresses without end, are a bad request (400)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _check(request.GET, LONGEST_IN_ADDRESS)
        if request.method == "POST":
            _check(request.POST, None)
        return self.get_response(request)


def _check(given: QueryDict, longest: int | None) -> None:
    for name, values in given.lists():
        if len(name) > LONGEST_NAME or "\x00" in name:
            raise BadRequest("name")
        for value in values:
            if "\x00" in value or (longest is not None and len(value) > longest):
                raise BadRequest("value")
            if len(value) > LONGEST_NUMBER and value.isdecimal():
                raise BadRequest("number")
