"""Figures as of a day are told from episodes, whatever was corrected, moved or judged anew since."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from audits.asof import findings_as_of
from authenticity.operations.settings import change_setting
from tests.factories import AT, make_agency
from tests.rules.book import amend, another_holder, clean_book, rewrite
from tests.sweep.sweeping import sweep

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def figures(at) -> Counter:
    rows = findings_as_of(at).values_list(
        "finding__rule", "severity", "answering_branch__number", "answering_agency__number"
    )
    return Counter(rows)


def test_last_weeks_figures_are_reproduced_after_todays_corrections():
    book = clean_book()
    other = another_holder(book)
    rewrite(book.holder, mobile="1392046185", address="")
    rewrite(other, mobile="1392046186")
    sweep(AT)
    told = figures(AT)
    assert sum(told.values()) == 3

    rewrite(book.holder, mobile="13757219364")
    amend(book.policy, agency=make_agency(branch=book.branch))
    change_setting(code="PH-001", enabled=True, severity="BLOCK", parameters={}, at=AT + WEEK)
    sweep(AT + WEEK)

    assert figures(AT + timedelta(days=3)) == told
    now = figures(AT + WEEK)
    assert now != told
    assert {(rule, severity) for rule, severity, *_rest in now} == {("REQ-003", "BLOCK"), ("PH-001", "BLOCK")}


def test_nothing_is_told_before_the_first_sweep():
    book = clean_book()
    rewrite(book.holder, address="")
    sweep(AT)
    assert not findings_as_of(AT - timedelta(seconds=1)).exists()


def test_a_finding_that_was_closed_and_reopened_is_told_in_its_gap():
    book = clean_book()
    good = book.holder.mobile
    for days, number in ((0, "1392046185"), (2, good), (4, "1392046185")):
        rewrite(book.holder, mobile=number)
        sweep(AT + timedelta(days=days))
    held = [findings_as_of(AT + timedelta(days=day)).count() for day in (1, 3, 5)]
    assert held == [1, 0, 1]
