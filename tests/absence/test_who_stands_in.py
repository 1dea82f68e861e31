"""While somebody is away the substitute works for them; afterwards all is as before, without any move."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from agents.choices import Post
from agents.models import Agency, Branch
from audits.models import Rectification
from audits.operations.corrections import accept_rectification, submit_rectification
from audits.operations.rectifications import assign_rectification, start_rectification
from audits.timeline import timeline_of
from audits.transitions import StepRefused
from audits.worklists import mine, next_for
from customers.models import Customer
from tests.factories import make_customer, make_rectification, make_staff
from tests.personas import Persona, log_in
from tests.rectification.scenes import good_mobile, opened, willed
from workplace.absences import absent, ends_of, principals_of, stand_ins, uncovered
from workplace.choices import AbsenceReason, Role
from workplace.models import Absence, Notice, Staff
from workplace.operations.absences import (
    AbsenceRefused,
    cut_short,
    name_substitute,
    record_absence,
)
from workplace.operations.corrections import Proposal
from workplace.operations.staff import leave

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
A_WEEK = timedelta(days=6)


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def away(
    who: Persona, substitute: Persona | None, *, since: date = TODAY, until: date | None = None
) -> Absence:
    return record_absence(
        staff=who.fresh(),
        since=since,
        until=until or since + A_WEEK,
        reason=AbsenceReason.LEAVE,
        substitute=substitute.fresh() if substitute else None,
        actor=who.fresh(),
        at=NOW,
    )


def colleague(branch: Branch, name: str) -> Persona:
    return log_in(make_staff(Role.CLERK, branch=branch, name=name))


@pytest.fixture
def second(here: Branch) -> Persona:
    return colleague(here, "乙作业")


@pytest.fixture
def third(here: Branch) -> Persona:
    return colleague(here, "丙作业")


def queue_of(persona: Persona) -> set[int]:
    return set(mine(persona.fresh()).values_list("pk", flat=True))


def owned(branch: Branch, owner: Persona) -> Rectification:
    return make_rectification(branch=branch, owner=owner.staff)


# -- chains ----------------------------------------------------------------------------------------


def test_a_chain_shows_all_to_its_last_person_and_gives_all_back(
    here: Branch, clerk: Persona, second: Persona, third: Persona
):
    of_first, of_second, of_third = owned(here, clerk), owned(here, second), owned(here, third)
    away(clerk, second)
    away(second, third)

    assert queue_of(third) == {of_first.pk, of_second.pk, of_third.pk}
    assert [one.pk for one in principals_of(third.staff, TODAY)] == sorted(
        [clerk.staff.pk, second.staff.pk],
        key=lambda pk: Staff.objects.get(pk=pk).name,
    )

    for absence in Absence.objects.all():
        cut_short(absence=absence, back_on=TODAY, actor=absence.staff, at=NOW)

    assert [queue_of(one) for one in (clerk, second, third)] == [
        {of_first.pk},
        {of_second.pk},
        {of_third.pk},
    ]
    assert set(Rectification.objects.values_list("owner_id", flat=True)) == {
        clerk.staff.pk,
        second.staff.pk,
        third.staff.pk,
    }


def test_each_day_has_its_own_chain(clerk: Persona, second: Persona, third: Persona):
    away(clerk, second, since=day(0), until=day(9))
    away(second, third, since=day(3), until=day(5))

    ends = {number: stand_ins(day(number)).get(clerk.staff.pk) for number in (0, 2, 3, 5, 6, 9, 10)}

    assert ends == {
        0: second.staff.pk,
        2: second.staff.pk,
        3: third.staff.pk,
        5: third.staff.pk,
        6: second.staff.pk,
        9: second.staff.pk,
        10: None,
    }


@pytest.mark.parametrize(
    "links, ends",
    [
        ({1: 2}, {1: 2}),
        ({1: 2, 2: 3}, {1: 3, 2: 3}),
        ({1: 2, 2: 1}, {}),
        ({1: 2, 2: 3, 3: 2}, {}),
        ({1: 2, 2: None}, {}),
        ({1: None}, {}),
        ({1: 3, 2: 3}, {1: 3, 2: 3}),
    ],
)
def test_a_loop_or_an_end_that_is_away_leads_to_nobody(links: dict[int, int | None], ends: dict[int, int]):
    assert ends_of(links) == ends


def test_of_two_absences_of_a_day_the_later_that_names_somebody_holds(
    clerk: Persona, second: Persona, third: Persona
):
    away(clerk, second)
    away(clerk, third)
    away(clerk, None)

    assert stand_ins(TODAY) == {clerk.staff.pk: third.staff.pk}


def test_a_substitute_who_leaves_stands_in_no_more(
    clerk: Persona, second: Persona, administrator: Persona, here: Branch
):
    owned(here, clerk)
    away(clerk, second)
    leave(staff=second.fresh(), actor=administrator.fresh(), at=NOW)

    assert (absent(TODAY), uncovered(TODAY)) == ({clerk.staff.pk}, {clerk.staff.pk})


def test_managers_hear_of_an_absence_that_nobody_covers(here: Branch, clerk: Persona, manager: Persona):
    owned(here, clerk)
    away(clerk, None)

    told = Notice.objects.values_list("recipient_id", "kind")
    assert list(told) == [(manager.staff.pk, "uncovered")]


def test_the_substitute_hears_of_it(clerk: Persona, second: Persona):
    away(clerk, second)

    assert list(Notice.objects.values_list("recipient_id", "kind")) == [(second.staff.pk, "stands_in")]


# -- working for the owner -------------------------------------------------------------------------


def test_the_substitute_submits_for_the_owner_and_the_timeline_says_so(
    here: Branch, clerk: Persona, second: Persona, manager: Persona
):
    given = assign_rectification(
        rectification=opened(here), owner=clerk.fresh(), actor=manager.fresh(), at=NOW
    )
    away(clerk, second)
    submitted = _submitted_by(second, given)

    assert (submitted.state, submitted.owner_id, submitted.submitted_by_id) == (
        "in_review",
        clerk.staff.pk,
        second.staff.pk,
    )
    line = next(line for line in timeline_of(submitted) if line.entry.action == "submit")
    assert (line.entry.actor, line.entry.detail["for"]) == (second.staff, clerk.staff.name)
    assert clerk.staff.name in line.said


def test_neither_the_owner_nor_the_substitute_may_accept_it(here: Branch, manager: Persona):
    first = log_in(make_staff(Role.MANAGER, branch=here, post=Post.MANAGEMENT, name="甲主管"))
    stand_in = log_in(make_staff(Role.MANAGER, branch=here, post=Post.MANAGEMENT, name="乙主管"))
    given = assign_rectification(
        rectification=opened(here), owner=first.fresh(), actor=manager.fresh(), at=NOW
    )
    away(first, stand_in)
    submitted = _submitted_by(stand_in, given)

    for one in (first, stand_in):
        with pytest.raises(StepRefused):
            accept_rectification(rectification=submitted, actor=one.fresh(), at=NOW)
    assert accept_rectification(rectification=submitted, actor=manager.fresh(), at=NOW).state == "closed"


def test_nobody_works_for_an_owner_who_is_there(here: Branch, clerk: Persona, second: Persona):
    rectification = owned(here, clerk)
    away(clerk, second, since=day(1), until=day(2))

    with pytest.raises(StepRefused):
        start_rectification(rectification=rectification, actor=second.fresh(), at=NOW)
    assert queue_of(second) == set()


def test_the_next_one_may_be_of_somebody_absent(here: Branch, clerk: Persona, second: Persona):
    rectification = owned(here, clerk)
    away(clerk, second)

    assert next_for(second.fresh(), but=0) == rectification


def _submitted_by(persona: Persona, rectification: Rectification) -> Rectification:
    assert rectification.customer_id
    proposal = Proposal("customer", rectification.customer_id, "mobile", good_mobile(), "document")
    return submit_rectification(
        rectification=rectification,
        corrections=[proposal],
        will=willed(),
        actor=persona.fresh(),
        at=NOW,
    )


# -- sight -----------------------------------------------------------------------------------------


def test_what_the_owner_sees_by_grant_the_substitute_sees_only_meanwhile(
    here: Branch, elsewhere: Branch, clerk: Persona, second: Persona, manager: Persona
):
    stranger = make_customer(home_branch=elsewhere)
    given = make_rectification(customer=stranger, branch=here)
    assign_rectification(rectification=given, owner=clerk.fresh(), actor=manager.fresh(), at=NOW)

    def sees(persona: Persona) -> bool:
        return Customer.objects.visible_to(persona.fresh()).filter(pk=stranger.pk).exists()

    assert (sees(clerk), sees(second)) == (True, False)
    absence = away(clerk, second)
    assert (sees(clerk), sees(second)) == (True, True)
    cut_short(absence=absence, back_on=TODAY, actor=clerk.fresh(), at=NOW)
    assert (sees(clerk), sees(second)) == (True, False)


def test_an_absence_that_is_over_shows_nothing_without_anything_having_run(
    here: Branch, elsewhere: Branch, clerk: Persona, second: Persona, manager: Persona
):
    stranger = make_customer(home_branch=elsewhere)
    given = make_rectification(customer=stranger, branch=here)
    assign_rectification(rectification=given, owner=clerk.fresh(), actor=manager.fresh(), at=NOW)
    absence = away(clerk, second)
    assert Customer.objects.visible_to(second.fresh()).filter(pk=stranger.pk).exists()

    Absence.objects.filter(pk=absence.pk).update(since=day(-7), until=day(-1))

    assert not Customer.objects.visible_to(second.fresh()).filter(pk=stranger.pk).exists()


# -- what is refused -------------------------------------------------------------------------------


def test_a_substitute_must_see_all_that_the_absent_person_works_on(clerk: Persona, clerk_elsewhere: Persona):
    with pytest.raises(AbsenceRefused) as refusal:
        away(clerk, clerk_elsewhere)
    assert refusal.value.field == "substitute"


def test_an_auditor_is_no_substitute(clerk: Persona, auditor: Persona):
    with pytest.raises(AbsenceRefused):
        away(clerk, auditor)


def test_a_liaison_is_stood_in_for_by_another_of_the_same_agency(
    bank: Agency, partner: Persona, clerk: Persona
):
    other = log_in(make_staff(Role.PARTNER, agency=bank, name="李联络"))
    with pytest.raises(AbsenceRefused):
        away(partner, clerk)
    away(partner, other)

    assert stand_ins(TODAY) == {partner.staff.pk: other.staff.pk}


def test_a_colleague_records_no_absence_of_another_but_the_manager_does(
    clerk: Persona, second: Persona, manager: Persona, elsewhere: Branch
):
    stranger = log_in(make_staff(Role.MANAGER, branch=elsewhere, post=Post.MANAGEMENT))
    for actor in (second, stranger):
        with pytest.raises(AbsenceRefused):
            _recorded(clerk, by=actor)
    assert _recorded(clerk, by=manager).staff_id == clerk.staff.pk


def _recorded(who: Persona, by: Persona) -> Absence:
    return record_absence(
        staff=who.fresh(),
        since=TODAY,
        until=TODAY,
        reason=AbsenceReason.ILLNESS,
        substitute=None,
        actor=by.fresh(),
        at=NOW,
    )


@pytest.mark.parametrize("since, until", [(3, 1), (-5, -1), (0, 400)])
def test_impossible_days_are_refused(clerk: Persona, since: int, until: int):
    with pytest.raises(AbsenceRefused):
        away(clerk, None, since=day(since), until=day(until))


def test_cutting_short_ends_it_the_day_before(clerk: Persona, second: Persona):
    absence = away(clerk, second, since=day(0), until=day(9))
    cut_short(absence=absence, back_on=day(3), actor=clerk.fresh(), at=NOW)

    assert [sorted(absent(day(number))) for number in (2, 3)] == [[clerk.staff.pk], []]


def test_another_substitute_may_be_named_while_it_lasts(clerk: Persona, second: Persona, third: Persona):
    absence = away(clerk, second)
    name_substitute(absence=absence, substitute=third.fresh(), actor=clerk.fresh(), at=NOW)

    assert stand_ins(TODAY) == {clerk.staff.pk: third.staff.pk}
