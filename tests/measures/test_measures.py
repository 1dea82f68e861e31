"""How rectifications are worked off: each figure by its words, and its list counts the same."""

import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agents.models import Agency, Branch
from audits.choices import StepAction as Step
from audits.measures import MEASURES, Worked, figures, hours_of, measured, period, worked
from audits.models import Pause, Rectification
from audits.operations.clock import pause_rectification, resume_rectification
from audits.transitions import walk
from audits.working_hours import WorkingHours
from tests.factories import make_finding, make_rectification, make_staff
from tests.personas import Persona
from workplace.calendar import WorkingCalendar
from workplace.choices import Role

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 20, 18, tzinfo=SHANGHAI)


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


class Scene:
    def __init__(self, here: Branch, clerk: Persona, manager: Persona) -> None:
        self.here, self.clerk, self.manager = here, clerk, manager

    def work(self, **values: Any) -> Rectification:
        """Opened on Monday at nine and given to the clerk."""
        found = make_rectification(
            branch=self.here, **{"opened_at": at(2), "due_on": date(2026, 11, 6), **values}
        )
        self.step(found, Step.ASSIGN, at(2), owner=self.clerk.fresh())
        return found

    def step(self, found: Rectification, action: str, when: datetime, **said: Any) -> None:
        by = self.clerk if action in {Step.START, Step.SUBMIT} else self.manager
        walk(rectification=found, action=action, actor=by.fresh(), at=when, reason="因由", **said)

    def hand_in(self, found: Rectification, when: datetime) -> None:
        self.step(found, Step.START, when)
        self.step(found, Step.SUBMIT, when)


@pytest.fixture
def scene(here: Branch, clerk: Persona, manager: Persona) -> Scene:
    return Scene(here, clerk, manager)


@pytest.fixture
def four(scene: Scene) -> dict[str, Rectification]:
    """Right at once and in time; returned once and late; reopened; waiting for review."""
    works = {name: scene.work() for name in ("right", "returned", "reopened", "waiting")}
    for found in works.values():
        scene.hand_in(found, at(3))
    scene.step(works["right"], Step.ACCEPT, at(4, 13))
    scene.step(works["returned"], Step.RETURN, at(4))
    scene.hand_in(works["returned"], at(5))
    scene.step(works["returned"], Step.ACCEPT, at(9, 17))
    scene.step(works["reopened"], Step.ACCEPT, at(5, 9))
    scene.step(works["reopened"], Step.REOPEN, at(12))
    return works


def of_clerk(staff: Any, since: date | None = MONDAY, until: date | None = None) -> dict[Any, Worked]:
    during = period(since, until, now=NOW)
    return figures(worked(staff=staff, during=during), by="clerk", moment=during.until)


def numbers(one: Worked) -> dict[str, int]:
    return {name: getattr(one, name) for name in MEASURES}


def test_each_figure_says_what_its_words_say(
    four: dict[str, Rectification], clerk: Persona, manager: Persona
):
    assert {pk: numbers(one) for pk, one in of_clerk(manager.fresh()).items()} == {
        clerk.staff.pk: {
            "closed": 2, "on_time": 1, "accepted": 2, "first_right": 1,
            "reviewed": 3, "returned": 1, "ended": 3, "reopened": 1,
        }
    }  # fmt: skip


def test_an_earlier_day_tells_what_was_so_on_it(
    four: dict[str, Rectification], clerk: Persona, manager: Persona
):
    then = of_clerk(manager.fresh(), until=date(2026, 11, 6))[clerk.staff.pk]
    assert numbers(then) == {
        "closed": 2, "on_time": 2, "accepted": 2, "first_right": 2,
        "reviewed": 3, "returned": 1, "ended": 2, "reopened": 0,
    }  # fmt: skip


def test_what_lies_outside_the_period_is_not_counted(
    four: dict[str, Rectification], clerk: Persona, manager: Persona
):
    late = of_clerk(manager.fresh(), since=date(2026, 11, 6))[clerk.staff.pk]
    assert numbers(late) == {
        "closed": 1, "on_time": 0, "accepted": 1, "first_right": 0,
        "reviewed": 1, "returned": 0, "ended": 1, "reopened": 0,
    }  # fmt: skip


