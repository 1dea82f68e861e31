"""Documents that only children of some age may stand behind, by the day of the application."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from authenticity.choices import DocumentType, Kind, Severity, Tag
from authenticity.rule import Case, Predicate, Rule, RuleValues, marked
from customers.days import Days, at_least, years
from customers.rules.roles import BLANK_PERSON, PERSONS
from policies.rules.scope import parties_of


def _threshold(code: str) -> Callable[[RuleValues], int]:
    """Days that somebody of the age has lived at the least."""
    return lambda values: years(values.threshold(code, "years"))


def _too_old(code: str, document: DocumentType) -> Predicate:
    """At an application that is alive; the documents are few, so each looks up its policies by itself."""
    limit = _threshold(code)

    def predicate(values: RuleValues) -> Q:
        lived = Days(F("policy__applied_on"), OuterRef("birth_date"))
        then = parties_of(OuterRef("pk"), PERSONS).filter(GreaterThanOrEqual(lived, limit(values)))
        return Q(id_type=document, birth_date__isnull=False) & Q(Exists(then))

    return predicate


def _too_old_as_written(code: str, document: DocumentType) -> Predicate:
    limit = _threshold(code)
    return lambda values: (
        Q(id_type=document) & at_least(Days("policy__applied_on", "birth_date"), limit(values))
    )


def _overage(code: str, document: DocumentType) -> Case:
    return Case(
        "id_type",
        _too_old(code, document),
        severity=Severity.WARN,
        written=_too_old_as_written(code, document),
    )


_rule = partial(
    Rule,
    severity=Severity.ERROR,
    kind=Kind.FALSE,
    subject="customer",
    target="person",
    tags=(Tag.AML, Tag.REAL_NAME),
    roles=PERSONS,
    yields_to=("ID-012", "ID-013", *BLANK_PERSON),
    reads=("id_type",),
)

AGES = (
    _rule(
        code="ID-028",
        message=_("Check the household register"),
        remedy=_("Enter the citizen number that the register carries; from 16 on ask for the resident ID."),
        finds=_(
            "The number of a household register is no citizen number; one of somebody of 16 or more at the "
            "application is to be judged."
        ),
        articles=("coding-id", "id-card-law-2"),
        thresholds={"years": 16},
        cases=(marked("id_no", "ID-028"), _overage("ID-028", DocumentType.HOUSEHOLD_REGISTER)),
    ),
    _rule(
        code="ID-029",
        severity=Severity.WARN,
        message=_("Check the birth certificate"),
        remedy=_(
            "Compare the number with the certificate; from two years on ask for register or resident ID."
        ),
        finds=_(
            "The number of a birth certificate is neither a letter with 9 digits nor a date, or its holder "
            "was two years or older at the application."
        ),
        articles=("coding-id", "household-7"),
        thresholds={"years": 2},
        cases=(
            marked("id_no", "ID-029?", severity=Severity.WARN),
            _overage("ID-029", DocumentType.BIRTH_CERTIFICATE),
        ),
    ),
)
