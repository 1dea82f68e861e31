"""Every code is a rule, or said to be none and why; docs/rules.md tells it as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from audits.catalogue import catalogue, notes
from audits.rule_document import SECTIONS
from authenticity.articles import articles
from authenticity.choices import NoteState
from authenticity.rule import EVERYWHERE
from tests.rules.codes import ADDED, NO_RULES, WAITING, WRITTEN

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "rules.md"


def test_every_written_code_is_a_rule_or_said_to_be_none():
    assert set(catalogue()) | set(notes()) == {*WRITTEN, *ADDED}
    assert not set(catalogue()) & set(notes())


def test_only_what_has_no_records_yet_waits():
    assert {code for code, note in notes().items() if note.state == NoteState.WAITS} == set(WAITING)
    assert {code for code, note in notes().items() if note.state != NoteState.WAITS} == set(NO_RULES)


def test_the_document_lists_every_code_with_what_it_finds():
    rows = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    told = {
        cells[0]: cells for line in rows if len(cells := [cell.strip() for cell in line.split("|")[1:-1]]) > 5
    }
    assert {*WRITTEN, *ADDED} <= set(told)
    assert all(told[code][2] or told[code][3] for code in WRITTEN)
    assert all(told[code][-1].startswith("[") for code in {*WRITTEN, *ADDED} - set(WAITING))


def test_the_document_is_what_the_rules_say():
    call_command("rules", check=DOCUMENT)


def test_every_code_has_its_section():
    prefixes = {prefix for _title, of_section in SECTIONS for prefix in of_section}
    assert {code.partition("-")[0] for code in {*WRITTEN, *ADDED}} == prefixes


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_a_rule_says_what_it_finds_whom_it_serves_and_why_a_stage_does_not_ask(code: str):
    rule = catalogue()[code]
    assert str(rule.finds)
    assert rule.tags
    assert rule.stages == EVERYWHERE or str(rule.unasked)
    assert rule.articles


def test_every_article_that_is_cited_is_in_the_library():
    library = {one.code for one in articles()}
    cited = {code for rule in catalogue().values() for code in rule.articles}
    assert cited | {code for note in notes().values() for code in note.articles} <= library


def test_a_rule_yields_only_to_codes_there_are():
    known = {*WRITTEN, *ADDED}
    for rule in catalogue().values():
        assert set(rule.yields_to) <= known
        assert rule.code not in rule.yields_to
    assert all(re.fullmatch(r"[A-Z]{2,3}-\d{3}", code) for code in known)
