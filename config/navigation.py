"""The shell around every page: sidebar, environment badge, styles."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
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
    return {"demo": settings.DEMO}
