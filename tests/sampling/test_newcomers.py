"""All new customers of the day are checked, and who is wrong stands in a queue."""

from datetime import timedelta

import pytest
from django.urls import reverse

from audits.changed import marks_now
from audits.choices import SweepScope
from audits.models import Finding, Sweep
from audits.newcomers import newcomers_of
from audits.operations.sample_giving import give_items, pass_clean
from tests.factories import AT, TODAY, make_customer, make_finding, make_policy
from tests.sampling.scenes import given_to, make_run

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def swept(at, scope=SweepScope.INCREMENTAL):
    marks = marks_now(today=TODAY, settings="", notice_date="")
    Sweep.objects.create(scope=scope, started_at=at, changes_before=at, finished_at=at, marks=marks.as_json())


def test_before_a_sweep_nobody_is_checked(here, clerk):
    make_customer(home_branch=here)
    assert newcomers_of(clerk.fresh(), TODAY).share == 0


def test_after_the_sweep_all_are_and_the_wrong_ones_are_told_apart(here, clerk):
    make_customer(home_branch=here)
    make_finding(customer=make_customer(home_branch=here))
    swept(AT + HOUR)
    found = newcomers_of(clerk.fresh(), TODAY)
    assert (found.share, found.recorded, found.right, found.faulty, found.unchecked) == (100, 2, 1, 1, 0)


def test_a_sweep_of_one_rule_checks_nobody_as_a_whole(here, clerk):
    make_customer(home_branch=here)
    swept(AT + HOUR, SweepScope.RULES)
    assert newcomers_of(clerk.fresh(), TODAY).checked == 0


def test_the_share_is_never_rounded_up(here, clerk):
    for _one in range(2):
        make_customer(home_branch=here)
    swept(AT + HOUR)
    make_customer(home_branch=here)
    assert newcomers_of(clerk.fresh(), TODAY).share == 66


def test_who_came_in_after_the_sweep_looked_is_unchecked_however_early_the_file_began(here, clerk):
    """All of a file are recorded at its beginning; a sweep may look while half of it is in."""
    make_customer(home_branch=here)
    swept(AT + HOUR)
    late = make_customer(home_branch=here, name="测试")
    assert late.recorded_at < AT + HOUR
    make_policy(holder=late)
    found = newcomers_of(clerk.fresh(), TODAY)
    assert (found.recorded, found.checked, found.share) == (2, 1, 50)
    run = make_run([late], purpose="newcomers")
    pass_clean(run=run, at=AT + 2 * HOUR)
    assert run.items.get().outcome == "pending"


def test_other_days_and_other_branches_are_not_counted(here, elsewhere, clerk):
    make_customer(home_branch=elsewhere)
    make_customer(home_branch=here)
    assert newcomers_of(clerk.fresh(), TODAY).recorded == 1
    assert newcomers_of(clerk.fresh(), TODAY - timedelta(days=1)).recorded == 0


def test_the_page_says_the_figure_and_lists_the_wrong_ones_masked(here, clerk):
    good, bad = make_customer(home_branch=here), make_customer(home_branch=here, name="欧阳思远")
    make_finding(customer=bad)
    swept(AT + HOUR)
    page = clerk.client.get(reverse("newcomers"), {"day": TODAY.isoformat()}).content.decode()
    assert "100%" in page
    assert bad.number in page
    assert good.number not in page
    assert "欧阳思远" not in page


def test_whom_no_sweep_has_looked_at_is_looked_at_before_passing(here, clerk_elsewhere):
    good = make_customer(home_branch=here)
    bad = make_customer(home_branch=here, name="测试")
    for one in (good, bad):
        make_policy(holder=one)
    run = make_run([good, bad], purpose="newcomers", reviewers=[clerk_elsewhere.staff])
    give_items(run=run, actor=None, at=AT)
    assert Finding.objects.filter(customer=bad, state="open").exists()
    assert run.items.get(customer=bad).outcome == "pending"
    assert run.items.get(customer=good).outcome == "right"


def test_a_reviewer_of_the_audited_unit_does_not_read_who_has_its_samples(here, clerk, clerk_elsewhere):
    bad = make_customer(home_branch=here)
    make_finding(customer=bad)
    run = make_run([bad], purpose="newcomers")
    given_to(clerk_elsewhere.staff, run.items.get())
    page = clerk.client.get(reverse("newcomers"), {"day": TODAY.isoformat()}).content.decode()
    assert bad.number in page
    assert clerk_elsewhere.staff.name not in page


def test_a_day_before_the_calendar_shows_today(clerk):
    assert clerk.client.get(reverse("newcomers"), {"day": "0001-01-01"}).status_code == 200
