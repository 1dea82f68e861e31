"""Who is what to whom, and who gets how much."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from authenticity.choices import Kind, Severity
from authenticity.rule import Case, Rule, RuleValues
from policies.choices import PartyRole, Relation
from policies.models import PolicyParty

WHOLE = Decimal(100)


def _no_relation(values: RuleValues) -> Q:
    return Q(role=PartyRole.INSURED, relation="")


def _self_or_not(values: RuleValues) -> Q:
    """Told only where both documents are known; `judged_parties` names them."""
    known = Q(document__isnull=False, counterpart__isnull=False)
    another = Q(relation=Relation.SELF) & ~Q(document=F("counterpart"))
    the_same = ~Q(relation__in=("", Relation.SELF)) & Q(document=F("counterpart"))
    return known & (another | the_same)


def _group(**more: Any) -> QuerySet[PolicyParty]:
    """The beneficiaries of the same benefit and order on the outer row's policy; no order is the first."""
    found = PolicyParty.objects.filter(
        policy=OuterRef("policy"), role=PartyRole.BENEFICIARY, benefit=OuterRef("benefit"), **more
    )
    place = Coalesce(OuterRef("order"), Value(1))
    group: QuerySet[PolicyParty] = (
        found.alias(place=Coalesce("order", Value(1))).filter(place=place).order_by()
    )
    return group


def _shares(values: RuleValues) -> Q:
    """One finding a group, on its first row; a group without any share divides equally (保险法 art. 40)."""
    total = _group().annotate(same=Value(1)).values("same").annotate(total=Sum("share")).values("total")
    first = ~Q(Exists(_group(position__lt=OuterRef("position"))))
    given = Q(Exists(_group(share__isnull=False)))
    return Q(role=PartyRole.BENEFICIARY) & first & given & ~Q(Exact(Subquery(total), WHOLE))


RELATIONS = (
    Rule(
        code="REQ-005",
        severity=Severity.BLOCK,
        kind=Kind.MISSING,
        subject="policy",
        target="party",
        message=_("The insured's relation to the policyholder is missing"),
        remedy=_("Take the relation from the application form."),
        articles=("82-2", "82-6-3"),
        roles=("insured",),
        cases=(Case("relation", _no_relation),),
    ),
    Rule(
        code="RB-003",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="policy",
        target="party",
        message=_("The relation says self, or another person, and the document numbers contradict it"),
        remedy=_("Compare the relation and both document numbers with the application form."),
        articles=("82-15",),
        roles=("insured", "beneficiary"),
        cases=(Case("relation", _self_or_not),),
    ),
    Rule(
        code="RB-007",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="policy",
        target="party",
        message=_("The shares of one order do not make 100 %"),
        remedy=_("Take the shares from the application form; those of one order make 100 %."),
        articles=("insurance-law-40",),
        roles=("beneficiary",),
        cases=(Case("share", _shares),),
    ),
)
