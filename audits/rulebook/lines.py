"""The rule book as a list: each rule with its setting of today, what waits, and what is no rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.utils.functional import Promise

from audits.catalogue import catalogue, notes
from audits.choices import ChangeState, ChangeTarget, FindingState
from audits.models import Finding, RuleChange
from audits.rulebook.legal import Library
from audits.rulebook.proposals import Terms, terms_of
from audits.rulebook.thresholds import LOOSE, LOOSE_TITLES, threshold_of
from authenticity.choices import NoteState, Tag
from authenticity.models import Article, RuleSetting
from authenticity.queries import settings_on
from authenticity.rule import CatalogueNote, Rule
from workplace.models import Staff

Term = tuple[str | Promise, Any, str | Promise]


@dataclass(frozen=True)
class RuleLine:
    """`waiting` is the change of it that a second person has to decide; `later` one that has its day."""

    rule: Rule
    terms: Terms
    version: int
    articles: list[Article]
    open: int
    waiting: RuleChange | None = None
    later: RuleSetting | None = None

    @property
    def code(self) -> str:
        return self.rule.code

    @property
    def enabled(self) -> bool:
        return self.terms.enabled

    @property
    def severity(self) -> str:
        return self.terms.severity or self.rule.severity

    @property
    def text(self) -> str:
        return str(self.rule.message).replace("{field}", "…")

    @property
    def tags(self) -> list[str | Promise]:
        return [Tag(tag).label for tag in self.rule.tags]

    @property
    def thresholds(self) -> list[Term]:
        return terms_in_words(self.code, self.terms.parameters)


@dataclass(frozen=True)
class LooseLine:
    """A setting that is no rule."""

    code: str
    title: str | Promise
    version: int
    thresholds: list[Term]
    waiting: RuleChange | None


def terms_in_words(code: str, parameters: Mapping[str, Any]) -> list[Term]:
    found = []
    for name, value in parameters.items():
        threshold = threshold_of(code, name)
        found.append((threshold.meaning, value, threshold.unit))
    return found


def rule_lines(*, staff: Staff, today: date, codes: Iterable[str] | None = None) -> list[RuleLine]:
    """Open findings as far as the reader sees them."""
    settings, library = settings_on(today), Library(today)
    waiting, later = _waiting(), _later(today)
    seen = Finding.objects.visible_to(staff).filter(state=FindingState.OPEN)
    if codes is not None:
        seen = seen.filter(rule__in=codes)
    opened: dict[str, int] = dict(seen.order_by().values_list("rule").annotate(n=Count("pk")))
    rules = catalogue()
    return [
        RuleLine(
            rule=rules[code],
            terms=terms_of(code, settings.get(code)),
            version=settings[code].version if code in settings else 1,
            articles=library.of(rules[code]),
            open=opened.get(code, 0),
            waiting=waiting.get(code),
            later=later.get(code),
        )
        for code in (rules if codes is None else codes)
    ]


def loose_lines(today: date) -> list[LooseLine]:
    settings, waiting = settings_on(today), _waiting()
    return [
        LooseLine(
            code=code,
            title=LOOSE_TITLES[code],
            version=settings[code].version if code in settings else 1,
            thresholds=terms_in_words(code, terms_of(code, settings.get(code)).parameters),
            waiting=waiting.get(code),
        )
        for code in LOOSE
    ]


def waiting_notes() -> list[CatalogueNote]:
    return [note for note in notes().values() if note.state == NoteState.WAITS]


def _waiting() -> dict[str, RuleChange]:
    rows = RuleChange.objects.filter(target=ChangeTarget.RULE, state=ChangeState.PROPOSED)
    return {row.key: row for row in rows.select_related("proposed_by")}


def _later(today: date) -> dict[str, RuleSetting]:
    """The next version that has its day still before it."""
    rows = RuleSetting.objects.filter(effective_from__gt=today).order_by("-effective_from")
    return {row.code: row for row in rows}
