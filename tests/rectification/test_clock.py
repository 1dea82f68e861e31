"""Due dates in working days: make-up days, unknown years, pauses, extensions, limits, reopening."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from audits.choices import ExtensionState, PauseReason, ReopenClock
from audits.choices import RectificationState as State
from audits.choices import StepAction as Action
from audits.clock import overdue, soon, standing, unknown_years
from audits.models import Extension, Finding, Rectification, RectificationSettings, ServiceLevel
from audits.operations.clock import (
    answer_extension,
    ask_extension,
    pause_rectification,
    resume_rectification,
    withdraw_asked_extension,
)
from audits.operations.grouping import refresh_rectifications
from audits.operations.rectifications import reopen_rectification, start_rectification
from audits.operations.sweep import resweep_subjects
from audits.performance import as_of, rectification_measure, rectifications
from audits.transitions import StepRefused, walk
from authenticity.choices import Severity
from policies.choices import PolicyStatus
from policies.models import Policy
from tests.factories import AT, make_rectification, make_staff
from tests.rectification.scenes import defective, given, in_review, opened
from tests.rules.book import amend
from workplace.calendar import WorkingCalendar
from workplace.choices import Role
from workplace.models import CalendarDay

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def again(row):
    return Rectification.objects.get(pk=row.pk)


# -- the calendar ------------------------------------------------------------------------------------


def test_five_working_days_across_the_national_day_and_its_make_up_days():
    """1 to 7 October 2026 are off, Saturday the 10th is worked for them."""
    assert WorkingCalendar().after(date(2026, 9, 30), 5) == date(2026, 10, 13)
    assert WorkingCalendar().between(date(2026, 9, 30), date(2026, 10, 13)) == 5
    assert WorkingCalendar().after(date(2026, 10, 13), -5) == date(2026, 9, 30)


def test_fifteen_working_days_from_the_middle_of_december_know_new_year():
    """Friday 1 January 2027 is off in every arrangement, which the library does not know yet."""
    assert WorkingCalendar().after(date(2026, 12, 15), 15) == date(2027, 1, 6)


def test_a_year_without_data_warns_and_the_table_decides():
    assert unknown_years(date(2026, 12, 15)) == [2027]
    assert unknown_years(date(2026, 6, 1)) == []
    assert WorkingCalendar().is_working(date(2027, 2, 8))
    for day in range(5, 12):
        CalendarDay.objects.create(day=date(2027, 2, day), working=False, remark="春节")
    CalendarDay.objects.create(day=date(2027, 2, 14), working=True, remark="调休上班")
    assert unknown_years(date(2026, 12, 15)) == []
    assert WorkingCalendar().after(date(2027, 2, 4), 2) == date(2027, 2, 14)


@pytest.mark.parametrize(("who", "sees"), [("manager", True), ("clerk", True), ("auditor", False)])
def test_the_warning_stands_on_home(who, sees, request, settings, monkeypatch):
    monkeypatch.setattr("audits.templatetags.clock.unknown_years", lambda *given: [2027])
    persona = request.getfixturevalue(who)
    persona.client.cookies["django_language"] = "en"
    html = persona.client.get("/").content.decode()
    assert ("The official calendar of 2027 is not known yet" in html) is sees


# -- limits ------------------------------------------------------------------------------------------


def test_the_limit_that_names_most_decides(here):
    ServiceLevel.objects.create(severity=Severity.ERROR, days=12)
    ServiceLevel.objects.create(severity=Severity.ERROR, kind="false", days=7)
    ServiceLevel.objects.create(severity=Severity.ERROR, channel="individual", days=9)
    ServiceLevel.objects.create(severity=Severity.ERROR, kind="false", channel="individual", days=3)
    due = []
    for _ in range(4):
        due.append(opened(here).due_on)
        ServiceLevel.objects.filter(pk=most_specific().pk).delete()
    calendar = WorkingCalendar()
    assert due == [calendar.after(AT.date(), days) for days in (3, 7, 9, 12)]
    assert opened(here).due_on == calendar.after(AT.date(), 15)


def most_specific():
    rows = sorted(ServiceLevel.objects.all(), key=lambda one: (bool(one.kind), bool(one.channel)))
    return rows[-1]


def test_the_first_reply_is_due_in_ten_days_and_starting_is_one(here, clerk, manager):
    row = given(here, clerk, manager)
    assert row.reply_due_on == WorkingCalendar().after(AT.date(), 10)
    start_rectification(rectification=row, actor=clerk.fresh(), at=AT + timedelta(hours=1))
    assert again(row).replied_at == AT + timedelta(hours=1)


# -- pauses ------------------------------------------------------------------------------------------


def test_a_pause_of_two_days_moves_the_due_date_by_two(here, clerk, manager):
    row = given(here, clerk, manager)
    before, calendar = row.due_on, WorkingCalendar()
    monday = date(2026, 11, 23)
    pause_rectification(rectification=row, reason=PauseReason.CUSTOMER, actor=clerk.fresh(), at=at(monday))
    assert again(row).due_on == before
    resume_rectification(rectification=row, actor=clerk.fresh(), at=at(monday + timedelta(days=2)))
    found = again(row)
    assert (found.added_days, found.due_on) == (2, calendar.after(before, 2))
    assert found.pauses.get().days == 2
    assert [line.action for line in found.timeline.order_by("id")][-2:] == ["paused", "resumed"]


def test_a_weekend_in_a_pause_adds_nothing(here, clerk, manager):
    row = given(here, clerk, manager)
    friday = date(2026, 11, 20)
    pause_rectification(rectification=row, reason=PauseReason.AGENCY, actor=clerk.fresh(), at=at(friday))
    resume_rectification(rectification=row, actor=clerk.fresh(), at=at(friday + timedelta(days=2)))
    assert again(row).added_days == 0


def test_while_it_is_paused_it_is_not_overdue_and_afterwards_not_either(here, clerk, manager):
    row = given(here, clerk, manager)
    pause_rectification(rectification=row, reason=PauseReason.DOCUMENT, actor=clerk.fresh(), at=AT)
    late = row.due_on + timedelta(days=30)
    assert not Rectification.objects.filter(overdue(late)).exists()
    assert standing(again(row), late).late == 0
    resume_rectification(rectification=row, actor=clerk.fresh(), at=at(late))
    assert again(row).due_on > late
    assert Rectification.objects.filter(overdue(again(row).due_on + timedelta(days=1))).exists()


def test_what_is_late_is_not_paused_away(here, clerk, manager):
    row = given(here, clerk, manager)
    with pytest.raises(StepRefused):
        pause_rectification(
            rectification=row,
            reason=PauseReason.CUSTOMER,
            actor=clerk.fresh(),
            at=at(row.due_on + timedelta(days=1)),
        )


def test_only_one_pause_at_a_time_and_only_by_owner_or_manager(here, clerk, manager, clerk_elsewhere):
    row = given(here, clerk, manager)
    colleague = make_staff(Role.CLERK, branch=here, name="陈同事")
    for actor in (colleague, clerk_elsewhere.fresh()):
        with pytest.raises(StepRefused):
            pause_rectification(rectification=row, reason=PauseReason.CUSTOMER, actor=actor, at=AT)
    pause_rectification(rectification=row, reason=PauseReason.CUSTOMER, actor=manager.fresh(), at=AT)
    with pytest.raises(StepRefused):
        pause_rectification(rectification=row, reason=PauseReason.AGENCY, actor=clerk.fresh(), at=AT)
    assert again(row).pauses.count() == 1


def test_handing_in_ends_a_pause(here, clerk, manager):
    row = given(here, clerk, manager)
    start_rectification(rectification=row, actor=clerk.fresh(), at=AT)
    pause_rectification(rectification=row, reason=PauseReason.CUSTOMER, actor=clerk.fresh(), at=AT)
    walk(rectification=row, action=Action.SUBMIT, actor=clerk.fresh(), at=AT + timedelta(days=4))
    found = again(row)
    assert (found.paused_at, found.added_days) == (None, 2)
    assert found.timeline.order_by("-id")[0].detail["paused_days"] == 2


def test_a_change_of_severity_keeps_the_pauses(here, clerk, manager):
    row = given(here, clerk, manager)
    pause_rectification(rectification=row, reason=PauseReason.CUSTOMER, actor=clerk.fresh(), at=AT)
    resume_rectification(rectification=row, actor=clerk.fresh(), at=AT + timedelta(days=4))
    assert again(row).added_days == 2
    graver = WorkingCalendar().after(AT.date(), 5)
    Finding.objects.filter(rectification=row).update(severity=Severity.BLOCK, due_on=graver)
    refresh_rectifications(ids=[row.pk], at=AT + timedelta(days=5))
    found = again(row)
    assert (found.due_from, found.added_days) == (graver, 2)
    assert found.due_on == WorkingCalendar().after(graver, 2)


def test_the_past_knows_that_it_was_paused(here, clerk, manager):
    row = given(here, clerk, manager)
    due = row.due_on
    pause_rectification(rectification=row, reason=PauseReason.CUSTOMER, actor=clerk.fresh(), at=at(due))
    resume_rectification(rectification=row, actor=clerk.fresh(), at=at(due + timedelta(days=10)))
    now = at(due + timedelta(days=60))
    for days, late in ((5, False), (60, True)):
        moment = as_of(due + timedelta(days=days), now=now)
        seen = rectifications(staff=manager.fresh(), moment=moment)
        assert seen.filter(rectification_measure("overdue", moment=moment)).exists() is late


# -- more time ---------------------------------------------------------------------------------------


def asked_for(row, clerk, days=5):
    return ask_extension(rectification=row, days=days, reason="等公安回函", actor=clerk.fresh(), at=AT)


def test_more_time_is_granted_by_another(here, clerk, manager):
    row = given(here, clerk, manager)
    before = row.due_on
    asked = asked_for(row, clerk)
    assert again(row).due_on == before
    answer_extension(extension=asked, grant=True, actor=manager.fresh(), at=AT)
    assert again(row).due_on == WorkingCalendar().after(before, 5)
    assert Extension.objects.get().state == ExtensionState.GRANTED


def test_nobody_grants_the_own_wish_and_the_database_agrees(here, manager):
    row = given(here, manager, manager)
    asked = asked_for(row, manager)
    with pytest.raises(StepRefused):
        answer_extension(extension=asked, grant=True, actor=manager.fresh(), at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.filter(pk=asked.pk).update(state="granted", decided_by=manager.staff)


def test_a_refusal_needs_words_and_moves_nothing(here, clerk, manager):
    row = given(here, clerk, manager)
    asked = asked_for(row, clerk)
    with pytest.raises(StepRefused):
        answer_extension(extension=asked, grant=False, actor=manager.fresh(), at=AT)
    answer_extension(extension=asked, grant=False, answer="先上门", actor=manager.fresh(), at=AT)
    with pytest.raises(StepRefused):
        answer_extension(extension=asked, grant=True, actor=manager.fresh(), at=AT)
    assert again(row).added_days == 0


@pytest.mark.parametrize("who", ["clerk_elsewhere", "auditor", "partner", "compliance"])
def test_only_whoever_leads_there_answers(who, request, here, clerk, manager):
    asked = asked_for(given(here, clerk, manager), clerk)
    with pytest.raises(StepRefused):
        answer_extension(extension=asked, grant=True, actor=request.getfixturevalue(who).fresh(), at=AT)


def test_one_wish_at_a_time_and_it_may_be_taken_back(here, clerk, manager):
    row = given(here, clerk, manager)
    asked = asked_for(row, clerk)
    with pytest.raises(StepRefused):
        asked_for(row, clerk)
    withdraw_asked_extension(extension=asked, actor=clerk.fresh(), at=AT)
    assert asked_for(row, clerk).state == ExtensionState.ASKED


# -- overdue, soon, reopening ------------------------------------------------------------------------


def test_without_a_due_date_nothing_is_overdue_or_soon(here):
    make_rectification(branch=here, due_on=None)
    far = date(2030, 1, 1)
    assert not Rectification.objects.filter(overdue(far) | soon(far)).exists()


def test_soon_counts_working_days(here):
    friday = date(2026, 11, 20)
    days = [friday + timedelta(days=n) for n in (0, 3, 5, 6)]
    for day in days:
        make_rectification(branch=here, due_on=day)
    found = Rectification.objects.filter(soon(friday)).order_by("due_on")
    assert [row.due_on for row in found] == days[:3]


def closed_and_back(here, clerk, manager, after):
    """Closes by the end of its policy, and the same finding recurs `after` days later."""
    row = given(here, clerk, manager)
    answer_extension(extension=asked_for(row, clerk, 3), grant=True, actor=manager.fresh(), at=AT)
    closed = AT + timedelta(days=4)
    amend(Policy.objects.get(), status=PolicyStatus.SURRENDERED)
    resweep_subjects(customer_ids=[row.customer_id], at=closed, actor=None)
    assert again(row).state == State.CLOSED
    left = WorkingCalendar().between(closed.date(), again(row).due_on)
    amend(Policy.objects.get(), status=PolicyStatus.IN_FORCE)
    back = closed + timedelta(days=after)
    resweep_subjects(customer_ids=[row.customer_id], at=back, actor=None)
    found = again(row)
    assert (found.state, found.reopened) == (State.OPEN, 1)
    return found, back.date(), left


def test_a_reopened_one_starts_anew(here, clerk, manager):
    found, back, _left = closed_and_back(here, clerk, manager, after=30)
    assert (found.added_days, found.due_on) == (0, WorkingCalendar().after(back, 15))
    assert (found.replied_at, found.reply_due_on) == (None, WorkingCalendar().after(back, 10))


def test_or_goes_on_with_the_days_that_were_left(here, clerk, manager):
    RectificationSettings.objects.update(reopened_clock=ReopenClock.CONTINUE)
    found, back, left = closed_and_back(here, clerk, manager, after=30)
    assert found.added_days == 3
    assert WorkingCalendar().between(back, found.due_on) == left


@pytest.mark.parametrize("policy", ReopenClock.values)
def test_a_person_who_reopens_winds_the_same_clock(policy, here, clerk, manager):
    RectificationSettings.objects.update(reopened_clock=policy)
    row = in_review(here, clerk=clerk, manager=manager)
    walk(rectification=row, action=Action.ACCEPT, actor=manager.fresh(), at=AT + timedelta(days=3))
    due, later = again(row).due_on, AT + timedelta(days=20)
    calendar = WorkingCalendar()
    left = calendar.between((AT + timedelta(days=3)).date(), due)
    reopen_rectification(rectification=row, actor=manager.fresh(), at=later, reason="证明有误")
    wanted = 15 if policy == ReopenClock.RESTART else left
    assert again(row).due_on == calendar.after(later.date(), wanted)


def test_a_person_who_reopens_gives_the_days_of_its_channel(here, clerk, manager):
    ServiceLevel.objects.create(severity=Severity.ERROR, channel="individual", days=9)
    row = in_review(here, clerk=clerk, manager=manager)
    walk(rectification=row, action=Action.ACCEPT, actor=manager.fresh(), at=AT + timedelta(days=3))
    later = AT + timedelta(days=20)
    reopen_rectification(rectification=row, actor=manager.fresh(), at=later, reason="证明有误")
    assert again(row).due_on == WorkingCalendar().after(later.date(), 9)


def test_a_second_defect_of_the_same_subject_does_not_reset_what_was_added(here, clerk, manager):
    row = given(here, clerk, manager)
    answer_extension(extension=asked_for(row, clerk), grant=True, actor=manager.fresh(), at=AT)
    before = again(row).due_on
    resweep_subjects(customer_ids=[row.customer_id, defective(here).pk], at=AT, actor=None)
    assert again(row).due_on == before
