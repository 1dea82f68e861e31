"""Chromium against our own address: fixtures for tests marked `browser`."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.cluster import Database
from tests.factories import PASSWORD
from workplace.models import Staff

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SCREEN = {"width": 1366, "height": 768}
PATIENCE = 20_000

expect.set_options(timeout=PATIENCE)


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """A test's own output is enough."""


@dataclass
class Site:
    """The product on a database of the test's own, with real commits."""

    url: str
    browser: Browser

    def visitor(self, *, language: str = "zh-hans", **options: Any) -> Page:
        """A fresh browser profile that has chosen its language."""
        context = self.browser.new_context(
            base_url=self.url, viewport=options.pop("viewport", SCREEN), **options
        )
        context.add_cookies([{"name": "django_language", "value": language, "url": self.url}])
        context.set_default_timeout(PATIENCE)
        return context.new_page()

    def logged_in(self, staff: Staff, **options: Any) -> Page:
        page = self.visitor(**options)
        page.goto("/login/")
        page.fill("#id_username", staff.username)
        page.fill("#id_password", PASSWORD)
        page.press("#id_password", "Enter")
        page.wait_for_url(lambda url: "/login/" not in url)
        return page


def refused_by_policy(context: BrowserContext) -> list[str]:
    """What the content security policy refuses from now on."""
    found: list[str] = []
    context.on(
        "console",
        lambda message: found.append(message.text) if "Content Security Policy" in message.text else None,
    )
    return found


@pytest.fixture(scope="session")
def browser_of_all() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.fail("no Chromium: apt-get install chromium fonts-noto-cjk")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def site(committed_db: Database, browser_of_all: Browser) -> Iterator[Site]:
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietHandler, allow_reuse_address=False)
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(f"http://localhost:{server.server_port}", browser_of_all)
    for context in browser_of_all.contexts:
        context.close()
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)
