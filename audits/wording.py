"""A finding in the words of its rule, in the language of the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audits.catalogue import rule_of
from authenticity.choices import Tag
from authenticity.rule import label_of

if TYPE_CHECKING:
    from audits.evaluation import Hit
    from audits.models import Finding


def finding_text(finding: Finding) -> str:
    rule = rule_of(finding.rule)
    return rule.text(finding.field) if rule else finding.rule


def finding_remedy(finding: Finding) -> str:
    rule = rule_of(finding.rule)
    return rule.remedy_text(finding.field) if rule else ""


def field_label(finding: Finding) -> str:
    return label_of(finding.field) if finding.field else ""


def tags_of(code: str) -> list[str]:
    rule = rule_of(code)
    return [str(Tag(tag).label) for tag in rule.tags] if rule else []


def hit_text(hit: Hit) -> str:
    return f"{label_of(hit.field)}: {hit.message}"
