"""The shell around every page: sidebar, environment badge, styles."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext as _


def stylesheet(request: HttpRequest) -> str:
    return static("zhenxin/zhenxin.css")


def script(request: HttpRequest) -> str:
    return static("zhenxin/zhenxin.js")


def environment(request: HttpRequest) -> list[str] | None:
    return [_("Demo"), "info"] if settings.DEMO else None


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    return []


def shell(request: HttpRequest) -> dict[str, Any]:
    """What every template may use; whole pages of our own get the admin site's frame too."""
    small = {"demo": settings.DEMO, "today": timezone.localdate()}
    if is_fragment(request) or request.path.startswith("/admin/"):
        return small
    return {**admin.site.each_context(request), **small}


def is_fragment(request: HttpRequest) -> bool:
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-Boosted") != "true"
