"""Words that rules compare with, added and taken off from a day on; a word is never deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q

from authenticity.models import Word

# Told at once and again when it is committed: who keeps words in memory forgets them.
followers: list[Callable[[], None]] = []


def change_words(*, name: str, add: Iterable[str], remove: Iterable[str], effective_from: date) -> None:
    """From that day on the list has these and has not those; whoever calls raises the readers' versions."""
    added, removed = sorted({text.strip() for text in add} - {""}), sorted(set(remove))
    with transaction.atomic():
        of_list = Word.objects.filter(list=name)
        last_day = effective_from - timedelta(days=1)
        standing = of_list.filter(Q(effective_to__isnull=True) | Q(effective_to__gte=effective_from))
        standing.filter(text__in=removed).update(effective_to=last_day)
        known = {word.text: word for word in of_list.select_for_update().filter(text__in=added)}
        for text in added:
            _add(known.get(text) or Word(list=name, text=text), effective_from)
        for forget in followers:
            forget()
            transaction.on_commit(forget)


def _add(word: Word, effective_from: date) -> None:
    """A word that stands, or was only to be taken off later, keeps its first day."""
    gone = word.effective_to is not None and word.effective_to < effective_from
    later = word.effective_from is not None and word.effective_from > effective_from
    if word._state.adding or gone or later:
        word.effective_from = effective_from
    word.effective_to = None
    word.save()
