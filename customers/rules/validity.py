"""How long a document holds, and whether that can be."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from authenticity.choices import DocumentType, Kind, Severity, Tag
from authenticity.documents import DATED_TYPES
from authenticity.rule import Case, Rule, RuleValues
from customers.rules.roles import BEFORE_THE_GATE, IDENTIFIED, PERSONS, STOPS_NOTHING
from customers.terms import RESIDENT, unfit_card, unfit_passport

REGISTER = Q(id_type=DocumentType.HOUSEHOLD_REGISTER)
SECOND_GENERATION = date(2004, 1, 1)


def _ends_before_it_begins(values: RuleValues) -> Q:
    return Q(id_valid_to__lt=F("id_valid_from"))


def _begins_wrongly(values: RuleValues) -> Q:
    return Q(id_valid_from__gt=values.today) | Q(id_valid_from__lt=F("birth_date"))


def _expired(values: RuleValues) -> Q:
    return Q(id_valid_to__lt=values.today, id_long_term=False)


def _expires_soon(values: RuleValues) -> Q:
    last = values.today + timedelta(days=values.threshold("VAL-004", "days"))
    return Q(id_valid_to__lte=last, id_valid_to__gte=values.today, id_long_term=False)


def _card_term(values: RuleValues) -> Q:
    return unfit_card(values.threshold("VAL-005", "slack_days"))


def _passport_term(values: RuleValues) -> Q:
    return unfit_passport(values.threshold("VAL-009", "slack_days"))


def _before_the_second_generation(values: RuleValues) -> Q:
    return Q(id_valid_from__lt=SECOND_GENERATION, id_shape="18") & RESIDENT


def _register_from(values: RuleValues) -> Q:
    return REGISTER & Q(id_valid_from__isnull=True)


def _register_to(values: RuleValues) -> Q:
    return REGISTER & Q(id_long_term=False)


def _no_beginning(values: RuleValues) -> Q:
    return Q(id_valid_from__isnull=True, id_type__in=sorted(DATED_TYPES))


def _no_end(values: RuleValues) -> Q:
    return Q(id_valid_to__isnull=True, id_long_term=False, id_type__in=sorted(DATED_TYPES))


_rule = partial(
    Rule,
    severity=Severity.WARN,
    kind=Kind.FALSE,
    subject="customer",
    target="person",
    articles=("82-15", "coding-id"),
    tags=(Tag.AML,),
    roles=PERSONS,
)
_odd = partial(
    _rule,
    remedy=_("Compare both days of validity with the document and attach its image."),
    reads=("id_valid_from",),
    yields_to=("VAL-001", "VAL-002", "VAL-003"),
)

VALIDITY = (
    _rule(
        code="VAL-001",
        severity=Severity.ERROR,
        message=_("The days of validity contradict each other"),
        remedy=_("Compare both days of validity with the document and attach its image."),
        finds=_(
            "The document ends before it begins, begins ahead of today, or begins before its holder's birth."
        ),
        cases=(Case("id_valid_to", _ends_before_it_begins), Case("id_valid_from", _begins_wrongly)),
    ),
    _rule(
        code="VAL-003",
        kind=Kind.CHANGED,
        message=_("The document has expired"),
        remedy=_("Ask for the new document; enter its validity and attach its image."),
        finds=_("The document's last day lies before today, while a policy is alive."),
        articles=("82-6-4", "aml-34"),
        yields_to=("VAL-001", "VAL-002"),
        cases=(Case("id_valid_to", _expired),),
    ),
    _rule(
        code="VAL-004",
        severity=Severity.INFO,
        kind=Kind.CHANGED,
        message=_("The document expires soon"),
        remedy=_("Tell the customer to bring the new document."),
        finds=_("The document's last day is today or within the days that compliance sets."),
        articles=("82-6-4", "aml-34"),
        stages=BEFORE_THE_GATE,
        unasked=STOPS_NOTHING,
        yields_to=("VAL-001", "VAL-002"),
        thresholds={"days": 30},
        cases=(Case("id_valid_to", _expires_soon),),
    ),
    _odd(
        code="VAL-005",
        message=_("The validity does not fit the age at which the card was issued"),
        finds=_(
            "A resident ID does not hold 5 years when issued under 16, 10 years from 16 to 25, 20 years from "
            "26 to 45 and for life from 46 on."
        ),
        articles=("id-card-law-5",),
        yields_to=("VAL-001", "VAL-002", "VAL-003", "VAL-006"),
        thresholds={"slack_days": 2},
        cases=(Case("id_valid_to", _card_term),),
    ),
    _rule(
        code="VAL-006",
        message=_("An 18-character card that begins before 2004"),
        remedy=_("Compare the first day of validity with the document and attach its image."),
        finds=_("A resident ID with 18 characters was issued before the cards of the second generation."),
        articles=("id-card-law-23",),
        yields_to=("VAL-001",),
        cases=(Case("id_valid_from", _before_the_second_generation),),
    ),
    _rule(
        code="VAL-007",
        message=_("Household register: from the day of registration, long-term"),
        remedy=_("Enter the day of registration as the beginning and 9999-99-99 as the end."),
        finds=_("A household register has no first day, which is that of registration, or has a last day."),
        articles=("coding-id",),
        yields_to=("VAL-002", "VAL-003"),
        cases=(Case("id_valid_from", _register_from), Case("id_valid_to", _register_to)),
    ),
    _odd(
        code="VAL-009",
        message=_("The passport's term does not fit the age at which it was issued"),
        finds=_("A Chinese passport does not hold 5 years when issued under 16, or 10 years from 16 on."),
        articles=("passport-law-7",),
        thresholds={"slack_days": 2},
        cases=(Case("id_valid_to", _passport_term),),
    ),
    _rule(
        code="VAL-010",
        kind=Kind.MISSING,
        target="customer",
        message=_("{field}: missing on a document that has one"),
        remedy=_("Take the days of validity from the document and attach its image."),
        finds=_("A document of a kind that expires has no first day, or neither a last day nor long-term."),
        articles=("82-6-2", "coding-id"),
        roles=IDENTIFIED,
        cases=(Case("id_valid_from", _no_beginning), Case("id_valid_to", _no_end)),
    ),
)
