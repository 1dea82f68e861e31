"""Whether somebody looked: identity verified, contact data confirmed, the mobile the customer's own."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from authenticity.choices import Kind, Severity, Stage, Tag
from authenticity.rule import Case, Rule, RuleValues
from customers.rules.roles import BLANK_PHONE, HOLDER

MONTHS_A_YEAR = 12
LAST_DAY_OF_ALL = 28


def _not_verified(values: RuleValues) -> Q:
    """A check holds for the number that was checked, and no longer than its document."""
    lapsed = Q(identity_check_lapses_on__lt=values.today)
    return Q(identity_checked_on__isnull=True) | lapsed | ~Q(identity_checked_key=F("id_key"))


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, at the end of a month its 28th."""
    months = day.year * MONTHS_A_YEAR + day.month - 1 - months
    year, month = divmod(months, MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, LAST_DAY_OF_ALL))


def _not_confirmed(values: RuleValues) -> Q:
    last = months_before(values.today, values.threshold("CT-001", "months"))
    return Q(contact_confirmed_on__lt=last) | Q(contact_confirmed_on__isnull=True)


def _not_own(values: RuleValues) -> Q:
    return ~Q(mobile="") & ~Q(own_mobile=F("mobile"))


UPKEEP = (
    Rule(
        code="IC-001",
        severity=Severity.ERROR,
        kind=Kind.MISSING,
        subject="customer",
        target="customer",
        message=_("Nobody verified the policyholder's identity, or the check has lapsed"),
        remedy=_("Look at the document and compare it with the person; record how and when, with its image."),
        finds=_(
            "A policyholder's identity was never checked, was checked with another document number, or the "
            "document that was checked has expired since."
        ),
        articles=("82-6-2", "aml-29"),
        tags=(Tag.AML, Tag.REAL_NAME),
        stages=frozenset({Stage.BOOK, Stage.GATE}),
        unasked=_("No typed value tells whether a person was verified, and a file of new customers cannot."),
        roles=HOLDER,
        reads=("id_no",),
        yields_to=("REQ-001",),
        cases=(Case("identity_checked_on", _not_verified),),
    ),
    Rule(
        code="CT-001",
        severity=Severity.WARN,
        kind=Kind.CHANGED,
        subject="customer",
        target="customer",
        message=_("Nobody confirmed phone and address for a long time"),
        remedy=_("Call the policyholder, ask whether phone and address still hold, and record the day."),
        finds=_(
            "A policyholder's phone and address were not confirmed within the months that compliance sets."
        ),
        articles=("82-6-4", "82-15"),
        tags=(Tag.CONSUMER,),
        stages=frozenset({Stage.BOOK}),
        unasked=_("Who types, imports or applies confirms the data with it."),
        roles=HOLDER,
        reads=("mobile", "address"),
        yields_to=("REQ-002", "REQ-003"),
        thresholds={"months": 24},
        cases=(Case("contact_confirmed_on", _not_confirmed),),
    ),
    Rule(
        code="CT-002",
        severity=Severity.INFO,
        kind=Kind.MISSING,
        subject="customer",
        target="customer",
        message=_("The mobile number is not recorded as the policyholder's own"),
        remedy=_("Ask whose number it is and record the answer with its evidence."),
        finds=_("The policyholder's mobile number is not the one that was recorded as the own."),
        articles=("82-6-5",),
        tags=(Tag.CONSUMER,),
        stages=frozenset({Stage.GATE}),
        unasked=_(
            "At the gate the customer is there and can be asked; over the book it would stand at most "
            "customers, and reports count it from the column."
        ),
        roles=HOLDER,
        yields_to=("PH-001", "PH-003", "PH-008", "PH-009", "PH-012", *BLANK_PHONE),
        cases=(Case("mobile", _not_own),),
    ),
)
