"""Every number of the board opens exactly its rows, however the rows are parted."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agents.choices import BranchLevel
from audits.models import Rectification
from tests.factories import make_agency, make_branch, make_finding, make_rectification, make_staff
from tests.personas import log_in
from workplace.choices import AbsenceReason, Role
from workplace.models import Absence

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def busy(here, bank, clerk, manager):
    """Some of everything, in two units and for an agency."""
    office = make_branch(parent=here, level=BranchLevel.OFFICE, name="城东营业部")
    late, now = TODAY - timedelta(days=3), timezone.now()
    make_rectification(branch=here, due_on=late, opened_at=now - timedelta(days=40))
    make_rectification(branch=here, owner=clerk.staff, due_on=late, opened_at=now)
    make_rectification(branch=office, owner=clerk.staff, due_on=TODAY, opened_at=now, reopened=2)
    make_rectification(branch=here, owner=manager.staff, due_on=late, paused_at=now, opened_at=now)
    found = make_rectification(branch=here, agency=bank, due_on=None, opened_at=now - timedelta(days=70))
    for rule in ("PH-001", "ID-001"):
        make_finding(customer=found.customer, rule=rule, rectification=found)


@pytest.mark.parametrize("by", ["person", "unit", "agency", "rule", "age"])
def test_each_number_opens_as_many_rows_as_it_says(by, busy, manager):
    page = manager.client.get(reverse("team_board"), {"by": by})
    asked = 0
    for one in page.context["tallies"]:
        for tab, number in one.shown:
            given = {"by": by, page.context["parameter"]: one.key, "tab": tab}
            rows = manager.client.get(reverse("team_board"), given).context["page"].lines
            assert len(rows) == number, (by, one.label, tab)
            asked += number
    assert asked > 0


def test_the_lanes_hold_every_state_with_its_first_rows(busy, manager):
    page = manager.client.get(reverse("team_board"), {"by": "state"})
    told = {lane.state: (lane.counts.get("all", 0), len(lane.cards)) for lane in page.context["lanes"]}
    assert told == {
        "open": (2, 2), "assigned": (3, 3), "in_progress": (0, 0),
        "returned": (0, 0), "in_review": (0, 0), "appealed": (0, 0),
    }  # fmt: skip


def test_a_clock_that_stands_still_is_not_overdue(busy, manager):
    page = manager.client.get(reverse("team_board"))
    assert (page.context["numbers"]["overdue"], page.context["numbers"]["paused"]) == (2, 1)


def test_average_days_are_working_days(here, clerk, manager):
    row = make_rectification(branch=here, owner=clerk.staff)
    monday = timezone.now().replace(hour=2) - timedelta(days=timezone.localdate().weekday() + 14)
    for state in ("in_progress", "in_review"):
        Rectification.objects.filter(pk=row.pk).update(state=state)
    Rectification.objects.filter(pk=row.pk).update(
        state="closed", assigned_at=monday, closed_at=monday + timedelta(days=7)
    )
    page = manager.client.get(reverse("team_board"))
    took = {one.label: one.days for one in page.context["tallies"]}
    assert took["段作业"] is not None
    assert took["段作业"] <= 5


def test_the_board_tells_who_is_away_and_who_stands_in(here, clerk, manager):
    colleague = make_staff(Role.CLERK, branch=here, name="陈同事")
    Absence.objects.create(
        staff=clerk.staff, since=TODAY, until=TODAY + timedelta(days=2), substitute=colleague,
        reason=AbsenceReason.LEAVE, recorded_by=manager.staff, recorded_at=timezone.now(),
    )  # fmt: skip
    page = manager.client.get(reverse("team_board"))
    away = page.context["away"]
    assert [(line.staff.name, line.substitutes) for line in away.lines] == [("段作业", "陈同事")]
    assert {one.label: one.away for one in page.context["tallies"]}["段作业"] == TODAY + timedelta(days=2)


def test_whoever_has_nothing_stands_there_too(here, clerk, manager):
    page = manager.client.get(reverse("team_board"))
    assert {one.label for one in page.context["tallies"]} == {"段作业", "张主管"}


@pytest.mark.parametrize("by", ["person", "state", "unit", "agency", "rule", "age"])
def test_many_rows_ask_the_database_no_more_often(by, here, clerk, manager, django_assert_max_num_queries):
    def asked():
        with django_assert_max_num_queries(15) as captured:
            manager.client.get(reverse("team_board"), {"by": by})
        return len(captured.captured_queries)

    def fill(count):
        for _one in range(count):
            found = make_rectification(
                branch=make_branch(parent=here), agency=make_agency(), owner=clerk.staff
            )
            make_finding(customer=found.customer, rectification=found)

    fill(1)
    asked()
    few = asked()
    fill(6)
    assert asked() == few


def test_people_of_other_places_do_not_count(here, elsewhere, clerk, clerk_elsewhere, manager):
    make_rectification(branch=elsewhere, owner=clerk_elsewhere.staff)
    page = manager.client.get(reverse("team_board"))
    assert page.context["numbers"]["all"] == 0
    assert "远作业" not in page.content.decode()
    assert log_in(clerk_elsewhere.staff).client.get(reverse("team_board")).status_code == 403
