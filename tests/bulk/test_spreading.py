"""Who gets the next one: the same way in the preview and in the job, from the same beginning."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from audits.spreading import Plan, Share, Spreading, planned

LU, CHEN, DUAN = 1, 2, 3
EVERYWHERE = {LU, CHEN, DUAN}


def gifts(spreading, count):
    return [spreading.take(EVERYWHERE) for _one in range(count)]


def test_by_load_whoever_has_least_gets_the_next():
    spreading = Spreading([Share(LU, has=3), Share(CHEN, has=1), Share(DUAN, has=0)])
    assert gifts(spreading, 5) == [DUAN, CHEN, DUAN, CHEN, DUAN]


def test_by_weight_twice_the_weight_gets_twice_as_many():
    spreading = Spreading([Share(LU, weight=2), Share(CHEN, weight=1)], "weight")
    taken = gifts(spreading, 300)
    assert (taken.count(LU), taken.count(CHEN)) == (200, 100)


def test_in_turn_nobody_gets_two_more_than_another_whatever_they_have():
    spreading = Spreading([Share(LU, has=100), Share(CHEN), Share(DUAN)], "turn")
    assert gifts(spreading, 7) == [LU, CHEN, DUAN, LU, CHEN, DUAN, LU]


def test_what_fits_none_of_the_chosen_goes_to_nobody():
    assert Spreading([Share(LU)]).take({CHEN}) is None


@pytest.mark.parametrize("way", ["load", "weight", "turn"])
@given(before=some.integers(0, 40), after=some.integers(0, 40))
def test_a_run_that_was_broken_off_goes_on_as_if_it_had_not(way, before, after):
    shares = [Share(LU, 3, 2), Share(CHEN, 0, 1), Share(DUAN, 7, 5)]
    whole = Spreading([Share(one.staff, one.has, one.weight) for one in shares], way)
    broken = Spreading(shares, way)
    expected = gifts(whole, before + after)
    first = gifts(broken, before)
    second = gifts(Spreading.of(broken.as_json(), broken.state), after)
    assert first + second == expected


def test_the_plan_tells_who_stays_and_whom_nobody_reaches():
    near, far, another = 7, 8, 99
    rows = [(near, None, LU), (near, None, another), (near, None, None), (far, None, None)]
    reach = {near: EVERYWHERE, far: set()}
    plan = planned(rows, Spreading([Share(LU), Share(CHEN)]), lambda branch, _agency: reach[branch])
    assert plan == Plan([Share(LU, given=1), Share(CHEN, given=1)], stay=1, nobody=1)
