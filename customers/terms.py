"""How long a card or passport holds by the age at which it was issued (身份证法 art. 5, 护照法 art. 7)."""

from __future__ import annotations

from django.db.models import Q

from authenticity.choices import DocumentType
from customers.days import Days, at_least, at_most, lasts, years

RESIDENT = Q(id_type=DocumentType.RESIDENT_ID)
PASSPORT = Q(id_type=DocumentType.PASSPORT)
TERM = Days("id_valid_to", "id_valid_from")
AGE = Days("id_valid_from", "birth_date")
# Years that a card holds; from 46 on for life.
CARD_TERMS = ((0, 16, 5), (16, 26, 10), (26, 46, 20))
CARD_FOR_LIFE = 46
PASSPORT_TERMS = ((0, 16, 5), (16, 200, 10))


def _term_of_age(terms: tuple[tuple[int, int, int], ...], slack: int) -> Q:
    """A birthday within the slack lets both terms pass."""
    fits = Q()
    for youngest, older, term in terms:
        of_age = at_least(AGE, years(youngest) - slack) & at_most(AGE, years(older) + slack)
        fits |= of_age & lasts(TERM, term, slack)
    return fits


def _dated() -> Q:
    return Q(id_valid_from__isnull=False, birth_date__isnull=False) & at_least(AGE, 0)


def unfit_card(slack: int) -> Q:
    ends = Q(id_long_term=False, id_valid_to__isnull=False) & ~_term_of_age(CARD_TERMS, slack)
    endless = Q(id_long_term=True) & at_most(AGE, years(CARD_FOR_LIFE) - slack - 1)
    return RESIDENT & _dated() & (ends | endless)


def unfit_passport(slack: int) -> Q:
    ends = Q(id_valid_to__isnull=False) & ~_term_of_age(PASSPORT_TERMS, slack)
    return PASSPORT & _dated() & (ends | Q(id_long_term=True))
