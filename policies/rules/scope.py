"""Which policies rules look at: individual business over one year (82号 art. 3) that has not ended."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Case, CharField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf

from policies.choices import Designation, PartyRole, PolicyStatus
from policies.models import PolicyParty

ENDED = (PolicyStatus.SURRENDERED, PolicyStatus.MATURED, PolicyStatus.CLAIMED, PolicyStatus.REFUSED)


def in_scope(prefix: str = "") -> Q:
    """SCP-001, and still alive; `prefix` leads to the policy, such as "policy__"."""
    return Q(**{f"{prefix}in_scope": True}) & ~Q(**{f"{prefix}status__in": ENDED})


def in_roles(roles: Iterable[str], prefix: str = "") -> Q:
    """Parties in these roles; of the beneficiaries only those whom the contract names."""
    named = set(roles)
    found = Q(**{f"{prefix}role__in": sorted(named - {PartyRole.BENEFICIARY})})
    if PartyRole.BENEFICIARY in named:
        statutory = Q(**{f"{prefix}designation": Designation.STATUTORY})
        found |= Q(**{f"{prefix}role": PartyRole.BENEFICIARY}) & ~statutory
    return found


def parties_of(customer: OuterRef | int, roles: Iterable[str]) -> QuerySet[PolicyParty]:
    """That customer's places in these roles on policies in scope."""
    return PolicyParty.objects.filter(in_roles(roles), in_scope("policy__"), customer=customer)


def _document() -> Coalesce:
    """The customer's where there is one, else as written on the policy."""
    return Coalesce(
        NullIf("customer__id_no", Value("")), NullIf("id_no", Value("")), output_field=CharField()
    )


def _document_of(role: str) -> Subquery:
    others = PolicyParty.objects.filter(policy=OuterRef("policy"), role=role).order_by("position")
    return Subquery(others.annotate(found=_document()).values("found")[:1], output_field=CharField())


def judged_parties(roles: Iterable[str]) -> QuerySet[PolicyParty]:
    """Parties that rules look at, with their `document` and that of their `counterpart`.

    A relation is told to the holder, a beneficiary's to the first insured.
    """
    counterpart = Case(
        When(role=PartyRole.INSURED, then=_document_of(PartyRole.HOLDER)),
        When(role=PartyRole.BENEFICIARY, then=_document_of(PartyRole.INSURED)),
        output_field=CharField(),
    )
    found = PolicyParty.objects.filter(in_roles(roles), in_scope("policy__"))
    judged: QuerySet[PolicyParty] = found.alias(document=_document(), counterpart=counterpart)
    return judged
