"""Compliance raises the shared-phone threshold in Chromium: measured, approved by another, swept."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from audits.choices import ChangeState
from audits.models import Finding, RuleChange
from tests.browser import Site, refused_by_policy
from tests.factories import head_office, make_customer, make_policy
from tests.rulebook.scenes import officer
from tests.sweep.sweeping import run_job, sweep
from workplace.models import Job, Staff

pytestmark = pytest.mark.browser

SHARED = "13757219364"


@pytest.fixture
def people(committed_db: object) -> tuple[Staff, Staff]:
    head_office()
    return officer(), officer("王合规")


def open_of(rule: str) -> int:
    return Finding.objects.filter(rule=rule, state="open").count()


def draft_the_threshold(page: Page) -> None:
    page.goto("/rules/")
    page.fill("[data-search]", "PH-023")
    page.press("[data-search]", "Enter")
    page.wait_for_url("**/rules/?*search=PH-023*")
    page.click('a[data-open]:has-text("PH-023")')
    page.wait_for_url("**/rules/of/PH-023/")
    page.keyboard.press("e")
    page.wait_for_url("**/rules/of/PH-023/edit/")
    page.fill('[name="threshold-holders"]', "4")
    page.fill('[name="reason"]', "家庭共用较多")
    page.click('#rule-form button[type="submit"]')
    page.wait_for_url("**/rule-changes/*/")


def test_the_threshold_is_raised_by_two_people_and_swept(site: Site, people: tuple[Staff, Staff]):
    first, second = people
    for _holder in range(3):
        make_policy(holder=make_customer(mobile=SHARED))
    sweep()
    assert open_of("PH-023") == 3
    page = site.logged_in(first)
    refused = refused_by_policy(page.context)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    draft_the_threshold(page)
    told = int(page.inner_text("#effect-opened")), int(page.inner_text("#effect-closed"))
    assert told[1] == 3
    assert open_of("PH-023") == 3
    page.keyboard.press("s")
    page.wait_for_selector(".zx-state--proposed")
    change = RuleChange.objects.get(key="PH-023", state=ChangeState.PROPOSED)
    assert page.query_selector('[data-key="a"]') is None

    other = site.logged_in(second)
    other.goto("/rule-changes/")
    other.click("a[data-open]")
    other.wait_for_url(f"**/rule-changes/{change.pk}/")
    other.keyboard.press("a")
    other.wait_for_selector('[data-key="w"]')
    change.refresh_from_db()
    assert (change.state, change.decided_by) == (ChangeState.APPROVED, second)
    other.keyboard.press("w")
    other.wait_for_url("**/jobs/*/")
    run_job(Job.objects.filter(kind="sweep").latest("pk"), timezone.now())
    assert open_of("PH-023") == 0
    assert open_of("PH-022") == told[0]
    assert (refused, errors) == ([], [])


def test_a_value_is_tried_with_what_is_not_saved(site: Site, people: tuple[Staff, Staff]):
    page = site.logged_in(people[0])
    page.goto("/rules/of/PH-010/edit/")
    page.select_option('[name="kind"]', "mobile")
    page.fill('[name="value"]', "13920000046")
    page.press('[name="value"]', "Enter")
    page.wait_for_selector("#tried .zx-good")
    page.fill('[name="threshold-run"]', "5")
    page.press('[name="value"]', "Enter")
    page.wait_for_selector('#tried .zx-card:has-text("PH-010")')
    assert "13920000046" not in page.url
    assert not RuleChange.objects.exists()
