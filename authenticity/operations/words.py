"""Words and articles, which compliance changes; what reads a list gets a new version."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from authenticity.models import RuleSetting, Word
from authenticity.models.word import WordList

# Which rules a list decides; codes are permanent.
READERS: dict[str, tuple[str, ...]] = {
    WordList.PLACEHOLDER: (
        "REQ-001",
        "REQ-002",
        "REQ-003",
        "REQ-004",
        "REQ-009",
        "ID-010",
        "PH-022",
        "PH-023",
        "RN-001",
        "RN-002",
    ),
    WordList.PHONE_PLACEHOLDER: ("PH-009",),
}


def save_word(*, word: Word, at: datetime) -> Word:
    """Adds or changes one entry; the next sweep judges by it."""
    with transaction.atomic():
        before = Word.objects.filter(pk=word.pk).values_list("list", flat=True).first()
        word.text = word.text.strip()
        word.save()
        raise_versions(codes=_readers({word.list, before or word.list}), at=at)
    return word


def remove_word(*, word: Word, at: datetime) -> None:
    with transaction.atomic():
        raise_versions(codes=_readers({word.list}), at=at)
        word.delete()


def raise_versions(*, codes: Iterable[str], at: datetime) -> None:
    for code in codes:
        RuleSetting.objects.get_or_create(code=code)
        RuleSetting.objects.filter(code=code).update(version=F("version") + 1, updated_at=at)


def _readers(lists: Iterable[str]) -> set[str]:
    return {code for name in lists for code in READERS.get(name, ())}
