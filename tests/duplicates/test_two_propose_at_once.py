"""Two people propose merges of one customer at the same moment: the second one is told by name."""

from __future__ import annotations

import pytest

from audits.models import Merge
from audits.operations.merging import MergeRefused, propose_merge
from customers.models import Customer, DuplicatePair
from tests import factories as make
from tests.duplicates.people import again, found, one
from tests.factories import AT
from tests.rectification.test_two_clicks_at_once import at_once
from workplace.choices import Role
from workplace.models import Staff


@pytest.mark.parametrize("place", ["survivor", "loser"])
def test_the_second_proposal_is_refused_by_name(committed_db: object, place: str):
    here = make.make_branch(name="临江中心支公司")
    shared = one(home_branch=here)
    others = [again(shared), again(shared)]
    pairs = found()
    people = [make.make_staff(Role.CLERK, branch=here, name=name) for name in ("段作业", "何作业")]

    def proposing(pair: DuplicatePair, other: Customer, actor: Staff):
        survivor = shared if place == "survivor" else other
        return lambda: propose_merge(
            pair=pair, survivor=survivor, choices=(), note="同一人", actor=actor, at=AT
        )

    acts = [
        proposing(pairs[frozenset({shared.pk, other.pk})], other, actor)
        for other, actor in zip(others, people, strict=True)
    ]
    told = at_once(*acts)
    (refusal,) = [answer for answer in told if isinstance(answer, Exception)]
    (merge,) = Merge.objects.all()
    assert isinstance(refusal, MergeRefused)
    assert shared.number in str(refusal)
    assert merge.proposed_by.name in str(refusal)
