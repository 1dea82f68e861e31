"""In the browser: the liaison appeals, the province upholds, and the score says so."""

from datetime import date

import pytest

from agents.choices import BranchLevel, OutletLevel, Post
from audits.choices import RectificationState as State
from audits.models import Finding, Rectification
from audits.operations.sweep import resweep_subjects
from tests.factories import (
    AT,
    make_agency,
    make_branch,
    make_customer,
    make_outlet,
    make_policy,
    make_seller,
    make_staff,
)
from tests.rectification.scenes import SHORT
from tests.rules.book import recorded
from workplace.choices import Role

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def people(committed_db):
    province = make_branch(level=BranchLevel.PROVINCE, name="江南省分公司")
    here = make_branch(parent=province, name="临江中心支公司")
    bank = make_agency(branch=here, name="临江银行")
    parent = make_outlet(agency=bank, level=OutletLevel.BRANCH, opened_on=date(2010, 1, 1))
    outlet = make_outlet(agency=bank, branch=here, parent=parent, opened_on=date(2012, 1, 1))
    customer = make_customer(home_branch=here, mobile=SHORT)
    make_policy(holder=customer, seller=make_seller(outlet=outlet), **recorded(parent))
    resweep_subjects(customer_ids=[customer.pk], at=AT, actor=None)
    liaison = make_staff(Role.PARTNER, agency=bank, name="孙联络")
    leads = make_staff(Role.MANAGER, branch=province, post=Post.MANAGEMENT, name="省主管")
    return liaison, leads


def defective(page):
    page.goto("/performance/")
    return page.locator('[data-measure="defective"]').first.inner_text()


def test_an_upheld_appeal_changes_the_score_and_says_so(site, people):
    liaison, leads = people
    row, finding = Rectification.objects.get(), Finding.objects.get()
    province = site.logged_in(leads, language="en")
    assert defective(province) == "1"

    page = site.logged_in(liaison, language="en")
    page.goto(f"/rectifications/{row.pk}/")
    page.click(f'[data-dialog="appeal-{finding.pk}"]')
    page.fill(f"#appeal-ground-{finding.pk}", "The number is the customer's own, seen on the bill.")
    page.click(f"#appeal-{finding.pk} button[type=submit]", no_wait_after=True)
    page.wait_for_url("**/appeals/*/", timeout=60_000)
    page.fill("#message", "The bill follows by post.")
    page.click("text=Write", no_wait_after=True)
    page.wait_for_selector(".zx-timeline >> text=The bill follows by post.", timeout=60_000)

    province.goto("/appeals/")
    province.click("tbody a[data-open]")
    province.fill("#decision", "The bill shows it.")
    province.click("button[value=uphold]", no_wait_after=True)
    province.wait_for_selector("text=Taken out of the score of 临江银行, for every day.", timeout=60_000)
    assert defective(province) == "0"
    assert "1 finding was taken out of these figures by an appeal" in province.content()
    page.reload()
    assert "Taken out of the score of 临江银行, for every day." in page.content()
    assert Rectification.objects.get().state == State.CLOSED
