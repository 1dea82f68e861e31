"""How long a document holds."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from authenticity.choices import DocumentType, Kind, Severity
from authenticity.rule import Case, Rule, RuleValues
from customers.rules.identity import PERSONS

REGISTER = Q(id_type=DocumentType.HOUSEHOLD_REGISTER)


def _expired(values: RuleValues) -> Q:
    return Q(id_long_term=False, id_valid_to__lt=values.today)


def _register_from(values: RuleValues) -> Q:
    return REGISTER & Q(id_valid_from__isnull=True)


def _register_to(values: RuleValues) -> Q:
    return REGISTER & Q(id_long_term=False)


DOCUMENTS = (
    Rule(
        code="VAL-003",
        severity=Severity.WARN,
        kind=Kind.CHANGED,
        subject="customer",
        target="person",
        message=_("The document has expired"),
        remedy=_("Ask for the new document; enter its validity and attach its image."),
        articles=("82-6-4", "aml-34"),
        roles=PERSONS,
        yields_to=("VAL-002",),
        cases=(Case("id_valid_to", _expired),),
    ),
    Rule(
        code="VAL-007",
        severity=Severity.WARN,
        kind=Kind.FALSE,
        subject="customer",
        target="person",
        message=_("Household register: from the day of registration, long-term"),
        remedy=_("Enter the day of registration as the beginning and 9999-99-99 as the end."),
        articles=("coding-id",),
        roles=PERSONS,
        yields_to=("VAL-002", "VAL-003"),
        cases=(Case("id_valid_from", _register_from), Case("id_valid_to", _register_to)),
    ),
)
