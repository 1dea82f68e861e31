"""One phone, several policyholders."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Case as SqlCase
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Concat
from django.db.models.lookups import Exact, GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from authenticity.choices import Kind, Severity
from authenticity.rule import Case, Rule, RuleValues
from customers.models import Customer
from policies.choices import PartyRole, Relation
from policies.models import PolicyParty
from policies.rules.scope import parties_of

HOLDER = (PartyRole.HOLDER,)
PHONES = ("mobile", "landline")
FAMILY = (
    Relation.SPOUSE,
    Relation.SON,
    Relation.DAUGHTER,
    Relation.FATHER,
    Relation.MOTHER,
    Relation.GRANDPARENT,
    Relation.GRANDCHILD,
    Relation.SIBLING,
)
# Who is who: the document number, and without one the customer.
PERSON = SqlCase(
    When(id_no="", then=Concat(Value("#"), Cast("pk", CharField()))),
    default=F("id_no"),
    output_field=CharField(),
)


def _sharers(column: str) -> QuerySet[Customer]:
    """The policyholders with the outer row's phone, itself included."""
    found = Customer.objects.filter(**{column: OuterRef(column)})
    return found.filter(Exists(parties_of(OuterRef("pk"), HOLDER))).order_by()


def _holders(column: str) -> Subquery:
    counted = _sharers(column).annotate(same=Value(1)).values("same").annotate(n=Count(PERSON, distinct=True))
    return Subquery(counted.values("n"))


def _shared(column: str, values: RuleValues) -> Q:
    """Cheap first: the number is no filler, and somebody else has it too."""
    others = Customer.objects.filter(**{column: OuterRef(column)}).exclude(pk=OuterRef("pk"))
    return ~values.blank(column) & Q(Exists(others))


def _family(column: str) -> Q:
    """Another sharer is insured on this one's policy, or holds this one's, as a relative."""
    relative = PolicyParty.objects.filter(role=PartyRole.INSURED, relation__in=FAMILY)
    held = relative.filter(
        **{f"customer__{column}": OuterRef(column)},
        policy__parties__role=PartyRole.HOLDER,
        policy__parties__customer=OuterRef("pk"),
    )
    insured = relative.filter(
        **{f"policy__parties__customer__{column}": OuterRef(column)},
        customer=OuterRef("pk"),
        policy__parties__role=PartyRole.HOLDER,
    )
    return Q(Exists(held)) | Q(Exists(insured))


def _by_two(column: str) -> Callable[[RuleValues], Q]:
    return lambda values: _shared(column, values) & Q(Exact(_holders(column), 2)) & ~_family(column)


def _by_many(column: str) -> Callable[[RuleValues], Q]:
    return lambda values: _shared(column, values) & _many(column, values)


def _many(column: str, values: RuleValues) -> Q:
    return Q(GreaterThanOrEqual(_holders(column), values.threshold("PH-023", "holders")))


CONTACTS = (
    Rule(
        code="PH-022",
        severity=Severity.WARN,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("Two policyholders have this number"),
        remedy=_("Ask whose number it is; enter the other's own number, or record how they are related."),
        articles=("82-6-5", "coding-phone"),
        roles=HOLDER,
        reads=("id_no",),
        yields_to=("PH-023",),
        cases=tuple(Case(column, _by_two(column)) for column in PHONES),
    ),
    Rule(
        code="PH-023",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("Several policyholders have this number"),
        remedy=_("Ask each for the own number; at most one of them keeps this one."),
        articles=("82-6-5", "coding-phone"),
        roles=HOLDER,
        reads=("id_no",),
        thresholds={"holders": 3},
        cases=tuple(Case(column, _by_many(column)) for column in PHONES),
    ),
)
