"""Some defects no record shows: samples and call-backs find them, and nobody asks a predicate."""

from __future__ import annotations

import pytest

from audits.catalogue import catalogue, notes
from audits.rulebook.reading import severities_of
from audits.sampling.failures import CODES, DIFFERS
from authenticity.choices import Severity

BY_PEOPLE = ("IMG-001", "MS-003", "PO-002", "PO-003", "SV-001", "SV-002")


@pytest.mark.parametrize("code", BY_PEOPLE)
def test_no_stage_asks_for_them(code: str):
    rule = catalogue()[code]
    assert (rule.cases, rule.stages) == ((), frozenset())
    assert severities_of(rule) == {rule.severity}
    assert severities_of(rule, "BLOCK") == {Severity.BLOCK}
    assert code not in notes()


def test_whatever_a_sample_finds_has_its_words():
    assert {*CODES.values(), DIFFERS} <= catalogue().keys()