def test_one_that_settled_itself_is_closed_but_was_never_accepted(scene: Scene, manager: Persona):
    found = scene.work()
    walk(rectification=found, action=Step.SETTLE, actor=None, at=at(4))
    one = of_clerk(manager.fresh())[scene.clerk.staff.pk]
    assert (one.closed, one.on_time, one.accepted, one.reviewed) == (1, 1, 0, 0)
    assert (one.on_time_share, one.first_right_share, one.return_share) == (100, None, None)


# -- working hours -----------------------------------------------------------------------------------


def test_a_working_day_has_eight_hours_from_nine_to_five():
    hours = WorkingHours()
    assert hours.between(at(2, 9), at(2, 17)) == 8
    assert hours.between(at(2, 7), at(2, 22)) == 8
    assert hours.between(at(2, 16), at(3, 10)) == 2
    assert hours.between(at(6, 16), at(9, 10)) == 2  # over a weekend
    assert hours.between(at(7, 9), at(8, 17)) == 0
    assert hours.between(at(3), at(2)) == 0
    assert hours.between(at(2, 9, 30), at(2, 10)) == 0.5


def test_festivals_do_not_count_and_make_up_days_do():
    """1 to 7 October 2026 are off; Saturday the 10th is worked."""
    before = datetime(2026, 9, 30, 17, tzinfo=SHANGHAI)
    assert WorkingHours().between(before, datetime(2026, 10, 11, 12, tzinfo=SHANGHAI)) == 24
    year = WorkingCalendar().between(date(2025, 8, 26), before.date())
    assert WorkingHours().between(before - timedelta(days=400), before) == 8 * year


def test_pauses_do_not_count_and_only_as_far_as_they_lie_in_it(scene: Scene, manager: Persona):
    found = scene.work()
    scene.hand_in(found, at(2, 10))
    scene.step(found, Step.ACCEPT, at(4, 17))
    Pause.objects.create(rectification=found, reason="customer", since=at(3, 9), until=at(3, 13), days=0)
    Pause.objects.create(rectification=found, reason="customer", since=at(4, 16), until=at(9, 9), days=3)
    during = period(MONDAY, None, now=NOW)
    rows = worked(staff=manager.fresh(), during=during)
    assert hours_of(rows, moment=during.until) == {found.pk: 24 - 4 - 1}
    assert of_clerk(manager.fresh())[scene.clerk.staff.pk].hours_each == 19


def test_the_database_adds_up_the_hours_that_each_row_took(scene: Scene, manager: Persona):
    """Over weekends and a festival, at night, with pauses that overlap its ends, and one closed at once."""
    moments = [(8, 30), (9, 0), (12, 15), (16, 59), (23, 30)]
    for number, (hour, minute) in enumerate(moments):
        found = scene.work(opened_at=datetime(2026, 9, 24 + number, hour, minute, 41, tzinfo=SHANGHAI))
        scene.hand_in(found, at(2, 10))
        scene.step(found, Step.ACCEPT, at(3 + number * 2, 23 - hour, 7))
        pauses = [(-3, 1), (1, 1), (number + 2, 9)][: number + 1]
        for begun, days in pauses:
            since = found.opened_at + timedelta(days=begun, hours=number)
            Pause.objects.create(
                rectification=found,
                reason="customer",
                since=since,
                until=since + timedelta(days=days),
                days=0,
            )
    atonce = scene.work(opened_at=at(3))
    walk(rectification=atonce, action=Step.SETTLE, actor=None, at=at(3))
    during = period(MONDAY, None, now=NOW)
    rows = worked(staff=manager.fresh(), during=during)
    each = hours_of(rows, moment=during.until)
    told = figures(rows, by="clerk", moment=during.until)[scene.clerk.staff.pk]
    assert len(each) == told.closed == 6
    assert told.hours == pytest.approx(sum(each.values()), abs=1e-9)


def test_whoever_sees_nothing_reads_no_figure(db: None):
    nobody = make_staff(Role.MANAGER, name="未派主管")
    during = period(MONDAY, None, now=NOW)
    assert figures(worked(staff=nobody, during=during), by="rule", moment=during.until) == {}


