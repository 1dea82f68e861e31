"""In Chromium: `/`, an input method, arrows and Enter; and a view that is saved, pinned and counted."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from customers.models import Customer
from tests.browser import Site, refused_by_policy
from tests.factories import make_branch, make_customer, make_policy, make_rectification, make_staff
from workplace.choices import Role
from workplace.models import AccessLog, Staff

pytestmark = [pytest.mark.browser, pytest.mark.slow]
COMPOSE = """(field) => {
    field.dispatchEvent(new CompositionEvent("compositionstart", {bubbles: true}));
    field.value = "ouyang";
    field.dispatchEvent(new InputEvent("input", {bubbles: true, isComposing: true}));
    for (const key of ["ArrowDown", "Enter"]) {
        const pressed = {bubbles: true, cancelable: true, key, isComposing: true};
        field.dispatchEvent(new KeyboardEvent("keydown", pressed));
    }
}"""
COMPOSED = """(field) => {
    field.value = "欧阳";
    field.dispatchEvent(new CompositionEvent("compositionend", {bubbles: true, data: "欧阳"}));
}"""


@pytest.fixture
def people(site: Site) -> tuple[Staff, list[Customer]]:
    here = make_branch(name="临江中心支公司")
    clerk = make_staff(Role.CLERK, branch=here, name="段作业")
    found = [make_customer(home_branch=here, name=name) for name in ("欧阳思远", "欧阳思邈")]
    for day in (-1, -2, 4):
        due = timezone.localdate() + timedelta(days=day)
        policy = make_policy(branch=here)
        make_rectification(policy=policy, branch=here, owner=clerk, due_on=due)
    return clerk, found


def chosen(page: Page) -> str | None:
    return page.locator("[data-search-all]").get_attribute("aria-activedescendant")


def test_by_keyboard_with_an_input_method(site: Site, people: tuple[Staff, list[Customer]]):
    clerk, found = people
    page = site.logged_in(clerk)
    refused, errors, asked = refused_by_policy(page.context), [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: asked.append(request.url) if "/search/" in request.url else None)
    page.keyboard.press("/")
    field = page.locator("[data-search-all]")
    expect(field).to_be_focused()
    field.evaluate(COMPOSE)
    page.wait_for_timeout(700)
    assert (asked, page.url) == ([], f"{site.url}/")
    field.evaluate(COMPOSED)
    options = page.locator("#zx-found a[role=option]")
    expect(options).to_have_count(2)
    assert [one for one in options.all_inner_texts() if "思" in one] == []
    page.keyboard.press("ArrowDown")
    first = chosen(page)
    page.keyboard.press("ArrowDown")
    assert (first, chosen(page)) == tuple(f"zx-found-customer-{row.pk}" for row in found)
    page.keyboard.press("Escape")
    expect(page.locator("#zx-found")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/customers/{found[1].pk}/")
    assert (refused, errors) == ([], [])
    assert {row.field for row in AccessLog.objects.filter(access="search")} == {"name"}


def test_an_exact_number_opens_on_enter_from_any_page(site: Site, people: tuple[Staff, list[Customer]]):
    clerk, found = people
    page = site.logged_in(clerk)
    page.goto("/policies/")
    page.keyboard.press("/")
    page.keyboard.type(found[0].id_no)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/customers/{found[0].pk}/")
    page.keyboard.press("/")
    page.keyboard.type("欧阳")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/customers/\d+/$"))


def test_a_view_is_saved_pinned_and_counted(site: Site, people: tuple[Staff, list[Customer]]):
    clerk, _found = people
    page = site.logged_in(clerk)
    page.goto("/rectifications/?tab=overdue")
    page.keyboard.press("V")
    page.fill("#zx-view-name", "急件")
    page.check("#zx-save-view [name=pin]")
    page.press("#zx-view-name", "Enter")
    page.wait_for_url("**view=**")
    entry = page.locator(".zx-nav a", has_text="急件")
    expect(entry.locator(".zx-nav-count")).to_have_text("2")
    page.click("[data-dialog=zx-columns]")
    page.check("#zx-columns [value=number]")
    page.click("#zx-columns button[type=submit]")
    page.wait_for_url("**columns=number**")
    assert "tab=overdue" in page.url
    page.goto("/")
    entry.click()
    page.wait_for_url("**tab=overdue**")
    expect(page.locator("tbody tr")).to_have_count(2)
