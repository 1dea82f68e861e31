"""Which customers are out of the ordinary by standards that nobody edits, as a partial index keeps them.

A sweep looks nowhere else for what its rules can prove to lie in here (`audits.narrowing`), so a condition
may be missing here, which costs time, but a row may not. Rows are odd that break something, lack something,
or stand on another document than a resident ID; dates count from when this was written.
"""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan, LessThan, LessThanOrEqual

from authenticity.choices import DocumentType, Sex
from authenticity.rule import Octets
from customers.terms import unfit_card

WRITTEN = date(2026, 1, 1)
LONG_AGO = date(1925, 1, 1)
SECOND_GENERATION = date(2004, 1, 1)


def _shorter(column: str, octets: int) -> Q:
    return Q(LessThanOrEqual(Octets(column), octets))


def _few_digits(column: str) -> Q:
    """A pattern that may be invented, at the strictest that rules usually ask."""
    run = Q(**{f"{column}_run__gte": 6}) | Q(**{f"{column}_sequence__gte": 6})
    return run | Q(**{f"{column}_distinct__gt": 0, f"{column}_distinct__lte": 2})


# One of the five identity fields is missing.
UNIDENTIFIED = (
    Q(name="") | Q(sex="") | Q(birth_date__isnull=True) | Q(id_type="") | Q(id_no="")
)  # fmt: skip
MARKED = (
    ~Q(name_marks=[]) | ~Q(id_marks=[]) | ~Q(mobile_marks=[])
    | ~Q(landline_marks=[]) | ~Q(address_marks=[]) | ~Q(postcode_marks=[])
)  # fmt: skip
LACKING = (
    Q(sex="")
    | Q(birth_date__isnull=True)
    | Q(id_valid_from__isnull=True)
    | Q(id_valid_to__isnull=True, id_long_term=False)
    | Q(identity_checked_on__isnull=True)
    | Q(contact_confirmed_on__isnull=True)
)
SHORT = (
    _shorter("id_no", 14)
    | _shorter("mobile", 10)
    | _shorter("address", 12)
    | ~Q(landline="") & _shorter("landline", 6)
    | ~Q(email="") & _shorter("email", 8)
    | ~Q(email="") & ~Q(email__contains="@")
    | Q(LessThan(Length("name"), 2))
    | Q(GreaterThan(Length("name"), 20))
)
FOREIGN = (
    ~Q(id_type=DocumentType.RESIDENT_ID.value)
    | ~Q(name_class="han")
    | ~Q(id_type=DocumentType.RESIDENT_ID.value, nationality="CHN") & ~Q(nationality="")
)
CONTRADICTING = (
    ~Q(identity_checked_key=F("id_key"))
    | Q(birth_date__lt=F("id_birth_date"))
    | Q(birth_date__gt=F("id_birth_date"))
    | Q(sex=Sex.MALE.value, id_sex=Sex.FEMALE.value)
    | Q(sex=Sex.FEMALE.value, id_sex=Sex.MALE.value)
    | Q(id_valid_to__lt=F("id_valid_from"))
    | Q(id_valid_from__lt=F("birth_date"))
    | Q(id_valid_from__lt=SECOND_GENERATION)
    | Q(id_birth_date__gt=WRITTEN)
    | Q(id_birth_date__lt=LONG_AGO)
    | unfit_card(2)
)
ODD = MARKED | LACKING | SHORT | FOREIGN | CONTRADICTING | _few_digits("mobile") | _few_digits("landline")
