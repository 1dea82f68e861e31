"""Phone numbers: whole, of a person, and not invented."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from authenticity.choices import Kind, Severity, Tag
from authenticity.models.word import WordList
from authenticity.rule import Case, Rule, RuleValues, marked
from customers.rules.roles import A_HINT, AT_HAND, BLANK_PHONE, HOLDER

PHONES = ("mobile", "landline")
# What says more exactly that the field holds no number of a person.
NO_NUMBER = ("PH-003", "PH-008", "PH-012", *BLANK_PHONE)


def _listed(column: str) -> Callable[[RuleValues], Q]:
    return lambda values: Q(**{f"{column}__in": sorted(values.list(WordList.PHONE_PLACEHOLDER))})


def _invented(column: str) -> Callable[[RuleValues], Q]:
    def predicate(values: RuleValues) -> Q:
        run, sequence = (values.threshold("PH-010", name) for name in ("run", "sequence"))
        long = Q(**{f"{column}_run__gte": run}) | Q(**{f"{column}_sequence__gte": sequence})
        return long | Q(**{f"{column}_distinct": 1})

    return predicate


def _doubtful(column: str) -> Callable[[RuleValues], Q]:
    def predicate(values: RuleValues) -> Q:
        run = values.threshold("PH-010", "doubtful_run")
        distinct = values.threshold("PH-010", "doubtful_distinct")
        odd = (
            Q(**{f"{column}_run__gte": run})
            | Q(**{f"{column}_sequence__gte": run})
            | Q(**{f"{column}_distinct__gt": 0, f"{column}_distinct__lte": distinct})
        )
        return odd & ~_invented(column)(values)

    return predicate


_rule = partial(
    Rule,
    severity=Severity.ERROR,
    kind=Kind.FALSE,
    subject="customer",
    target="customer",
    articles=("82-15", "coding-phone"),
    tags=(Tag.CONSUMER,),
    roles=HOLDER,
)

PHONE_RULES = (
    _rule(
        code="PH-001",
        message=_("A mobile number has 11 digits"),
        remedy=_("Ask for the number again and enter its 11 digits, beginning with 1."),
        finds=_("The mobile number is not 11 digits that begin with 13 to 19."),
        articles=("82-2", "coding-phone"),
        yields_to=("PH-009", *NO_NUMBER),
        cases=(marked("mobile", "PH-001"),),
    ),
    _rule(
        code="PH-002",
        severity=Severity.WARN,
        message=_("No operator gives out mobile numbers that begin so"),
        remedy=_("Call the number; if it does not answer, ask for another."),
        finds=_("The mobile number has 11 digits, and its prefix is allocated to no operator's phones."),
        yields_to=("PH-009", *NO_NUMBER),
        cases=(marked("mobile", "PH-002"),),
    ),
    _rule(
        code="PH-003",
        message=_("A number of machines, not of a person"),
        remedy=_("Ask for the number on which the customer can be called."),
        finds=_("The number is one of the 13-digit series for devices (10647, 1410, 1440, 1441, 146, 148)."),
        tags=(Tag.CONSUMER, Tag.MIS_SELLING),
        yields_to=BLANK_PHONE,
        cases=tuple(marked(column, "PH-003") for column in PHONES),
    ),
    _rule(
        code="PH-004",
        severity=Severity.INFO,
        message=_("A prefix of virtual operators"),
        remedy=_("Make sure that the customer answers this number; nothing has to be changed."),
        finds=_("The mobile number begins with 162, 165, 167, 170 or 171."),
        articles=("coding-phone",),
        stages=AT_HAND,
        unasked=A_HINT,
        yields_to=("PH-009", "PH-010", *NO_NUMBER),
        cases=(marked("mobile", "PH-004"),),
    ),
    _rule(
        code="PH-005",
        message=_("A landline needs its area code"),
        remedy=_("Enter the area code before the number, such as 010-."),
        finds=_("The landline number does not begin with a known area code."),
        articles=("82-2", "coding-phone"),
        yields_to=("PH-009", *NO_NUMBER),
        cases=(marked("landline", "PH-005"),),
    ),
    _rule(
        code="PH-006",
        message=_("The landline has too many or too few digits"),
        remedy=_("Ask for the number again; how many digits follow depends on the city."),
        finds=_("The landline's area code is known, and the number behind it has not that city's length."),
        yields_to=NO_NUMBER,
        cases=(marked("landline", "PH-006"),),
    ),
    _rule(
        code="PH-007",
        severity=Severity.WARN,
        kind=Kind.CHANGED,
        message=_("The area code is no longer in use"),
        remedy=_("Ask for the number with the area code of today."),
        finds=_(
            "The landline begins with an area code that was merged into another (0565, 0634, 0852, 0853)."
        ),
        yields_to=NO_NUMBER,
        cases=(marked("landline", "PH-007"),),
    ),
    _rule(
        code="PH-008",
        message=_("A hotline, not a person's phone"),
        remedy=_("Ask the customer for the own number; a company's may not stand in its place."),
        finds=_(
            "The number is a service number such as 400, 800, 95, 96, 10, 11 or 12, also behind an area code."
        ),
        tags=(Tag.CONSUMER, Tag.MIS_SELLING),
        yields_to=BLANK_PHONE,
        cases=tuple(marked(column, "PH-008") for column in PHONES),
    ),
    _rule(
        code="PH-009",
        message=_("A number that people type when they have none"),
        remedy=_("Ask the customer for the own number and call it."),
        finds=_("The number is a listed placeholder such as 13800138000."),
        tags=(Tag.CONSUMER, Tag.MIS_SELLING),
        yields_to=BLANK_PHONE,
        cases=tuple(Case(column, _listed(column)) for column in PHONES),
    ),
    _rule(
        code="PH-010",
        message=_("The pattern of the digits looks invented"),
        remedy=_("Call the number; if the customer does not answer, ask for another."),
        finds=_(
            "A run of equal digits or a rising or falling sequence of 7 or more, or the last eight digits "
            "equal; at 6, or with two different digits in the last eight, it is to be judged."
        ),
        tags=(Tag.CONSUMER, Tag.MIS_SELLING),
        yields_to=("PH-009", "PH-001", "PH-005", *NO_NUMBER),
        thresholds={"run": 7, "sequence": 7, "doubtful_run": 6, "doubtful_distinct": 2},
        cases=(
            *(Case(column, _invented(column)) for column in PHONES),
            *(Case(column, _doubtful(column), severity=Severity.WARN) for column in PHONES),
        ),
    ),
    _rule(
        code="PH-011",
        severity=Severity.INFO,
        kind=Kind.CHANGED,
        message=_("Written in another form; kept in the normal one"),
        remedy=_("Nothing has to be done."),
        finds=_("Prefixes or separators were taken off the number as it was written."),
        articles=("coding-phone",),
        stages=AT_HAND,
        unasked=A_HINT,
        yields_to=("PH-001", "PH-005", "PH-009", *NO_NUMBER),
        cases=tuple(marked(column, "PH-011") for column in PHONES),
    ),
    _rule(
        code="PH-012",
        severity=Severity.WARN,
        message=_("Several numbers, letters or a foreign number in the field"),
        remedy=_(
            "Keep one number in each field: the mobile on which the customer answers, and the landline."
        ),
        finds=_("The field holds two numbers, letters, or a number with another country's code."),
        yields_to=BLANK_PHONE,
        cases=tuple(marked(column, "PH-012") for column in PHONES),
    ),
)
