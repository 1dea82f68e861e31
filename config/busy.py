"""A page that would wait long for somebody's lock, as in a first load of the whole book, says so instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse

from config.views import errors
from workplace.first_load import WEB_PATIENCE, is_busy


def wait_briefly(connection: BaseDatabaseWrapper, **signal: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [WEB_PATIENCE])


def let_pages_wait_briefly() -> None:
    """For the process that serves pages; jobs and commands wait as long as it takes."""
    connection_created.connect(wait_briefly, dispatch_uid="pages wait briefly")


class BusyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return errors.busy() if is_busy(exception) else None
