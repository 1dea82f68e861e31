"""A document against the application that it stood behind, and the seller's own."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from agents.models import SalesAgent
from authenticity.choices import Kind, Severity, Tag
from authenticity.rule import Case, Rule, RuleValues
from policies.choices import PartyRole
from policies.rules.scope import parties_of

IDENTIFIED = (PartyRole.HOLDER, PartyRole.INSURED)
HOLDER = (PartyRole.HOLDER,)


def _expired_at_application(values: RuleValues) -> Q:
    """Only a document that has expired by now is looked up."""
    later = parties_of(OuterRef("pk"), IDENTIFIED).filter(policy__applied_on__gt=OuterRef("id_valid_to"))
    expired = Q(id_long_term=False, id_valid_to__isnull=False, id_valid_to__lt=values.today)
    return expired & Q(Exists(later))


def _own_policy(values: RuleValues) -> Q:
    """The seller's number may still be the old one of 15 digits; that one is never a customer's key."""
    numbers = SalesAgent.objects.exclude(id_norm="").order_by().values("id_norm")
    own = parties_of(OuterRef("pk"), HOLDER).filter(policy__seller__id_norm=OuterRef("id_key"))
    return ~Q(id_key="") & Q(id_key__in=numbers) & Q(Exists(own))


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
        tags=(Tag.AML,),
        roles=IDENTIFIED,
        cases=(Case("id_valid_to", _expired_at_application),),
        finds=_(
            "A policyholder's or insured's document ended before the application of one of their policies."
        ),
    ),
    Rule(
        code="ID-014",
        severity=Severity.INFO,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("The seller's own policy"),
        remedy=_("Nothing to correct: the seller's own phone and address are right here."),
        articles=("conduct-8",),
        tags=(Tag.REAL_NAME, Tag.MIS_SELLING),
        roles=HOLDER,
        cases=(Case("id_no", _own_policy),),
        finds=_("The policyholder's document number is that of the policy's seller."),
    ),
)
