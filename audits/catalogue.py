"""All rules, collected from the apps that own their subjects."""

from __future__ import annotations

from functools import lru_cache

from agents.rules import RULES as OF_AGENTS
from authenticity.rule import CatalogueNote, Rule
from customers.rules import NOTES as NOTES_OF_CUSTOMERS
from customers.rules import RULES as OF_CUSTOMERS
from policies.rules import NOTES as NOTES_OF_POLICIES
from policies.rules import RULES as OF_POLICIES


@lru_cache(maxsize=1)
def catalogue() -> dict[str, Rule]:
    rules = sorted((*OF_AGENTS, *OF_CUSTOMERS, *OF_POLICIES), key=lambda rule: rule.code)
    found = {rule.code: rule for rule in rules}
    if len(found) != len(rules):
        raise ValueError("a rule code stands twice in the catalogue")
    return found


def notes() -> dict[str, CatalogueNote]:
    """Codes that are no rules: applied elsewhere, not to be used, or waiting for their records."""
    found = sorted((*NOTES_OF_CUSTOMERS, *NOTES_OF_POLICIES), key=lambda note: note.code)
    return {note.code: note for note in found}


def rule_of(code: str) -> Rule | None:
    """None for a code that is retired or another edition's."""
    return catalogue().get(code)


def message_of(code: str, field: str = "") -> str:
    rule = rule_of(code)
    return rule.text(field) if rule else code
