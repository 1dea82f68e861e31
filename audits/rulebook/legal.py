"""What rules stand on: the articles that are in force on a day, and those of a province where one applies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from django.db.models import Count, Q

from agents.models import Branch
from audits.catalogue import catalogue, notes
from audits.choices import FindingState
from audits.models import Finding
from authenticity.choices import NoteState
from authenticity.models import Article, Division
from authenticity.queries import settings_on
from authenticity.rule import Rule
from workplace.models import Staff

RowT = TypeVar("RowT")
APPLIED = (NoteState.FILTER, NoteState.NORMALISE)


def in_force(article: Article, day: date) -> bool:
    begun = article.valid_from is None or article.valid_from <= day
    return begun and (article.valid_to is None or article.valid_to >= day)


def cited(rule: Rule, chosen: Mapping[str, list[str] | None]) -> tuple[str, ...]:
    """The codes that compliance chose for the rule, or its own."""
    own = chosen.get(rule.code)
    return rule.articles if own is None else tuple(own)


class Library:
    """The articles and who cites them on a day, or only what `rules` stand on; two queries."""

    def __init__(self, today: date, rules: Mapping[str, Rule] | None = None) -> None:
        self.today = today
        rows = settings_on(today, None if rules is None else rules.keys())
        self._chosen = {code: row.articles for code, row in rows.items()}
        articles = Article.objects.order_by("pk")
        if rules is not None:
            wanted = {code for rule in rules.values() for code in cited(rule, self._chosen)}
            articles = articles.filter(Q(code__in=wanted) | Q(carries_out__in=wanted))
        self.articles = {article.code: article for article in articles}
        self._local: defaultdict[str, list[Article]] = defaultdict(list)
        for article in self.articles.values():
            if article.carries_out and in_force(article, today):
                self._local[article.carries_out].append(article)

    @property
    def has_local(self) -> bool:
        return any(article.province for article in self.articles.values())

    def of(self, rule: Rule, province: str = "") -> list[Article]:
        """What a finding of the rule stands on; with a province, its own texts too, and only those."""
        found = [self.articles[code] for code in cited(rule, self._chosen) if code in self.articles]
        local = [each for article in found for each in self._local[article.code]]
        everything = {article.code: article for article in (*found, *local)}.values()
        return [one for one in everything if one.province in ("", province) and in_force(one, self.today)]

    def with_local(self, rule: Rule) -> list[Article]:
        """As `of`, with the texts of every province."""
        found = [self.articles[code] for code in cited(rule, self._chosen) if code in self.articles]
        local = [each for article in found for each in self._local[article.code]]
        return list({article.code: article for article in (*found, *local)}.values())

    def rules_under(self) -> dict[str, list[Rule]]:
        """By article, the rules that cite it, directly or through the article that it carries out."""
        under: defaultdict[str, list[Rule]] = defaultdict(list)
        for rule in catalogue().values():
            for article in self.with_local(rule):
                under[article.code].append(rule)
        return under


@dataclass
class Covered:
    """One article with what holds it: rules and their open findings, or a control outside the system."""

    article: Article
    rules: list[tuple[Rule, int]] = field(default_factory=list)
    open: int = 0
    applied: list[str] = field(default_factory=list)
    """Codes that are no rules but hold it: what decides the scope, what is put right when written."""
    waits: list[str] = field(default_factory=list)
    """Codes that would hold it, once their records exist."""

    @property
    def bare(self) -> bool:
        return not (self.rules or self.applied or self.article.control)


def coverage(*, staff: Staff, today: date) -> list[Covered]:
    """Open findings as far as the reader sees them; one of a province counts those of branches there."""
    library = Library(today)
    counts = _open_counts(staff)
    under = library.rules_under()
    found = []
    for article in library.articles.values():
        rules = [(rule, _count(counts, rule.code, article.province)) for rule in under.get(article.code, [])]
        cite = [note for note in notes().values() if article.code in note.articles]
        applied = [note.code for note in cite if note.state in APPLIED]
        waits = [note.code for note in cite if note.state == NoteState.WAITS]
        found.append(Covered(article, rules, sum(number for _rule, number in rules), applied, waits))
    return found


def by_law(rows: Iterable[RowT], law_of: Callable[[RowT], str]) -> list[tuple[str, list[RowT]]]:
    """The laws in the order in which they first come."""
    laws: dict[str, list[RowT]] = {}
    for row in rows:
        laws.setdefault(law_of(row), []).append(row)
    return list(laws.items())


def _open_counts(staff: Staff) -> dict[str, dict[str, int]]:
    """By rule and by the province of the branch that answers."""
    seen = Finding.objects.visible_to(staff).filter(state=FindingState.OPEN).order_by()
    counts: defaultdict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    provinces = provinces_of_branches()
    for rule, branch, number in seen.values_list("rule", "answering_branch").annotate(n=Count("pk")):
        counts[rule][provinces.get(branch, "")] += number
    return counts


def _count(counts: Mapping[str, Mapping[str, int]], rule: str, province: str) -> int:
    of_rule = counts.get(rule, {})
    return of_rule.get(province, 0) if province else sum(of_rule.values())


def province_of(code: str) -> str:
    """The six digits of the province that a division lies in."""
    return f"{code[:2]}0000" if code[:2].isdigit() else ""


def provinces_of_branches() -> dict[int, str]:
    """Each branch's province: its own, or that of the branch above it; one query."""
    rows = {
        pk: (parent, code) for pk, parent, code in Branch.objects.values_list("pk", "parent", "province_code")
    }

    def of(pk: int | None) -> str:
        if pk is None or pk not in rows:
            return ""
        parent, code = rows[pk]
        return province_of(code) or of(parent)

    return {pk: of(pk) for pk in rows}


def under_article(code: str, today: date, *, rule: str = "rule") -> Q:
    """Findings that stand on it: of the rules that cite it and, with a province, of branches there.

    `rule` is the path to the rule's code.
    """
    library = Library(today)
    article = library.articles.get(code)
    if article is None:
        return Q(pk__in=[])
    rules = [each.code for each in library.rules_under().get(code, [])]
    if not article.province:
        return Q(**{f"{rule}__in": rules})
    there = [pk for pk, province in provinces_of_branches().items() if province == article.province]
    return Q(**{f"{rule}__in": rules}, answering_branch__in=there)


def province_names(codes: Iterable[str]) -> dict[str, str]:
    return dict(Division.objects.filter(code__in=set(codes) - {""}).values_list("code", "name"))
