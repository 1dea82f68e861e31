"""The inbox by keyboard alone, and an announcement that tells that it was opened."""

import pytest
from playwright.sync_api import expect

from tests.factories import AT, make_branch, make_staff
from workplace.choices import Role
from workplace.models import AnnouncementReceipt, Notice
from workplace.operations.announcements import publish_announcement
from workplace.operations.notices import notify

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_notices_are_read_by_keyboard_and_an_announcement_by_opening_it(site):
    branch = make_branch()
    clerk, manager = make_staff(Role.CLERK, branch=branch), make_staff(Role.MANAGER, branch=branch)
    detail = {"count": 2, "number": "", "by": manager.name}
    notify(recipients=[clerk], kind="assigned", key="a", detail=detail, link="/rectifications/", at=AT)
    publish_announcement(title="新规", body="请读。", roles=[Role.CLERK], actor=manager, at=AT)
    page = site.logged_in(clerk, language="en")
    bell = page.locator("[data-badge=notices]")
    expect(bell).to_have_text("2")
    page.keyboard.press("g")
    page.keyboard.press("n")
    page.wait_for_url("**/notices/")
    for key in ("j", "j", "x", "r"):
        page.keyboard.press(key)
    expect(page.get_by_text("1 notice is unread.")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/announcements/*/")
    expect(page.get_by_text("请读。")).to_be_visible()
    expect(bell).to_be_hidden()
    assert AnnouncementReceipt.objects.get().read_at is not None
    assert Notice.objects.filter(read_at__isnull=True).exists() is False
