"""Two runs of assignment, and two letters, at the same moment: nothing twice, turns and numbers in order."""

from __future__ import annotations

from collections import Counter

from audits.choices import Spread, StepAction
from audits.models import AgencyLetter, AssignmentRule, Rectification, TimelineEntry
from audits.operations.assigning import assign_by_rule
from audits.operations.letters import make_letter
from tests.assignment.test_rules import bare, clerks, make_rule, now
from tests.factories import AT, make_agency, make_rectification
from tests.letters.test_letters import DUE, NOW
from tests.rectification.test_two_clicks_at_once import People, at_once


def test_two_runs_give_each_once_and_keep_the_turns(committed_db):
    people = People()
    three = clerks(people.here, 3)
    rule = make_rule(*three, spread=Spread.TURN)
    for _turn in range(9):
        bare(people.here)

    done = at_once(lambda: assign_by_rule(now=now), lambda: assign_by_rule(now=now))

    assert sorted(sum(one.given.values()) for one in done) == [0, 9]
    owners = Counter(Rectification.objects.values_list("owner_id", flat=True))
    assert owners == {one.staff.pk: 3 for one in three}
    assert AssignmentRule.objects.get(pk=rule.pk).turn == 9
    assert TimelineEntry.objects.filter(action=StepAction.ASSIGN, at=AT).count() == 9


def test_two_letters_at_once_get_two_numbers(committed_db):
    people = People()
    agencies = [make_agency(branch=people.here) for _turn in range(2)]
    for agency in agencies:
        make_rectification(branch=people.here, agency=agency)

    def write(agency, by):
        return lambda: make_letter(agency=agency, text="请更正。", due_on=DUE, actor=by.fresh(), at=NOW)

    made = at_once(write(agencies[0], people.manager), write(agencies[1], people.second))

    assert not [one for one in made if isinstance(one, Exception)], made
    numbers = sorted(AgencyLetter.objects.values_list("number", flat=True))
    assert [number[-5:] for number in numbers] == ["0001号", "0002号"]
