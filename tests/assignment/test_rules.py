"""The first fitting rule says who gets it: spread evenly, never to the absent, never silently to anyone."""

from __future__ import annotations

from collections import Counter

import pytest

from agents.choices import Post
from agents.models import Agency, Branch
from audits.assignment_reading import plan_for
from audits.choices import Spread
from audits.models import AssignmentMember, AssignmentRule, Rectification
from audits.operations.assigning import assign_by_rule
from audits.operations.rectifications import assign_rectification, unassign_rectification
from authenticity.choices import Severity
from tests.factories import (
    AT,
    TODAY,
    make_branch,
    make_finding,
    make_policy,
    make_rectification,
    make_staff,
)
from tests.personas import Persona, log_in
from workplace.choices import AbsenceReason, Role
from workplace.models import Absence, Notice, Staff


def now():
    return AT


def make_rule(*people: Persona, weights: tuple[int, ...] = (), **values) -> AssignmentRule:
    rule = AssignmentRule.objects.create(**{"name": "规则", **values})
    for place, one in enumerate(people):
        weight = weights[place] if weights else 1
        AssignmentMember.objects.create(rule=rule, staff=one.staff, weight=weight)
    return rule


def clerks(branch: Branch, count: int) -> list[Persona]:
    return [log_in(make_staff(Role.CLERK, branch=branch, name=f"作业{number}")) for number in range(count)]


def send_away(persona: Persona, substitute: Persona | None = None) -> None:
    Absence.objects.create(
        staff=persona.staff,
        since=TODAY,
        until=TODAY,
        substitute=substitute.staff if substitute else None,
        reason=AbsenceReason.LEAVE,
        recorded_by=persona.staff,
        recorded_at=AT,
    )


def lay(branch: Branch, count: int) -> list[Rectification]:
    return [bare(branch) for _turn in range(count)]


def bare(branch: Branch) -> Rectification:
    """One with nobody, of a policy of that branch."""
    return make_rectification(policy=make_policy(branch=branch), branch=branch)


def owners() -> Counter[int]:
    found = Rectification.objects.filter(owner__isnull=False).values_list("owner_id", flat=True)
    return Counter(pk for pk in found if pk)


@pytest.mark.parametrize("way", [Spread.LOAD, Spread.TURN, Spread.WEIGHT])
def test_a_hundred_over_four_clerks_with_one_absent(here: Branch, way: str):
    four = clerks(here, 4)
    send_away(four[1], substitute=four[2])
    make_rule(post=Post.OPERATIONS, spread=way)
    lay(here, 100)

    outcome = assign_by_rule(now=now)

    got = owners()
    assert (sum(got.values()), got[four[1].staff.pk], outcome.refused) == (100, 0, 0)
    shares = [got[one.staff.pk] for one in four if one is not four[1]]
    assert max(shares) - min(shares) <= 1


def test_in_turn_goes_on_where_the_last_run_stopped(here: Branch):
    three = clerks(here, 3)
    make_rule(*three, spread=Spread.TURN)
    for _run in range(4):
        lay(here, 1)
        assign_by_rule(now=now)

    assert [owners()[one.staff.pk] for one in three] == [2, 1, 1]


def test_twice_the_weight_gets_twice_as_many(here: Branch):
    two = clerks(here, 2)
    make_rule(*two, weights=(2, 1), spread=Spread.WEIGHT)
    lay(here, 9)
    assign_by_rule(now=now)

    assert [owners()[one.staff.pk] for one in two] == [6, 3]


def test_whoever_has_least_gets_the_next(here: Branch):
    two = clerks(here, 2)
    for _turn in range(5):
        make_rectification(policy=bare(here).policy, owner=two[0].staff, branch=make_branch(parent=here))
    Rectification.objects.filter(owner__isnull=True).delete()
    make_rule(*two, spread=Spread.LOAD)
    lay(here, 3)
    assign_by_rule(now=now)

    assert [owners()[one.staff.pk] for one in two] == [5, 3]


