"""docs/rules.md: every code of the catalogue as the rules themselves tell it, and where its test stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.utils import translation

from audits.catalogue import catalogue, notes
from authenticity.articles import articles
from authenticity.choices import Stage
from authenticity.rule import EVERYWHERE, CatalogueNote, Rule

SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Completeness and scope", ("REQ", "SCP")),
    ("Identity documents and their validity", ("ID", "VAL")),
    ("Agencies, sellers, accounts", ("ORG", "BK")),
    ("Phones", ("PH",)),
    ("Addresses", ("AD",)),
    ("Names", ("NM",)),
    ("Relations, beneficiaries, policies, call-back, mobile servicing", ("RB", "PO", "MS")),
    (
        "Real-name selling, notice, identity check, upkeep, partners, images",
        ("RN", "NT", "IC", "CT", "AG", "IMG"),
    ),
    ("What samples show", ("SV",)),
)
STAGES = (
    (Stage.FORM, "form", "while a value is typed, before it is written"),
    (Stage.FILE, "file", "in the preview of an import, over its rows"),
    (Stage.BOOK, "book", "in a sweep, over every record that a policy in scope covers"),
    (Stage.GATE, "gate", "before underwriting, servicing and commission"),
)
HEAD = """\
# Rule catalogue

Written by `manage.py rules --write docs/rules.md` from the rules themselves; a test fails when it is stale.
Codes are permanent. Severities: BLOCK stops underwriting and servicing, ERROR is a defect, WARN is to be
judged by a person, INFO is a hint. Severity and thresholds are defaults, which compliance may overrule.

A rule is one predicate for all stages:
"""
QUOTED = re.compile(r'"([A-Z]{2,3})-(\d{3})"')
OWN_TEST = re.compile(r"def test_([a-z]{2,3})_(\d{3})_")
CELL = re.compile(r"\s*\n\s*|\|")


def document(tests: Mapping[str, list[str]]) -> str:
    """In English, whatever language is on; `tests` names the files in which a code is planted."""
    with translation.override("en"):
        parts = [HEAD + "".join(f"- **{name}**: {meaning}\n" for _stage, name, meaning in STAGES)]
        parts += [_section(title, prefixes, tests) for title, prefixes in SECTIONS]
        parts += [_unasked(), _cited()]
        return "\n".join(parts)


def tests_of(folder: Path) -> dict[str, list[str]]:
    """The test modules that name each code, in a string or as a test of its own; the fullest of it first."""
    named: dict[str, Counter[str]] = {}
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for prefix, number in (*QUOTED.findall(text), *OWN_TEST.findall(text)):
            place = f"tests/rules/{path.relative_to(folder).as_posix()}"
            named.setdefault(f"{prefix.upper()}-{number}", Counter())[place] += 1
    return {code: [path for path, _times in found.most_common()] for code, found in named.items()}


def _section(title: str, prefixes: tuple[str, ...], tests: Mapping[str, list[str]]) -> str:
    rules = [rule for rule in catalogue().values() if _prefix(rule.code) in prefixes]
    others = [note for note in notes().values() if _prefix(note.code) in prefixes]
    text = f"## {title}\n\n"
    if rules:
        text += _table(
            (
                "Code",
                "Severity",
                "Finds",
                "Of",
                "Articles",
                "Asked",
                "Thresholds",
                "Yields to",
                "Serves",
                "Test",
            ),
            (_rule_row(rule, tests) for rule in rules),
        )
    if others:
        text += "\nNo rules:\n\n" + _table(
            ("Code", "State", "Severity", "What it is", "Articles", "Test"),
            (_note_row(note, tests) for note in others),
        )
    return text


def _prefix(code: str) -> str:
    return code.partition("-")[0]


def _rule_row(rule: Rule, tests: Mapping[str, list[str]]) -> tuple[str, ...]:
    return (
        rule.code,
        _severities(rule),
        str(rule.finds),
        ", ".join(rule.roles) or rule.target,
        " ".join(rule.articles),
        "everywhere" if rule.stages == EVERYWHERE else _stages(rule.stages),
        _thresholds(rule.thresholds),
        " ".join(rule.yields_to),
        ", ".join(tag.value.replace("_", " ") for tag in rule.tags),
        _test(rule.code, tests),
    )


def _note_row(note: CatalogueNote, tests: Mapping[str, list[str]]) -> tuple[str, ...]:
    return (
        note.code,
        str(note.state.label) + (f" ({_thresholds(note.thresholds)})" if note.thresholds else ""),
        note.severity.value if note.severity else "",
        str(note.finds),
        " ".join(note.articles),
        _test(note.code, tests),
    )


def _severities(rule: Rule) -> str:
    also = sorted({case.severity.value for case in rule.cases if case.severity} - {rule.severity.value})
    text = rule.severity.value + "".join(f" / {one}" for one in also)
    return text + (f" (old business {rule.historical.value})" if rule.historical else "")


def _stages(stages: Iterable[Stage]) -> str:
    return " ".join(name for stage, name, _meaning in STAGES if stage in stages)


def _thresholds(thresholds: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in thresholds.items())


def _test(code: str, tests: Mapping[str, list[str]]) -> str:
    """Where it is planted, or else wherever it is named."""
    named = tests.get(code, [])
    planted = [path for path in named if "/planted/" in path]
    return " ".join(_link(path) for path in planted[:1] or named[:1])


def _link(path: str) -> str:
    return f"[{path.rpartition('/')[2]}](../{path})"


def _unasked() -> str:
    rows = (
        (rule.code, _stages(rule.stages), str(rule.unasked))
        for rule in catalogue().values()
        if rule.stages != EVERYWHERE
    )
    return "## Rules that are not asked everywhere\n\n" + _table(("Code", "Asked", "Why not elsewhere"), rows)


def _cited() -> str:
    cited = {code for rule in catalogue().values() for code in rule.articles}
    cited |= {code for note in notes().values() for code in note.articles}
    rows = ((one.code, one.law, one.number) for one in articles() if one.code in cited)
    return "## Articles\n\n" + _table(("Code", "Law or notice", "Article"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(CELL.sub(" ", cell) for cell in line) + " |\n" for line in lines)
