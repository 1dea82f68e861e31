from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation

from workplace.models import Staff


class StaffLocaleMiddleware(LocaleMiddleware):
    """The chosen language (cookie), else the house's own; never the browser's guess."""

    def process_request(self, request: HttpRequest) -> None:
        chosen = request.COOKIES.get("django_language", "")
        language = (
            chosen if translation.check_for_language(chosen) and chosen in {"en", "zh-hans"} else "zh-hans"
        )
        translation.activate(language)
        request.LANGUAGE_CODE = language

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Content-Language", translation.get_language() or "zh-hans")
        return response


class PasswordChangeMiddleware:
    """A person with a handed-out password changes it before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, Staff) and user.must_change_password:
            open_paths = {reverse("password_change"), reverse("logout"), reverse("set_language")}
            if request.path not in open_paths and not request.path.startswith("/static/"):
                return redirect("password_change")
        return self.get_response(request)
