"""The page of absences: everybody their own, a manager the team's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agents.models import Branch
from tests.factories import make_rectification, make_staff
from tests.personas import Persona, log_in
from workplace.choices import Role
from workplace.models import Absence

TODAY = timezone.localdate()
LAST = TODAY + timedelta(days=4)


@pytest.fixture
def second(here: Branch) -> Persona:
    return log_in(make_staff(Role.CLERK, branch=here, name="乙作业"))


def record(by: Persona, who: Persona, substitute: Persona | None = None, **more: str):
    given = {
        "staff": who.staff.pk,
        "substitute": substitute.staff.pk if substitute else "",
        "since": TODAY.isoformat(),
        "until": LAST.isoformat(),
        "reason": "leave",
        "note": "回乡探亲",
    }
    return by.client.post(reverse("absences"), {**given, **more})


def test_a_clerk_records_the_own_absence_and_the_calendar_shows_who_stands_in(
    clerk: Persona, second: Persona
):
    assert record(clerk, clerk, second).status_code == 302

    page = second.client.get(reverse("absences")).content.decode()
    assert page.count("zx-day--away") > (LAST - TODAY).days
    assert "乙作业" in page
    assert "回乡探亲" not in page, "why somebody is away is for them and their managers"


def test_a_clerk_cannot_record_that_of_another(clerk: Persona, second: Persona):
    answer = record(clerk, second)

    assert (answer.status_code, Absence.objects.count()) == (200, 0)


def test_a_manager_records_that_of_the_team_and_sees_why(clerk: Persona, manager: Persona):
    record(manager, clerk)

    page = manager.client.get(reverse("absences")).content.decode()
    assert ("回乡探亲" in page, "zx-day--alone" in page) == (True, True)


def test_a_refusal_says_where(clerk: Persona, second: Persona):
    page = record(clerk, clerk, second, until=(TODAY - timedelta(days=1)).isoformat()).content.decode()

    assert (Absence.objects.count(), "data-refused" in page, "zx-field--fault" in page) == (0, True, True)


def test_back_earlier_and_another_substitute(clerk: Persona, second: Persona, manager: Persona):
    record(clerk, clerk)
    absence = Absence.objects.get()
    manager.client.post(reverse("absence_substitute", args=[absence.pk]), {"substitute": second.staff.pk})
    absence.refresh_from_db()
    assert absence.substitute == second.staff

    back = (TODAY + timedelta(days=2)).isoformat()
    clerk.client.post(reverse("absence_back", args=[absence.pk]), {"back_on": back})
    absence.refresh_from_db()
    assert absence.until == TODAY + timedelta(days=1)

    clerk.client.post(reverse("absence_back", args=[absence.pk]), {"back_on": TODAY.isoformat()})
    assert not Absence.objects.exists()


def test_of_another_province_nothing_is_there(clerk: Persona, clerk_elsewhere: Persona):
    record(clerk, clerk)
    absence = Absence.objects.get()

    assert clerk.staff.name in clerk.client.get(reverse("absences")).content.decode()
    assert clerk.staff.name not in clerk_elsewhere.client.get(reverse("absences")).content.decode()
    gone = clerk_elsewhere.client.post(reverse("absence_back", args=[absence.pk]), {"back_on": TODAY})
    assert gone.status_code == 404


@pytest.mark.parametrize("month", ["", "2027-02", "2027-13", "x", "9999-99"])
def test_any_month_shows_a_page(clerk: Persona, month: str):
    assert clerk.client.get(reverse("absences"), {"month": month}).status_code == 200


def test_thirty_rows_cost_as_many_queries_as_one(
    here: Branch, manager: Persona, clerk: Persona, django_assert_num_queries
):
    record(manager, clerk)
    with CaptureQueriesContext(connection) as one:
        manager.client.get(reverse("absences"))
    asked = len(one)
    for number in range(30):
        record(manager, log_in(make_staff(Role.CLERK, branch=here, name=f"同事{number}")), clerk)
    with django_assert_num_queries(asked):
        manager.client.get(reverse("absences"))


def test_the_substitutes_queue_says_for_whom(here: Branch, clerk: Persona, second: Persona):
    make_rectification(branch=here, owner=clerk.staff)
    make_rectification(branch=here, owner=second.staff)
    record(clerk, clerk, second)

    queue = second.client.get(reverse("rectification_queue"))
    assert [line.rectification.owner for line in queue.context["page"].lines] == [clerk.staff, second.staff]
    assert queue.content.decode().count(clerk.staff.name) == 1
    counts = second.client.get(reverse("badges")).json()
    assert "2" in str(counts["mine"])
