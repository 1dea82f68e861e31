"""A filled list: what of it is taken over, what is refused and why, and that nothing is written twice."""

from datetime import date, timedelta

import pytest

from audits.models import Rectification, WorklistLine
from audits.operations.rectifications import assign_rectification
from customers.operations.corrections import correct_customer
from tests.factories import AT, make_staff
from tests.personas import log_in
from tests.rectification.scenes import given, good_mobile
from tests.round_trip.scenes import LATER, brought_back, fill, reasons, taken_out, uploaded
from workplace.choices import Role
from workplace.models import Correction, ExportedList, Staff
from workplace.operations.exported_lists import confirm_destroyed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english(clerk):
    clerk.staff.language = "en"
    clerk.staff.save()


@pytest.fixture
def mine(here, clerk, manager) -> Rectification:
    return given(here, clerk, manager)


def state_of(found: Rectification) -> str:
    return Rectification.objects.get(pk=found.pk).state


def test_a_filled_line_is_handed_in_with_its_source_and_will(mine, clerk):
    exported, rows = taken_out(clerk)
    number = good_mobile()
    result = brought_back(clerk, [fill(row, number) for row in rows])
    assert (result["counts"], result["handed_in"], reasons(result)) == ({"taken": len(rows)}, 1, [])
    mine.refresh_from_db()
    assert (mine.state, mine.will, mine.applicant, mine.applied_on) == (
        "in_review",
        "call",
        "self",
        date(2026, 11, 20),
    )
    row = Correction.objects.get(origin=f"rectification:{mine.pk}")
    assert (row.new_raw, row.state, row.source_channel, row.proposed_by) == (
        number,
        "submitted",
        "document",
        clerk.staff,
    )
    steps = list(mine.timeline.filter(kind="step").order_by("id").values_list("action", flat=True))
    assert steps[-3:] == ["assign", "start", "submit"]
    assert mine.timeline.get(action="submit").detail["list"] == exported.number


def test_a_trial_writes_nothing(mine, clerk):
    _exported, rows = taken_out(clerk)
    trial = uploaded(clerk, [fill(rows[0], good_mobile())])
    assert trial.result["counts"] == {"taken": 1}
    assert (state_of(mine), Correction.objects.count()) == ("assigned", 0)


def test_the_same_file_again_changes_nothing(mine, clerk):
    _exported, rows = taken_out(clerk)
    filled = [fill(row, good_mobile()) for row in rows]
    brought_back(clerk, filled)
    version = Rectification.objects.get(pk=mine.pk).version
    result = brought_back(clerk, filled)
    assert result["counts"] == {"same": 1}
    assert Correction.objects.count() == 1
    assert Rectification.objects.get(pk=mine.pk).version == version


def test_what_stands_there_already_is_no_change(mine, clerk):
    _exported, rows = taken_out(clerk)
    result = brought_back(clerk, [fill(rows[0], rows[0]["present"])])
    assert (result["counts"], Correction.objects.count()) == ({"same": 1}, 0)


def test_a_line_left_empty_is_counted_and_nothing_more(mine, clerk):
    _exported, rows = taken_out(clerk)
    result = brought_back(clerk, rows)
    assert result["counts"] == {"blank": 1}
    assert list(WorklistLine.objects.values_list("outcome", flat=True)) == ["blank"]


def test_a_record_that_somebody_changed_meanwhile_is_refused_by_name(mine, clerk, manager):
    _exported, rows = taken_out(clerk)
    correct_customer(
        customer=mine.customer,
        values={"mobile": good_mobile()},
        actor=manager.staff,
        at=AT + timedelta(hours=1),
        expected_version=mine.customer.version,
    )
    result = brought_back(clerk, [fill(rows[0], good_mobile())])
    assert "was changed by 张主管" in reasons(result)[0]
    assert Correction.objects.count() == 0


