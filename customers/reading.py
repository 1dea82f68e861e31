"""What stored facts read of the editable lists, as it stands now: asked at most every half minute.

Each process looks for itself; whatever it derives in between says by its version how it was read, so that it
is derived anew.
"""

from __future__ import annotations

import time

from django.db.models import Case, Max, When
from django.db.models.functions import Now, TruncDate

from authenticity.models import RuleSetting, Word
from authenticity.models.word import WordList
from authenticity.queries import in_force
from authenticity.rule import FACTS
from customers import editions
from customers.editions import Reading

HOLDS = 30.0
_known: list[tuple[float, Reading]] = []


def current_reading() -> Reading:
    if not _known or time.monotonic() - _known[0][0] > HOLDS:
        _known[:] = [(time.monotonic(), stored_reading())]
    return _known[0][1]


def forget_reading() -> None:
    """Called where a list changes, so that this process does not wait."""
    _known.clear()


def stored_reading() -> Reading:
    """By the day of the database; a list that was never loaded is as delivered."""
    today = TruncDate(Now())
    rows = Word.objects.filter(list=WordList.PHONE_PREFIX).aggregate(last=Max("pk"))
    if rows["last"] is None:
        return Reading()
    words = Word.objects.filter(in_force(today), list=WordList.PHONE_PREFIX).values_list("text", flat=True)
    begun = Case(When(effective_from__isnull=True, then=0), default=1)
    settings = RuleSetting.objects.filter(in_force(today), code=FACTS)
    edition = settings.order_by(begun.desc(), "-effective_from", "-version").values_list("version", flat=True)
    return Reading(tuple(sorted(words)), edition.first() or 1)


def register() -> None:
    editions.follow(current_reading)
