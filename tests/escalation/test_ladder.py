"""The ladder: the clock moves, and each step is told exactly once, to whoever answers then."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count

import pytest
from django.utils.timezone import make_aware

from agents.choices import Post
from audits.choices import RectificationState as State
from audits.models import Escalation, EscalationStep, Rectification
from audits.operations.escalation import escalate
from audits.operations.rectifications import assign_rectification
from customers.choices import ContactChannel, ContactOutcome, ContactPoint
from customers.models import ContactAttempt
from tests.factories import make_rectification, make_staff
from tests.rectification.scenes import opened
from workplace.choices import AbsenceReason, Role
from workplace.models import Absence, Notice
from workplace.notices import line_in

pytestmark = pytest.mark.django_db
DUE = date(2026, 11, 20)  # a Friday
STEPS = {-3: date(2026, 11, 17), 0: DUE, 1: date(2026, 11, 23), 5: date(2026, 11, 27)}
GIVEN = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
_keys = count(1)


def moment(day, hour=9):
    return make_aware(datetime.combine(day, time(hour)))


def run(day, hour=9):
    return escalate(today=day, at=moment(day, hour))


def run_through(first, last):
    """Every day at several hours, as the clock would."""
    for number in range((last - first).days + 1):
        for hour in (0, 9, 23):
            run(first + timedelta(days=number), hour)


def ours(branch, persona, *, due=DUE, assigned_at=GIVEN, **values):
    rectification = make_rectification(branch=branch, owner=persona.staff, due_on=due, **values)
    Rectification.objects.filter(pk=rectification.pk).update(assigned_at=assigned_at)
    rectification.refresh_from_db()
    return rectification


def told(person):
    """Day and title of each message, in order."""
    rows = Notice.objects.filter(recipient=person.staff, kind__startswith="escalation").order_by("pk")
    return [(row.made_at.astimezone().date(), line_in(row, "en").title) for row in rows]


def test_each_step_is_told_once_and_on_its_day(here, clerk, manager, compliance):
    number = ours(here, clerk).number
    run_through(date(2026, 11, 2), date(2026, 12, 20))
    assert told(clerk) == [
        (STEPS[-3], f"{number} is due in 3 working days"),
        (STEPS[0], f"{number} is due today"),
    ]
    assert told(manager) == [(STEPS[1], f"{number} has been overdue for 1 working day")]
    assert told(compliance) == [(STEPS[5], f"{number} has been overdue for 5 working days")]
    assert Escalation.objects.count() == 4


def test_reassigning_silences_the_old_owner_and_gives_the_new_one_no_backlog(here, clerk, manager):
    colleague = make_staff(Role.CLERK, branch=here)
    rectification = ours(here, clerk)
    run_through(date(2026, 11, 16), date(2026, 11, 18))
    assign_rectification(
        rectification=rectification,
        owner=colleague,
        actor=manager.fresh(),
        at=moment(date(2026, 11, 18), 12),
    )
    run_through(date(2026, 11, 18), date(2026, 11, 22))
    assert [day for day, _title in told(clerk)] == [STEPS[-3]]
    steps = Notice.objects.filter(recipient=colleague, kind="escalation")
    assert [row.detail["days"] for row in steps] == [0]


def test_what_the_old_owner_has_not_read_is_silenced(here, clerk, manager):
    colleague = make_staff(Role.CLERK, branch=here)
    rectification = ours(here, clerk)
    run(STEPS[-3])
    waiting = Notice.objects.filter(recipient=clerk.staff, kind="escalation", read_at__isnull=True)
    assert waiting.count() == 1
    at = moment(STEPS[-3], 10)
    assign_rectification(rectification=rectification, owner=colleague, actor=manager.fresh(), at=at)
    run(STEPS[-3], 11)
    assert waiting.count() == 0


def test_a_number_of_many_is_silenced_with_the_last_of_them(here, clerk, manager):
    colleague = make_staff(Role.CLERK, branch=here)
    rows = [ours(here, clerk) for _one in range(4)]
    run(STEPS[-3])
    waiting = Notice.objects.filter(recipient=clerk.staff, kind="escalation", read_at__isnull=True)
    assert waiting.get().detail["count"] == 4
    for hour, moved in enumerate((rows[:1], rows[1:]), start=10):
        at = moment(STEPS[-3], hour)
        for row in moved:
            assign_rectification(rectification=row, owner=colleague, actor=manager.fresh(), at=at)
        run(STEPS[-3], hour)
        assert [one.detail["count"] for one in waiting.all()] == ([3] if len(moved) == 1 else [])


@pytest.mark.parametrize("values", [{"due_on": date(2026, 12, 4)}, {"paused_at": GIVEN}])
def test_what_was_given_more_time_or_stands_still_is_silenced(values, here, clerk):
    rectification = ours(here, clerk)
    run(STEPS[-3])
    Rectification.objects.filter(pk=rectification.pk).update(**values)
    run(STEPS[-3], 12)
    assert not Notice.objects.filter(kind="escalation", read_at__isnull=True).exists()


@pytest.mark.parametrize("values", [{"state": State.CLOSED, "closed_at": GIVEN}, {"paused_at": GIVEN}])
def test_what_managers_have_not_read_is_silenced_with_it(values, here, clerk, manager):
    rectification = ours(here, clerk)
    run(STEPS[1])
    waiting = Notice.objects.filter(recipient=manager.staff, kind="escalation_lead", read_at__isnull=True)
    assert waiting.count() == 1
    Rectification.objects.filter(pk=rectification.pk).update(**values)
    run(STEPS[1], 12)
    assert waiting.count() == 0


@pytest.mark.parametrize("values", [{"paused_at": GIVEN}, {"state": State.CLOSED, "closed_at": GIVEN}])
def test_a_pause_and_a_closure_are_silent(values, here, clerk, manager, compliance):
    rectification = ours(here, clerk)
    Rectification.objects.filter(pk=rectification.pk).update(**values)
    run_through(date(2026, 11, 10), date(2026, 12, 10))
    assert Escalation.objects.exists() is False
    assert Notice.objects.filter(kind__startswith="escalation").exists() is False


def test_another_due_date_begins_the_ladder_anew(here, clerk):
    rectification = ours(here, clerk)
    run(STEPS[-3])
    Rectification.objects.filter(pk=rectification.pk).update(due_on=date(2026, 11, 27))
    run_through(STEPS[-3], date(2026, 11, 27))
    assert [day for day, _title in told(clerk)] == [STEPS[-3], date(2026, 11, 24), date(2026, 11, 27)]


def test_once_handed_in_its_owner_is_left_in_peace(here, clerk, manager):
    rectification = ours(here, clerk)
    for state in (State.IN_PROGRESS, State.IN_REVIEW):
        Rectification.objects.filter(pk=rectification.pk).update(state=state)
    run_through(date(2026, 11, 16), date(2026, 11, 24))
    assert told(clerk) == []
    assert [day for day, _title in told(manager)] == [STEPS[1]]


def test_a_step_that_was_missed_is_told_as_it_is_then_and_an_older_one_not_at_all(here, clerk):
    number = ours(here, clerk).number
    monday = date(2026, 11, 23)
    run(monday)
    assert told(clerk) == [(monday, f"{number} has been overdue for 1 working day")]


def test_what_is_long_past_is_not_told_any_more(here, clerk, manager, compliance):
    ours(here, clerk, due=date(2026, 9, 1), assigned_at=datetime(2026, 8, 1, tzinfo=UTC))
    run(DUE)
    assert Escalation.objects.exists() is False


def away(person, substitute, since, until):
    return Absence.objects.create(
        staff=person.staff,
        substitute=substitute.staff if substitute else None,
        since=since,
        until=until,
        reason=AbsenceReason.LEAVE,
        recorded_by=person.staff,
        recorded_at=GIVEN,
    )


def test_whoever_stands_in_is_told_while_the_owner_is_away(here, clerk, administrator):
    ours(here, clerk)
    away(clerk, administrator, STEPS[-3], STEPS[-3])
    run_through(STEPS[-3], DUE)
    assert [day for day, _title in told(administrator)] == [STEPS[-3]]
    assert [day for day, _title in told(clerk)] == [DUE]


def test_without_anybody_to_stand_in_the_managers_are_told(here, clerk, manager):
    ours(here, clerk)
    away(clerk, None, STEPS[-3], STEPS[-3])
    run(STEPS[-3])
    assert [day for day, _title in told(manager)] == [STEPS[-3]]


def test_a_step_that_reaches_nobody_waits_for_somebody(here, clerk):
    ours(here, clerk)
    run(STEPS[1])
    assert Escalation.objects.filter(step__to="manager").exists() is False
    leader = make_staff(Role.MANAGER, branch=here, post=Post.MANAGEMENT)
    run(STEPS[1], 12)
    assert Notice.objects.get(recipient=leader).detail["days"] == 1


def test_more_than_three_at_once_are_one_message(here, clerk):
    for _one in range(4):
        ours(here, clerk)
    run_through(STEPS[-3], STEPS[-3])
    assert told(clerk) == [(STEPS[-3], "4 of your rectifications are due within 3 working days")]
    assert Escalation.objects.count() == 4
    ours(here, clerk)
    run(STEPS[-3], 12)
    assert len(told(clerk)) == 2


def test_a_step_that_is_switched_off_is_not_told(here, clerk):
    EscalationStep.objects.filter(days=-3).update(active=False)
    ours(here, clerk)
    run(STEPS[-3])
    assert told(clerk) == []


def test_it_costs_the_same_for_one_and_for_fifty(here, clerk, django_assert_max_num_queries):
    for _one in range(50):
        ours(here, clerk)
    with django_assert_max_num_queries(30):
        assert run(STEPS[-3]).steps == 50


def test_a_new_assignment_is_no_reason_for_a_late_reminder(here, clerk, manager):
    rectification = opened(here)
    Rectification.objects.filter(pk=rectification.pk).update(due_on=DUE)
    rectification.refresh_from_db()
    at = moment(date(2026, 11, 19))
    assign_rectification(rectification=rectification, owner=clerk.fresh(), actor=manager.fresh(), at=at)
    run(date(2026, 11, 19), 10)
    assert told(clerk) == []
    run(DUE)
    assert len(told(clerk)) == 1


# -- three days before the end, a visit (requirement 165) ---------------------------------------------


def attempt(rectification, channel, outcome, day=date(2026, 11, 10)):
    return ContactAttempt.objects.create(
        customer=rectification.customer,
        channel=channel,
        point=ContactPoint.MOBILE,
        key=next(_keys),
        outcome=outcome,
        tried_at=moment(day),
        recorded_at=moment(day),
    )


def visits(person):
    return list(Notice.objects.filter(recipient=person.staff, kind="visit"))


@pytest.fixture
def called(here, clerk):
    rectification = ours(here, clerk, opened_at=GIVEN)
    attempt(rectification, ContactChannel.CALL, ContactOutcome.FAILED)
    return rectification


def test_failed_calls_become_a_visit_three_days_before_the_end(called, clerk):
    run_through(date(2026, 11, 10), date(2026, 11, 16))
    assert visits(clerk) == []
    run_through(STEPS[-3], DUE)
    (notice,) = visits(clerk)
    assert notice.link == f"/rectifications/{called.pk}/"
    assert called.timeline.filter(action="visit_asked").count() == 1


@pytest.mark.parametrize(
    ("channel", "outcome"),
    [
        (ContactChannel.CALL, ContactOutcome.DELIVERED),
        (ContactChannel.VISIT, ContactOutcome.FAILED),
        (ContactChannel.VISIT, ContactOutcome.DELIVERED),
    ],
)
def test_whoever_was_reached_or_visited_needs_none(channel, outcome, called, clerk):
    attempt(called, channel, outcome, date(2026, 11, 12))
    run_through(STEPS[-3], DUE)
    assert visits(clerk) == []


def test_without_a_failed_call_nobody_is_sent_out(here, clerk):
    ours(here, clerk, opened_at=GIVEN)
    run_through(STEPS[-3], DUE)
    assert visits(clerk) == []