def test_the_first_rule_by_place_that_fits_decides(here: Branch, elsewhere: Branch, bank: Agency):
    phones, grave, rest = clerks(here, 3)
    make_rule(phones, name="电话", place=1, family="PH")
    make_rule(grave, name="严重", place=2, severity=Severity.BLOCK)
    make_rule(rest, name="其余", place=3, branch=here.parent)
    make_rule(phones, name="停用", place=0, active=False)
    cases = {
        "phone": make_finding(rule="PH-001", rectification=bare(here)),
        "grave": make_finding(rule="ID-001", severity=Severity.BLOCK, rectification=bare(here)),
        "rest": make_finding(rule="AD-001", rectification=bare(here)),
        "not phone": make_finding(rule="PHX-01", rectification=bare(here)),
        "away": make_finding(rule="AD-001", rectification=bare(elsewhere)),
    }
    assign_by_rule(now=now)

    got = {name: Rectification.objects.get(pk=one.rectification_id).owner for name, one in cases.items()}
    assert got == {
        "phone": phones.staff,
        "grave": grave.staff,
        "rest": rest.staff,
        "not phone": rest.staff,
        "away": None,
    }


def test_a_partner_agencys_own_go_to_its_liaison(here: Branch, bank: Agency, partner: Persona):
    make_rule(post=Post.LIAISON)
    of_bank = make_rectification(policy=bare(here).policy, branch=here, agency=bank)
    own = bare(here)
    assign_by_rule(now=now)

    of_bank.refresh_from_db()
    own.refresh_from_db()
    assert (of_bank.owner, own.owner, of_bank.due_on is not None) == (partner.staff, None, True)


def test_no_rule_or_rules_for_agencies_alone_leave_the_others(here: Branch, bank: Agency, clerk: Persona):
    own = bare(here)
    assert assign_by_rule(now=now).given == {}
    make_rule(clerk, agency=bank)
    of_bank = make_rectification(policy=bare(here).policy, branch=here, agency=bank)
    assign_by_rule(now=now)

    own.refresh_from_db()
    of_bank.refresh_from_db()
    assert (own.owner, of_bank.owner) == (None, clerk.staff)


def test_an_empty_pool_goes_to_the_managers_and_silently_to_nobody(
    here: Branch, clerk: Persona, manager: Persona
):
    make_rule(clerk, name="只有一人")
    send_away(clerk)
    lay(here, 3)
    for _run in range(2):
        outcome = assign_by_rule(now=now)

    assert (owners(), sum(outcome.nobody.values())) == (Counter(), 3)
    told = Notice.objects.values_list("recipient_id", "kind", "detail")
    assert list(told) == [(manager.staff.pk, "pool_empty", {"count": 3, "rule": "只有一人"})]


def test_nobody_gets_what_they_may_not_see(here: Branch, clerk_elsewhere: Persona):
    make_rule(clerk_elsewhere)
    lay(here, 1)
    outcome = assign_by_rule(now=now)

    assert (owners(), sum(outcome.nobody.values())) == (Counter(), 1)


def test_what_a_manager_took_back_no_rule_gives_away_again(here: Branch, clerk: Persona, manager: Persona):
    rectification = bare(here)
    assign_rectification(rectification=rectification, owner=clerk.fresh(), actor=manager.fresh(), at=AT)
    unassign_rectification(rectification=rectification, actor=manager.fresh(), at=AT)
    make_rule(clerk)

    assign_by_rule(now=now)
    assert owners() == Counter()
    assign_by_rule(now=now, actor=manager.fresh())
    assert owners() == Counter({clerk.staff.pk: 1})


def test_the_plan_says_what_then_happens(here: Branch):
    make_rule(*clerks(here, 3), spread=Spread.TURN)
    rows = lay(here, 7)
    planned = {given.case: given.owner for given in plan_for(rows, day=TODAY)}
    assert owners() == Counter()

    assign_by_rule(now=now)
    assert dict(Rectification.objects.values_list("pk", "owner_id")) == planned


def test_running_again_changes_nothing(here: Branch):
    make_rule(*clerks(here, 2))
    lay(here, 5)
    assign_by_rule(now=now)
    before = dict(Rectification.objects.values_list("pk", "owner_id"))
    outcome = assign_by_rule(now=now)

    assert (sum(outcome.given.values()), dict(Rectification.objects.values_list("pk", "owner_id"))) == (
        0,
        before,
    )


def test_each_owner_hears_once_how_many(here: Branch, clerk: Persona):
    make_rule(clerk)
    lay(here, 4)
    assign_by_rule(now=now)

    assert [row.detail["count"] for row in Notice.objects.filter(recipient=clerk.staff)] == [4]
    assert Staff.objects.get(pk=clerk.staff.pk).rectifications.count() == 4
