"""A change in words: what it is about, and line by line before and after."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from audits.catalogue import rule_of
from audits.choices import ChangeTarget
from audits.models import RuleChange
from audits.rulebook.proposals import Terms
from audits.rulebook.thresholds import LOOSE_TITLES, threshold_of
from authenticity.choices import Severity
from authenticity.models import Article
from authenticity.models.word import WordList
from customers.personal import label_of

Line = tuple[str, str, str]


def title_of(change: RuleChange) -> str:
    if change.target == ChangeTarget.WORDS:
        return str(dict(WordList.choices).get(change.key, change.key))
    if change.target == ChangeTarget.ARTICLE:
        named = change.before | change.after
        return f"{named.get('law', '')} {named.get('number', '')}".strip() or change.key
    rule = rule_of(change.key)
    return str(rule.message).replace("{field}", "…") if rule else str(LOOSE_TITLES.get(change.key, ""))


def compared(change: RuleChange) -> list[Line]:
    """What is different, and only that."""
    if change.target == ChangeTarget.WORDS:
        return _of_words(change)
    lines = _of_article(change) if change.target == ChangeTarget.ARTICLE else _of_rule(change)
    return [line for line in lines if line[1] != line[2]]


def _of_rule(change: RuleChange) -> list[Line]:
    before, after = Terms.of_json(change.before), Terms.of_json(change.after)
    lines = [
        (_("The rule is on"), _on(before), _on(after)),
        (_("Severity"), _severity(change.key, before), _severity(change.key, after)),
    ]
    for name in {**before.parameters, **after.parameters}:
        threshold = threshold_of(change.key, name)
        values = [_with_unit(terms.parameters.get(name, ""), threshold.unit) for terms in (before, after)]
        lines.append((str(threshold.meaning), values[0], values[1]))
    lines.append((_("Articles"), _articles(change.key, before), _articles(change.key, after)))
    return lines


def _on(terms: Terms) -> str:
    return pgettext("switch", "on") if terms.enabled else pgettext("switch", "off")


def _severity(code: str, terms: Terms) -> str:
    rule = rule_of(code)
    found = terms.severity or (rule.severity if rule else "")
    return str(Severity(found).label) if found else ""


def _with_unit(value: Any, unit: Any) -> str:
    return f"{value} {unit}".strip()


def _articles(code: str, terms: Terms) -> str:
    rule = rule_of(code)
    codes = terms.articles if terms.articles is not None else (rule.articles if rule else ())
    known = {article.code: str(article) for article in Article.objects.filter(code__in=codes)}
    return "；".join(known.get(one, one) for one in codes)


def _of_words(change: RuleChange) -> list[Line]:
    added = [(_("Added"), "", text) for text in change.after["add"]]
    return added + [(_("Taken off"), text, "") for text in change.after["remove"]]


def _of_article(change: RuleChange) -> list[Line]:
    return [
        (
            label_of(Article, name),
            _plain(change.before.get(name)),
            _plain(change.after.get(name)),
        )
        for name in change.after
    ]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return "" if value is None else str(value)
