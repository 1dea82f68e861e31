"""One call-back in Chromium, from the queue to the next one, without the mouse."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from agents.models import Branch
from audits.models import CallBack, Finding
from audits.operations.call_backs import keep_call_backs
from tests.browser import Site, refused_by_policy
from tests.call_backs.scenes import BORN, sold
from tests.factories import make_branch, make_staff
from tests.journey.inspection import barriers
from workplace.choices import Role

pytestmark = pytest.mark.browser


@pytest.fixture
def here(site: Site) -> Branch:
    return make_branch(name="临江中心支公司")


def test_one_call_confirms_the_next_opens_a_rectification(site: Site, here: Branch):
    today = timezone.localdate()
    for days in (10, 5):
        sold(here, issued_on=today - timedelta(days=days))
    keep_call_backs(at=timezone.now())
    first, second = CallBack.objects.order_by("ends_on")
    page = site.logged_in(make_staff(Role.CLERK, branch=here))
    refused = refused_by_policy(page.context)

    page.goto("/call-backs/")
    expect(page.locator("tbody tr")).to_have_count(2)
    assert barriers(page) == []
    page.keyboard.press("s")
    page.wait_for_url(f"**/call-backs/{first.pk}/")
    assert barriers(page) == []
    page.keyboard.press("b")
    page.keyboard.type(BORN)
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.keyboard.press("s")
    page.wait_for_url(f"**/call-backs/{second.pk}/")
    page.keyboard.press("4")
    page.keyboard.press("s")
    page.wait_for_url("**/call-backs/")

    assert list(CallBack.objects.order_by("ends_on").values_list("outcome", flat=True)) == [
        "confirmed",
        "another",
    ]
    assert Finding.objects.get().rectification is not None
    assert refused == []
