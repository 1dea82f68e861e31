"""The search box of customers, in Chromium: Enter finds, the address stays bare."""

import pytest

from tests.browser import Site
from tests.factories import make_branch, make_customer, make_staff
from workplace.choices import Role

pytestmark = pytest.mark.browser


def test_enter_finds_and_the_address_names_nobody(site: Site):
    here = make_branch(name="临江中心支公司")
    clerk = make_staff(Role.CLERK, branch=here, name="段作业")
    found = make_customer(home_branch=here, name="欧阳思远")
    make_customer(home_branch=here, name="安安")
    page = site.logged_in(clerk)
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/customers/")
    page.fill("[data-search]", found.id_no)
    with page.expect_navigation():
        page.press("[data-search]", "Enter")
    assert page.locator("table[data-rows] tbody a[data-open]").all_inner_texts() == [found.number]
    assert page.url.endswith("/customers/")