def test_another_field_that_changed_does_not_matter(mine, clerk, manager):
    _exported, rows = taken_out(clerk)
    correct_customer(
        customer=mine.customer,
        values={"postcode": "100088"},
        actor=manager.staff,
        at=AT + timedelta(hours=1),
        expected_version=mine.customer.version,
    )
    assert brought_back(clerk, [fill(rows[0], good_mobile())])["handed_in"] == 1


def test_another_persons_list_is_refused(here, mine, clerk):
    exported, rows = taken_out(clerk)
    other = log_in(make_staff(Role.CLERK, branch=here, name="陈同事"))
    Staff.objects.filter(pk=other.staff.pk).update(language="en")
    result = brought_back(other, [fill(rows[0], good_mobile())])
    assert reasons(result) == [f"List {exported.number} was not exported to you."]
    assert state_of(mine) == "assigned"


def test_a_rectification_given_to_somebody_else_is_refused_by_name(here, mine, clerk, manager):
    _exported, rows = taken_out(clerk)
    other = make_staff(Role.CLERK, branch=here, name="陈同事")
    assign_rectification(rectification=mine, owner=other, actor=manager.fresh(), at=AT)
    result = brought_back(clerk, [fill(rows[0], good_mobile())])
    assert reasons(result) == [f"{mine.number} is no longer with you; 陈同事 works on it."]


def test_an_expired_list_is_refused(mine, clerk):
    exported, rows = taken_out(clerk)
    ExportedList.objects.filter(pk=exported.pk).update(expires_on=date(2026, 11, 19))
    assert "was good until 2026-11-19" in reasons(brought_back(clerk, [fill(rows[0], good_mobile())]))[0]


def test_a_destroyed_list_is_refused(mine, clerk):
    exported, rows = taken_out(clerk)
    confirm_destroyed(exported=exported, note="文件已删除", actor=clerk.fresh(), at=LATER)
    result = brought_back(clerk, [fill(rows[0], good_mobile())])
    assert reasons(result) == [f"List {exported.number} was destroyed, as 段作业 has confirmed."]


def test_a_row_that_was_moved_is_refused(here, mine, clerk, manager):
    given(here, clerk, manager)
    _exported, rows = taken_out(clerk)
    moved = {**fill(rows[0], good_mobile()), "rectification": rows[1]["rectification"]}
    assert "the row was moved" in reasons(brought_back(clerk, [moved]))[0]


def test_the_same_line_twice_is_refused_the_second_time(mine, clerk):
    _exported, rows = taken_out(clerk)
    result = brought_back(clerk, [fill(rows[0], good_mobile()), fill(rows[0], good_mobile())])
    assert reasons(result) == ["Row 2 of the file has this line already."]


@pytest.mark.parametrize(
    ("change", "cell", "words"),
    [
        ({"new_value": 13800138000}, "J2", "as a number"),
        ({"new_value": "12"}, "J2", "Mobile"),
        ({"source": "", "will": ""}, "K2", "Say where the new “Mobile” comes from."),
        ({"source": "梦里"}, "K2", "not one of those allowed"),
        ({"source": "phone"}, "O2", "was only said"),
        ({"will": ""}, "L2", "Say how it is known that the customer wants this change."),
        ({"applicant": ""}, "L2", "Say who applied"),
        ({"applied_on": "2027-01-01"}, "L2", "lies in the future"),
        ({"applied_on": "昨天"}, "N2", "not a date"),
    ],
)
def test_what_is_not_right_is_refused_with_its_cell(mine, clerk, change, cell, words):
    _exported, rows = taken_out(clerk)
    result = brought_back(clerk, [fill(rows[0], good_mobile()) | change])
    assert [line[2] for line in result["refused"]] == [cell]
    assert words in reasons(result)[0]
    assert (Correction.objects.count(), state_of(mine)) == (0, "assigned")


def test_an_oral_value_is_taken_over_with_who_confirmed_it(mine, clerk):
    _exported, rows = taken_out(clerk)
    said = fill(rows[0], good_mobile(), source="phone", note="本人，当日回拨")
    assert brought_back(clerk, [said])["handed_in"] == 1
    assert Correction.objects.get().note == "本人，当日回拨"
