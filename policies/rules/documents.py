"""A document against the application that it stood behind."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from authenticity.choices import Kind, Severity
from authenticity.rule import Case, Rule, RuleValues
from policies.rules.scope import parties_of

IDENTIFIED = ("holder", "insured")


def _expired_at_application(values: RuleValues) -> Q:
    later = parties_of(OuterRef("pk"), IDENTIFIED).filter(policy__applied_on__gt=OuterRef("id_valid_to"))
    return Q(id_long_term=False, id_valid_to__isnull=False) & Q(Exists(later))


DOCUMENTS = (
    Rule(
        code="VAL-002",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("The document had expired when the application was made"),
        remedy=_("Ask for the document that was valid then; enter its validity and attach its image."),
        articles=("82-6-2", "aml-28", "aml-29"),
        roles=IDENTIFIED,
        cases=(Case("id_valid_to", _expired_at_application),),
    ),
)
