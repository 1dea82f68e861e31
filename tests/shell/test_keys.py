"""The keyboard layer, in Chromium."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser import Site
from tests.factories import make_branch, make_finding, make_policy, make_rectification, make_staff
from workplace.choices import Role
from workplace.models import Staff

pytestmark = pytest.mark.browser


@pytest.fixture
def clerk(site: Site) -> Staff:
    here = make_branch(name="临江中心支公司")
    clerk = make_staff(Role.CLERK, branch=here, name="段作业")
    for days in range(3):
        policy = make_policy(branch=here)
        due = timezone.localdate() + timedelta(days=days)
        work = make_rectification(policy=policy, branch=here, owner=clerk, due_on=due)
        make_finding(policy=policy, rectification=work)
    return clerk


def at_row(page: Page) -> int:
    rows = "[...document.querySelectorAll('tbody tr')]"
    return int(page.evaluate(f"{rows}.findIndex(row => row.matches('.zx-row-at'))"))


def test_rows_are_walked_and_opened(site: Site, clerk: Staff):
    page = site.logged_in(clerk)
    where = []
    for key in ("j", "j", "j", "j", "k"):
        page.keyboard.press(key)
        where.append(at_row(page))
    assert where == [0, 1, 2, 2, 1]
    second = page.locator("tbody tr").nth(1).locator("a[data-open]").get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{second}")


def test_g_and_a_letter_goes(site: Site, clerk: Staff):
    page = site.logged_in(clerk)
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/customers/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.matches('[data-search], input[type=search]')")
    page.keyboard.type("ghgc?")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert page.url.endswith("/customers/")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url(f"{site.url}/")


def test_the_help_lists_the_keys_of_the_page(site: Site, clerk: Staff):
    page = site.logged_in(clerk, language="en")
    page.keyboard.press("?")
    dialog = page.locator("dialog#zx-help[open]")
    expect(dialog).to_contain_text("Next or previous row")
    expect(dialog).to_contain_text("My rectifications")
    page.keyboard.press("j")
    assert at_row(page) == -1
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)


@pytest.mark.parametrize("composing", [{"isComposing": True}, {"keyCode": 229}])
def test_no_key_works_while_an_input_method_composes(site: Site, clerk: Staff, composing: dict[str, Any]):
    page = site.logged_in(clerk)
    press = """(extra) => document.body.dispatchEvent(
        new KeyboardEvent('keydown', {key: 'j', bubbles: true, cancelable: true, ...extra}))"""
    page.evaluate(press, composing)
    assert at_row(page) == -1
    page.evaluate(press, {})
    assert at_row(page) == 0


def test_ctrl_and_a_letter_stay_the_browser_s(site: Site, clerk: Staff):
    page = site.logged_in(clerk)
    page.keyboard.press("Control+j")
    assert at_row(page) == -1