def test_a_reopened_one_counts_from_its_last_reopening(
    four: dict[str, Rectification], scene: Scene, manager: Persona
):
    again = four["reopened"]
    scene.step(again, Step.ASSIGN, at(12, 9), owner=scene.clerk.fresh())
    scene.hand_in(again, at(12, 11))
    scene.step(again, Step.ACCEPT, at(13, 10))
    during = period(MONDAY, None, now=NOW)
    rows = worked(staff=manager.fresh(), during=during).filter(pk=again.pk)
    assert hours_of(rows, moment=during.until) == {again.pk: 9}


# -- pages -------------------------------------------------------------------------------------------


def test_every_number_opens_exactly_its_rows(
    four: dict[str, Rectification], scene: Scene, manager: Persona, bank: Agency
):
    """By clerk, branch, agency and rule."""
    sold = scene.work(agency=bank)
    make_finding(customer=sold.customer, rectification=sold, rule="PH-001")
    make_finding(customer=sold.customer, rectification=sold, rule="PH-001", field="landline")
    scene.hand_in(sold, at(3))
    scene.step(sold, Step.RETURN, at(4))
    seen = 0
    for by in ("clerk", "branch", "agency", "rule"):
        html = manager.client.get(f"/measures/?by={by}&since=2026-11-02").content.decode()
        found = re.findall(r'<a data-measure="(\w+)" href="([^"]+)">(\d+)</a>', html)
        assert found, by
        for measure, link, number in found:
            listed = manager.client.get(link.replace("&amp;", "&")).content.decode()
            assert (by, measure, len(re.findall(r"<tr data-id", listed))) == (by, measure, int(number))
            seen += int(number)
    assert seen > 20


def test_a_rectification_counts_once_for_a_rule(scene: Scene, manager: Persona):
    found = scene.work()
    for field in ("mobile", "landline"):
        make_finding(customer=found.customer, rectification=found, rule="PH-001", field=field)
    make_finding(customer=found.customer, rectification=found, rule="AD-001", field="address")
    scene.hand_in(found, at(3))
    scene.step(found, Step.RETURN, at(4))
    during = period(MONDAY, None, now=NOW)
    told = figures(worked(staff=manager.fresh(), during=during), by="rule", moment=during.until)
    assert {code: one.returned for code, one in told.items()} == {"PH-001": 1, "AD-001": 1}


def test_the_page_costs_the_same_at_one_row_and_at_thirty(
    scene: Scene, manager: Persona, django_assert_max_num_queries: Any
):
    counts = []
    for more in (1, 30):
        for _unused in range(more):
            found = scene.work()
            scene.hand_in(found, at(3))
            scene.step(found, Step.ACCEPT, at(4))
        for page in ("/measures/?since=2026-11-02", "/measures/rectifications/?since=2026-11-02"):
            with django_assert_max_num_queries(20) as captured:
                assert manager.client.get(page).status_code == 200
            counts.append(len(captured))
    assert counts[:2] == counts[2:]


def test_nobody_reads_figures_of_what_they_may_not_see(
    four: dict[str, Rectification], manager: Persona, clerk: Persona, clerk_elsewhere: Persona
):
    assert clerk.client.get("/measures/").status_code == 403
    for bad in ("by=clerk&unit=999999", f"by=clerk&unit={clerk_elsewhere.staff.pk}", "by=branch&unit=99999"):
        assert manager.client.get(f"/measures/rectifications/?{bad}").status_code == 404
    assert manager.client.get("/measures/rectifications/?measure=x").status_code == 404
    assert manager.client.get("/measures/?since=x").status_code == 400
    assert manager.client.get("/measures/?since=0001-01-01&until=0001-01-01").status_code == 200


def test_a_word_that_is_no_measure_is_an_error():
    with pytest.raises(KeyError):
        measured("speed")


def test_pauses_by_the_product_take_their_hours_off(scene: Scene, manager: Persona):
    found = scene.work(due_on=date(2026, 11, 16))
    scene.step(found, Step.START, at(2, 10))
    pause_rectification(
        rectification=found, reason="customer", note="等客户", actor=scene.clerk.fresh(), at=at(3, 9)
    )
    resume_rectification(rectification=found, actor=scene.clerk.fresh(), at=at(4, 9))
    scene.step(found, Step.SUBMIT, at(4, 10))
    scene.step(found, Step.ACCEPT, at(4, 11))
    assert of_clerk(manager.fresh())[scene.clerk.staff.pk].hours_each == 10
