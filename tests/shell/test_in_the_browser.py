"""What only a browser shows: the content security policy, kept input, themes, live counts."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect

from agents.models import Branch
from tests.browser import Site, refused_by_policy
from tests.factories import (
    PASSWORD,
    head_office,
    make_branch,
    make_finding,
    make_policy,
    make_rectification,
    make_staff,
)
from workplace.choices import Role
from workplace.models import Staff

pytestmark = pytest.mark.browser
PAGES = {
    Role.COMPLIANCE: ("/", "/performance/", "/performance/policies/?measure=defective", "/nothing/"),
    Role.ADMINISTRATOR: ("/", "/admin/django_celery_beat/periodictask/", "/password/"),
}
FORM = """() => {
    const form = document.createElement('form');
    form.dataset.keep = 'planted';
    form.method = 'post';
    form.action = location.href;
    form.innerHTML = '<input name="words"><input name="secret" type="password"><button>go</button>' +
        '<input type="hidden" name="csrfmiddlewaretoken" value="from before the last login">';
    document.querySelector('#content').append(form);
}"""


@pytest.fixture
def here(site: Site) -> Branch:
    branch = make_branch(name="临江中心支公司")
    policy = make_policy(branch=branch)
    work = make_rectification(policy=policy, branch=branch, due_on=timezone.localdate() - timedelta(days=1))
    make_finding(policy=policy, rectification=work)
    return branch


def member(role: str, branch: Branch) -> Staff:
    return make_staff(role, branch=None if role == Role.ADMINISTRATOR else branch)


@pytest.mark.parametrize("role", list(PAGES))
def test_no_page_asks_for_what_the_policy_refuses(site: Site, here: Branch, role: str):
    page = site.logged_in(member(role, head_office()))
    refused, foreign = refused_by_policy(page.context), []
    page.on("request", lambda request: foreign.append(request.url) if site.url not in request.url else None)
    for path in PAGES[Role(role)]:
        page.goto(path)
        page.wait_for_load_state("networkidle")
    assert refused == []
    assert [url for url in foreign if not url.startswith(("data:", "blob:"))] == []


def test_the_check_sees_a_planted_violation(site: Site, here: Branch):
    page = site.logged_in(member(Role.CLERK, here))
    refused = refused_by_policy(page.context)
    page.evaluate("""() => {
        const planted = document.createElement('script');
        planted.textContent = 'window.planted = 1';
        document.body.append(planted);
    }""")
    page.wait_for_timeout(200)
    assert (len(refused), page.evaluate("window.planted")) == (1, None)


def test_what_was_typed_outlives_an_ended_login(site: Site, here: Branch):
    clerk = member(Role.CLERK, here)
    page = site.logged_in(clerk)
    page.evaluate(FORM)
    page.fill("[name=words]", "段**的地址")
    page.fill("[name=secret]", "nobody's business")
    Session.objects.all().delete()
    page.click("form[data-keep] button")
    page.wait_for_url("**/login/?next=/")
    stored = page.evaluate("JSON.stringify({...sessionStorage})")
    assert ("段**的地址" in stored, "business" in stored) == (True, False)
    log_in_again(page, clerk)
    page.wait_for_url(f"{site.url}/")
    page.evaluate(FORM)
    page.evaluate("document.dispatchEvent(new Event('DOMContentLoaded'))")
    assert page.input_value("[name=words]") == "段**的地址"
    page.evaluate("document.querySelector('#logout-form').requestSubmit()")
    page.wait_for_url("**/login/?left=1")
    assert "段" not in page.evaluate("JSON.stringify({...sessionStorage})")


def log_in_again(page: Page, staff: Staff) -> None:
    page.fill("#id_username", staff.username)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")


def test_an_ended_login_is_said_where_one_works(site: Site, here: Branch):
    page = site.logged_in(member(Role.CLERK, here), language="en")
    Session.objects.all().delete()
    page.evaluate("htmx.ajax('GET', '/rectifications/', {target: '#content', swap: 'innerHTML'})")
    message = page.locator("#zx-messages .zx-message")
    expect(message).to_contain_text("What you typed is kept")
    expect(message.locator("a")).to_have_attribute("href", re.compile(r"^/login/[?]next="))
    expect(page.locator("#content #id_password")).to_have_count(0)


def test_the_navigation_counts_live(site: Site, here: Branch):
    page = site.logged_in(member(Role.MANAGER, here))
    badge = page.locator("[data-badge=unassigned]")
    expect(badge).to_have_text("1")
    expect(badge).to_have_class(re.compile("urgent"))


def test_dark_is_kept_for_the_login_page_too(site: Site, here: Branch):
    page = site.logged_in(member(Role.CLERK, here))
    assert page.evaluate("document.documentElement.classList.contains('dark')") is False
    page.evaluate("localStorage.setItem('adminTheme', '\"dark\"')")
    page.goto("/")
    assert page.evaluate("document.documentElement.classList.contains('dark')") is True
    page.context.clear_cookies()
    page.goto("/login/")
    assert page.evaluate("document.documentElement.classList.contains('dark')") is True


@pytest.mark.parametrize("width", [1366, 1024])
def test_fifteen_rows_stand_on_a_screen_and_nothing_overflows(site: Site, here: Branch, width: int):
    for _unused in range(25):
        make_policy(branch=here)
    page = site.logged_in(member(Role.COMPLIANCE, head_office()), viewport={"width": width, "height": 768})
    page.goto("/performance/policies/?measure=scope")
    bottoms = page.evaluate(
        "[...document.querySelectorAll('tbody tr')].map(r => r.getBoundingClientRect().bottom)"
    )
    assert len([bottom for bottom in bottoms if bottom <= 768]) >= 15
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
