"""Which policies rules look at: individual business over one year (82号 art. 3) that has not ended.

`judged_parties` and `judged_policies` join what rules about them compare, once for all cases: a condition
over the whole book must not look anything up row by row before cheap ones have told that it may hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    F,
    FilteredRelation,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, NullIf

from agents.choices import Standing
from policies.choices import Designation, PartyRole, PolicyStatus, Relation
from policies.models import ApplicationForm, Policy, PolicyParty

Span = Callable[[str], Q]
ENDED = (PolicyStatus.SURRENDERED, PolicyStatus.MATURED, PolicyStatus.CLAIMED, PolicyStatus.REFUSED)


class YearsLater(Func):
    """The same day that many years later."""

    template = "(%(expressions)s)::date"
    arg_joiner = " + "
    output_field = DateField()

    def __init__(self, day: str | Combinable, years: int, **extra: Any) -> None:
        period = Func(Value(years), function="make_interval")
        super().__init__(day, period, **extra)


def everywhere(_column: str) -> Q:
    return Q()


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


def of_person(column: str, party: str = "") -> Coalesce:
    """A text of the customer where there is one, else as written on the policy; NULL when blank."""
    own, written = (NullIf(f"{party}{path}{column}", Value("")) for path in ("customer__", ""))
    return Coalesce(own, written, output_field=CharField())


def born(party: str = "") -> Coalesce:
    return Coalesce(F(f"{party}customer__birth_date"), F(f"{party}birth_date"))


def judged_parties(roles: Iterable[str], span: Span = everywhere) -> QuerySet[PolicyParty]:
    """Parties that rules look at, each with its `counterpart`: the one to whom its relation is told.

    That is the holder for an insured, and the first insured for a beneficiary. `sold_on` is the day of
    application, without one that of issue. Documents are numbers with 15 digits as 18. `span` says on a
    column which range of policies is meant: the server does not carry it to what it joins from outside.

    Left out, because no case can hold: a holder without a form, whose other rules stand with the policy,
    and who is insured as the same customer as the holder, without a form or a sum payable on death.
    """
    told_to = Case(
        When(role=PartyRole.INSURED, then=Value(PartyRole.HOLDER.value)),
        default=Value(PartyRole.INSURED.value),
        output_field=CharField(),
    )
    found = PolicyParty.objects.filter(in_roles(roles), in_scope("policy__"))
    beside = span("policy__parties__policy_id")
    judged: QuerySet[PolicyParty] = found.alias(
        counterpart=FilteredRelation(
            "policy__parties",
            condition=Q(policy__parties__role=told_to, policy__parties__position=1) & beside,
        ),
        document=of_person("id_key"),
        person_sex=of_person("sex"),
        person_born=born(),
        counterpart_customer=F("counterpart__customer_id"),
        counterpart_relation=F("counterpart__relation"),
        counterpart_document=of_person("id_key", "counterpart__"),
        counterpart_sex=of_person("sex", "counterpart__"),
        counterpart_born=born("counterpart__"),
        sold_on=Coalesce("policy__applied_on", "policy__issued_on"),
    )
    return judged.filter(_worth_joining())


def _worth_joining() -> Q:
    """Told from the own row, its policy and one look at the holder, who is the counterpart of an insured."""
    has_form = Q(policy__in=ApplicationForm.objects.order_by().values("policy"))
    as_holder = Q(customer=F("counterpart_customer"))
    own = Q(role=PartyRole.INSURED, relation=Relation.SELF, policy__death_cover__isnull=True)
    return has_form | (~Q(role=PartyRole.HOLDER) & (~own | Q(customer__isnull=True) | ~as_holder))


def policies_alone() -> QuerySet[Policy]:
    """Policies that rules look at, with the seller's `registration` and `standing` without end.

    A seller with several rows without end brings the policy several times, each time judged alike.
    """
    judged: QuerySet[Policy] = Policy.objects.filter(in_scope()).alias(
        registration=FilteredRelation(
            "seller__registrations", condition=Q(seller__registrations__valid_to__isnull=True)
        ),
        standing=FilteredRelation(
            "seller__standings",
            condition=Q(
                seller__standings__valid_to__isnull=True, seller__standings__standing=Standing.ACTIVE
            ),
        ),
        sellers_agency=Coalesce("seller__agency__name", "seller__outlet__agency__name"),
        sold_on=Coalesce("applied_on", "issued_on"),
    )
    return judged


def judged_policies() -> QuerySet[Policy]:
    """The same with their `holder`."""
    judged: QuerySet[Policy] = policies_alone().alias(
        holder=FilteredRelation("parties", condition=Q(parties__role=PartyRole.HOLDER)),
        holder_document=of_person("id_key", "holder__"),
        holder_name=of_person("name", "holder__"),
        holder_born=born("holder__"),
    )
    return judged
