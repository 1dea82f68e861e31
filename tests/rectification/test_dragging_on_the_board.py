"""The team board in Chromium: rows dragged on a person lead to the page that shows who gets what."""

import re

import pytest

from agents.choices import Post
from audits.choices import RectificationState as State
from audits.models import Rectification
from tests.browser import refused_by_policy
from tests.factories import make_branch, make_staff
from tests.personas import Persona
from tests.rectification.scenes import given
from workplace.choices import Role

pytestmark = pytest.mark.browser


@pytest.fixture
def team(committed_db):
    here = make_branch(name="临江中心支公司")
    roles = {"clerk": (Role.CLERK, "段作业"), "other": (Role.CLERK, "陈同事")}
    people = {
        name: Persona(make_staff(role, branch=here, name=called), client=None)
        for name, (role, called) in roles.items()
    }
    manager = make_staff(Role.MANAGER, branch=here, name="张主管", post=Post.MANAGEMENT)
    return here, people["clerk"], people["other"], Persona(manager, client=None)


def test_the_ticked_rows_are_dragged_on_a_person_and_given_to_them(site, team):
    here, clerk, other, manager = team
    first, second, stays = (given(here, clerk, manager) for _one in range(3))
    page = site.logged_in(manager.staff)
    refused = refused_by_policy(page.context)
    page.goto("/board/?tab=all")
    for row in (first, second):
        page.check(f"input[data-select][value='{row.pk}']")
    dragged = page.locator("tr", has=page.locator(f"input[data-select][value='{first.pk}']"))

    dragged.drag_to(page.locator("tr[data-drop-to]", has_text="陈同事"))

    page.wait_for_url(re.compile(rf"to={other.staff.pk}"))
    owned = dict(Rectification.objects.values_list("pk", "owner"))
    assert set(owned.values()) == {clerk.staff.pk}, "nothing is given before the page was read"
    page.click("form[method=post] button[data-key=s]")
    page.wait_for_selector("h1, .zx-title")
    page.wait_for_load_state()
    owned = dict(Rectification.objects.values_list("pk", "owner"))
    assert owned == {first.pk: other.staff.pk, second.pk: other.staff.pk, stays.pk: clerk.staff.pk}
    assert set(Rectification.objects.values_list("state", flat=True)) == {State.ASSIGNED}
    assert refused == []
