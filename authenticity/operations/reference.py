"""What rules compare with and cite, as rows: loaded once, then compliance's own to change."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date

from django.db import transaction

from authenticity.addresses import OUTLET_WORDS
from authenticity.articles import articles
from authenticity.divisions import DATA
from authenticity.models import Article, Division, Word
from authenticity.models.word import WordList
from authenticity.names import COMMON_TEST_NAMES, TEST_NAMES, TITLES
from authenticity.phones import DEFAULT_STRIP_PREFIXES, PLACEHOLDER_NUMBERS
from authenticity.resident_id import SAMPLE_NUMBERS
from authenticity.texts import PLACEHOLDER_WORDS

BATCH = 2_000
DEFAULT_WORDS: dict[str, tuple[str, ...]] = {
    WordList.PLACEHOLDER: PLACEHOLDER_WORDS,
    WordList.PHONE_PREFIX: DEFAULT_STRIP_PREFIXES,
    WordList.PHONE_PLACEHOLDER: PLACEHOLDER_NUMBERS,
    WordList.TEST_NAME: TEST_NAMES,
    WordList.EXAMPLE_NAME: COMMON_TEST_NAMES,
    WordList.TITLE: TITLES,
    WordList.OUTLET_WORD: OUTLET_WORDS,
    WordList.SAMPLE_ID: tuple(SAMPLE_NUMBERS),
}


def load_reference(*, using: str = "default") -> dict[str, int]:
    """Adds what is missing and leaves the rest alone; a list that has any word is compliance's own."""
    with transaction.atomic(using=using):
        return {
            "articles": _load_articles(using),
            "words": _load_words(using),
            "divisions": _load_divisions(using),
        }


def _load_articles(using: str) -> int:
    known = set(Article.objects.using(using).values_list("code", flat=True))
    missing = [
        Article(
            code=each.code,
            law=each.law,
            number=each.number,
            text=each.text,
            inferred=each.inferred,
            province=each.province,
            valid_from=each.valid_from,
            valid_to=each.valid_to,
            carries_out=each.carries_out,
        )
        for each in articles()
        if each.code not in known
    ]
    return len(Article.objects.using(using).bulk_create(missing, ignore_conflicts=True))


def _load_words(using: str) -> int:
    kept = set(Word.objects.using(using).values_list("list", flat=True).distinct())
    missing = [
        Word(list=name, text=text)
        for name, texts in DEFAULT_WORDS.items()
        if name not in kept
        for text in texts
    ]
    return len(Word.objects.using(using).bulk_create(missing, ignore_conflicts=True))


def _load_divisions(using: str) -> int:
    if Division.objects.using(using).exists():
        return 0
    loaded = Division.objects.using(using).bulk_create(_divisions(), batch_size=BATCH, ignore_conflicts=True)
    return len(loaded)


def _divisions() -> Iterator[Division]:
    with (DATA / "divisions.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield Division(
                code=row["code"],
                name=row["name"],
                level=row["level"],
                parent_code=row["parent"],
                valid_from=_day(row["valid_from"]),
                valid_to=_day(row["valid_to"]),
                successor_code=row["successor"],
            )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
