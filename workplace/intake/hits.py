"""Where the rules plug in: what they say of records just written, and what follows once a file is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workplace.models import ImportBatch, Staff

Hit = dict[str, str]
RuleHits = Callable[[str, Sequence[int]], dict[int, list[Hit]]]
AfterApply = Callable[["ImportBatch", datetime], None]

AfterLoad = Callable[[str, "Staff | None", datetime, str], None]
AfterValue = Callable[[str, int, datetime, "Staff | None"], None]
HitWords = Callable[[str, str], str]

_after_load: list[AfterLoad] = []
_after_value: list[AfterValue] = []
_hit_words: list[HitWords] = []
_rule_hits: list[RuleHits] = []
_after_apply: list[AfterApply] = []


def register_rule_hits(hook: RuleHits) -> None:
    """`hook(kind, record_ids)` gives per record its hits: code, severity, field; words come at display."""
    _rule_hits.append(hook)


def register_after_apply(hook: AfterApply) -> None:
    """`hook(batch, at)` runs in the transaction that ends an import; its records carry that batch."""
    _after_apply.append(hook)


def register_hit_words(hook: HitWords) -> None:
    """`hook(code, field)` is the sentence of a rule in the current language."""
    _hit_words.append(hook)


def words_of_hit(hit: Hit) -> str:
    return next((hook(hit["code"], hit.get("field", "")) for hook in _hit_words), hit["code"])


def rule_hits(kind: str, record_ids: Sequence[int]) -> dict[int, list[Hit]]:
    found: dict[int, list[Hit]] = {}
    for hook in _rule_hits:
        for record_id, hits in hook(kind, record_ids).items():
            found.setdefault(record_id, []).extend(hits)
    return found


def after_apply(batch: ImportBatch, at: datetime) -> None:
    for hook in _after_apply:
        hook(batch, at)


def register_after_load(hook: AfterLoad) -> None:
    """`hook(kind, actor, at, key)` runs once a large file, or one from the command line, has written rows.

    Twice with one `key` is once.
    """
    _after_load.append(hook)


def after_load(kind: str, actor: Staff | None, at: datetime, key: str) -> None:
    for hook in _after_load:
        hook(kind, actor, at, key)


def register_after_value(hook: AfterValue) -> None:
    """`hook(record_kind, record_id, at, actor)` runs in the transaction that took a file's value."""
    _after_value.append(hook)


def after_value(record_kind: str, record_id: int, at: datetime, actor: Staff | None) -> None:
    for hook in _after_value:
        hook(record_kind, record_id, at, actor)
