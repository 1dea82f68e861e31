"""The citizen number, and what must agree with it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from authenticity.choices import Kind, Severity, Sex, Tag
from authenticity.models.word import WordList
from authenticity.rule import Case, Rule, RuleValues, marked
from customers.rules.roles import BLANK_PERSON, NUMBERED, PERSONS

DAYS_A_YEAR = 365.2425
# Before this year a birth date is old rather than impossible: records of the dead keep it.
ANCIENT = date(1900, 1, 1)
IMPOSSIBLE = ("ID-003", "ID-004", "ID-007", "ID-012", "ID-013", "ID-020", "ID-021", "ID-022", "ID-028")


def _birth_outside(values: RuleValues) -> Q:
    oldest = values.today - timedelta(days=values.threshold("ID-007", "years") * DAYS_A_YEAR)
    outside = Q(id_birth_date__gt=values.today) | Q(id_birth_date__lt=oldest, id_birth_date__gte=ANCIENT)
    return outside & Q(id_type__in=NUMBERED)


def _birth_differs(values: RuleValues) -> Q:
    """Told by order, which an unknown date has to none."""
    differs = Q(birth_date__lt=F("id_birth_date")) | Q(birth_date__gt=F("id_birth_date"))
    return differs & Q(id_type__in=NUMBERED)


def _sex_differs(values: RuleValues) -> Q:
    differs = Q(sex=Sex.MALE, id_sex=Sex.FEMALE) | Q(sex=Sex.FEMALE, id_sex=Sex.MALE)
    return differs & Q(id_type__in=NUMBERED)


def _sample(values: RuleValues) -> Q:
    """A listed number, or with a star behind it any that begins so."""
    numbers = {number.strip().upper() for number in values.list(WordList.SAMPLE_ID)}
    found = Q(id_no__in=sorted(number for number in numbers if not number.endswith("*")))
    for number in sorted(number for number in numbers if number.endswith("*") and number != "*"):
        found |= Q(id_no__startswith=number.rstrip("*"))
    return found


_rule = partial(
    Rule,
    severity=Severity.ERROR,
    kind=Kind.FALSE,
    subject="customer",
    target="person",
    tags=(Tag.AML, Tag.REAL_NAME),
    roles=PERSONS,
)

NUMBERS = (
    _rule(
        code="ID-001",
        message=_("A resident ID number has 18 characters"),
        remedy=_("Retype the number from the document: 17 digits, then a digit or X. Attach its image."),
        finds=_("The number of a resident ID is neither 17 digits with a digit or X behind nor 15 digits."),
        articles=("82-2", "coding-id", "gb-11643"),
        yields_to=("ID-013", *BLANK_PERSON),
        cases=(marked("id_no", "ID-001"),),
    ),
    _rule(
        code="ID-002",
        historical=Severity.WARN,
        message=_("A 15-digit number, out of use since 2013"),
        remedy=_("Ask for the card in use and enter its 18 characters; attach its image."),
        finds=_("The number of a resident ID has 15 digits; on old business this is to be judged."),
        articles=("id-card-law-23", "coding-id"),
        yields_to=("ID-013", *BLANK_PERSON),
        cases=(marked("id_no", "ID-002"),),
    ),
    _rule(
        code="ID-003",
        message=_("No province has the first two digits of the number"),
        remedy=_("Retype the number from the document and attach its image."),
        finds=_("The first two digits of a resident ID number are no province's code."),
        articles=("82-15", "gb-2260"),
        reads=("id_type",),
        yields_to=("ID-012", "ID-013", *BLANK_PERSON),
        cases=(marked("id_no", "ID-003"),),
    ),
    _rule(
        code="ID-004",
        message=_("The resident ID number does not add up"),
        remedy=_("The number does not add up: retype it from the document and attach its image."),
        finds=_("The last character of a resident ID number is not the one that the others make (MOD 11-2)."),
        articles=("82-15", "gb-11643"),
        yields_to=("ID-013", *BLANK_PERSON),
        cases=(marked("id_no", "ID-004"),),
    ),
    _rule(
        code="ID-005",
        message=_("No prefecture ever had the first four digits of the number"),
        remedy=_("Retype the number from the document and attach its image."),
        finds=_("The first four digits of a resident ID number never were a prefecture's code."),
        articles=("82-15", "gb-2260"),
        reads=("id_type",),
        yields_to=("ID-003", "ID-012", "ID-013", *BLANK_PERSON),
        cases=(marked("id_no", "ID-005"),),
    ),
    _rule(
        code="ID-006",
        severity=Severity.WARN,
        message=_("Our lists do not know the county in the number"),
        remedy=_("Compare the number with the document; no list of counties is complete."),
        finds=_("The first six digits of a citizen number stand in no list of counties, today's or former."),
        articles=("82-15", "gb-2260"),
        reads=("id_type",),
        yields_to=("ID-003", "ID-004", "ID-005", "ID-007", "ID-012", "ID-013", *BLANK_PERSON),
        cases=(marked("id_no", "ID-006"),),
    ),
    _rule(
        code="ID-007",
        message=_("The birth date in the ID number is impossible"),
        remedy=_("Retype the number from the document and attach its image; nobody was born on that day."),
        finds=_(
            "The birth date in the number is no day, lies ahead of today or makes an age that nobody "
            "reaches; a year before 1900 is to be judged."
        ),
        articles=("82-15", "gb-11643"),
        reads=("id_type",),
        yields_to=("ID-012", "ID-013", *BLANK_PERSON),
        thresholds={"years": 120},
        cases=(
            marked("id_no", "ID-007"),
            Case("id_no", _birth_outside),
            marked("id_no", "ID-007?", severity=Severity.WARN),
        ),
    ),
    _rule(
        code="ID-008",
        message=_("The birth date differs from the ID number"),
        remedy=_("Compare both with the document; correct the one that was typed wrongly."),
        finds=_("The birth date is another than the one in the number."),
        articles=("82-15", "insurance-law-32"),
        reads=("id_no", "id_type"),
        yields_to=IMPOSSIBLE,
        cases=(Case("birth_date", _birth_differs),),
    ),
    _rule(
        code="ID-009",
        message=_("The sex differs from the ID number"),
        remedy=_("Compare both with the document; correct the one that was typed wrongly."),
        finds=_("The sex is another than the one in the number: odd is male, even is female."),
        articles=("82-15", "gb-11643"),
        reads=("id_no", "id_type"),
        yields_to=IMPOSSIBLE,
        cases=(Case("sex", _sex_differs),),
    ),
    _rule(
        code="ID-013",
        message=_("A number that standards print as an example"),
        remedy=_("Ask for the document, enter its own number and attach its image."),
        finds=_("The number is a listed example of standards and libraries."),
        articles=("82-15", "gb-11643"),
        yields_to=BLANK_PERSON,
        cases=(Case("id_no", _sample),),
    ),
)
