"""Who gets how much, in which order, and what must be known of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from agents.models import SalesAgent
from authenticity.choices import Kind, Severity, Tag
from authenticity.relations import RELATION_WORDS, is_family
from authenticity.rule import Case, Rule, RuleValues
from customers.models import Customer
from customers.odd import UNIDENTIFIED
from policies.choices import Benefit, Designation, PartyRole, Relation
from policies.models import PolicyParty
from policies.rules.scope import YearsLater, of_person

WHOLE = 100
BENEFICIARY = (PartyRole.BENEFICIARY,)
NAMED = Q(role=PartyRole.BENEFICIARY)
ALONE = Q(customer__isnull=True)
FAMILY = tuple(code for code in Relation.values if is_family(code))
# 民法典 art. 1045.
NEAR_RELATIVES = (
    Relation.SPOUSE,
    Relation.SON,
    Relation.DAUGHTER,
    Relation.FATHER,
    Relation.MOTHER,
    Relation.PARENT,
    Relation.CHILD,
    Relation.SIBLING,
    Relation.GRANDPARENT,
    Relation.GRANDCHILD,
)
PLACE = Coalesce("order", Value(1))


def _siblings(**more: Any) -> QuerySet[PolicyParty]:
    """The beneficiaries of the same benefit on the outer row's policy."""
    return PolicyParty.objects.filter(
        policy=OuterRef("policy"), role=PartyRole.BENEFICIARY, benefit=OuterRef("benefit"), **more
    ).order_by()


def _group(**more: Any) -> QuerySet[PolicyParty]:
    """Those of them whom the contract names in the same order; no order is the first."""
    named = _siblings(**more).exclude(designation=Designation.STATUTORY)
    return named.alias(place=PLACE).filter(place=Coalesce(OuterRef("order"), Value(1)))


def _last() -> Q:
    """One finding a group, on its last row."""
    return ~Q(Exists(_group(position__gt=OuterRef("position"))))


def _shares(values: RuleValues) -> Q:
    """A single one who has the whole is not looked up; a group without any share divides equally."""
    total = _group().annotate(same=Value(1)).values("same").annotate(total=Sum("share")).values("total")
    doubtful = Q(share__isnull=True) | ~Q(share=WHOLE) | Q(position__gt=1)
    return NAMED & doubtful & _last() & ~Q(Exact(Subquery(total), Value(WHOLE)))


def _equal_shares(values: RuleValues) -> Q:
    """保险法 art. 40."""
    return NAMED & Q(share__isnull=True) & _last() & ~Q(Exists(_group(share__isnull=False)))


def _illegal_share(values: RuleValues) -> Q:
    return NAMED & (Q(share__lte=0) | Q(share__gt=WHOLE))


def _gap_in_orders(values: RuleValues) -> Q:
    """Nobody stands in the order before."""
    before = _siblings().alias(place=PLACE).filter(place=OuterRef("order") - 1)
    return NAMED & (Q(order=0) | (Q(order__gt=1) & ~Q(Exists(before))))


def _twice_in_an_order(values: RuleValues) -> Q:
    """On the later of the two rows; the positions of a benefit are never the same."""
    earlier = _group(position__lt=OuterRef("position")).alias(theirs=of_person("id_key"))
    same = earlier.filter(theirs=OuterRef("document"))
    return NAMED & Q(position__gt=1, document__isnull=False) & Q(Exists(same))


def _heirs_and_names(values: RuleValues) -> Q:
    """On each named row; the index of statutory rows behind others answers for those in front."""
    heirs = _siblings(designation=Designation.STATUTORY).alias(place=PLACE)
    mixed = heirs.filter(place=Coalesce(OuterRef("order"), Value(1)))
    behind = mixed.filter(position__gt=1)
    return NAMED & (Q(Exists(behind)) | (Q(position__gt=1) & Q(Exists(mixed))))


def _relation_as_name(values: RuleValues) -> Q:
    return NAMED & ALONE & Q(name__in=RELATION_WORDS)


def _the_seller(values: RuleValues) -> Q:
    """A guardian need be no relative."""
    related = (Relation.SELF, *(code for code in FAMILY if code != Relation.GUARDIAN))
    return NAMED & Q(document=F("policy__seller__id_norm")) & ~Q(relation__in=related)


def _some_seller(values: RuleValues) -> Q:
    """Few documents to compare with, before the seller of each policy is joined."""
    return NAMED & values.one_of("document", SalesAgent.objects.exclude(id_norm=""), "id_norm")


SAME_AS_INSURED = Q(customer=F("counterpart_customer")) | Q(document=F("counterpart_document"))


def _the_insured(values: RuleValues) -> Q:
    return NAMED & Q(benefit=Benefit.DEATH) & SAME_AS_INSURED


def _of_an_employer(values: RuleValues) -> Q:
    near = ("", Relation.SELF, *NEAR_RELATIVES)
    return NAMED & Q(counterpart_relation=Relation.EMPLOYEE) & ~Q(relation__in=near) & ~SAME_AS_INSURED


def _minor_without_guardian(values: RuleValues) -> Q:
    today = Value(values.today)
    minor = Q(GreaterThan(YearsLater("person_born", values.threshold("RB-014", "adult")), today))
    return NAMED & (Q(guardian_name="") | Q(guardian_phone="")) & minor


def _blank(column: str) -> Callable[[RuleValues], Q]:
    """The customer's where the beneficiary is one, else as written."""
    linked = ~ALONE & Q(**{f"customer__{column}": ""})
    return lambda values: NAMED & ((ALONE & Q(**{column: ""})) | linked)


def _unwritten(column: str) -> Callable[[RuleValues], Q]:
    """As `_blank`, and a filler as written too: a customer's is told on the customer (REQ-008)."""
    blank = _blank(column)
    return lambda values: blank(values) | (NAMED & ALONE & values.filler(column))


def _blank_birth_date(values: RuleValues) -> Q:
    linked = ~ALONE & Q(customer__birth_date__isnull=True)
    return NAMED & ((ALONE & Q(birth_date__isnull=True)) | linked)


def _unidentified(values: RuleValues) -> Q:
    """As written alone, or one of the few customers who lack one of these; of many rows none is joined."""
    if not values.whole:
        return NAMED
    lacking = Customer.objects.filter(UNIDENTIFIED).order_by().values("pk")
    return NAMED & (ALONE | Q(customer__in=lacking))


def _null(column: str) -> Callable[[RuleValues], Q]:
    return lambda values: NAMED & Q(**{f"{column}__isnull": True})


def _large(values: RuleValues) -> Q:
    """What is paid in all, over all years; without their number one year."""
    years = Coalesce("policy__payment_years", Value(1))
    paid = F("policy__premium") * years
    most = Value(values.threshold("RB-015", "amount"))
    return NAMED & Q(GreaterThanOrEqual(paid, most))


def _lacks(own: str, *of_customer: str) -> Callable[[RuleValues], Q]:
    """Neither on the policy nor, where the beneficiary is a customer, there."""
    without = Q()
    for column in of_customer:
        without &= Q(**{f"customer__{column}": ""})
    blank = Q(**{own: ""}) & (ALONE | without) if of_customer else Q(**{own: ""})
    return lambda values: _large(values) & blank


BENEFICIARIES = (
    Rule(
        code="REQ-006",
        severity=Severity.ERROR,
        kind=Kind.MISSING,
        subject="policy",
        target="party",
        message=_("Beneficiary: {field} missing"),
        remedy=_("Take {field} from the application form; ask the policyholder where it is not there."),
        articles=("82-2", "aml-31"),
        tags=(Tag.AML, Tag.REAL_NAME),
        roles=BENEFICIARY,
        cases=(
            Case("name", _unwritten("name"), part="a", guard=_unidentified),
            Case("sex", _blank("sex"), part="b", guard=_unidentified),
            Case("birth_date", _blank_birth_date, part="c", guard=_unidentified),
            Case("id_type", _blank("id_type"), part="d", guard=_unidentified),
            Case("id_no", _unwritten("id_no"), part="e", guard=_unidentified),
            Case("relation", lambda values: NAMED & Q(relation=""), part="f"),
            Case("order", _null("order"), part="g"),
            Case("share", _null("share"), part="h"),
        ),
        finds=_("One of a designated beneficiary's eight fields is blank, or a filler as written."),
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
        tags=(Tag.CONSUMER,),
        roles=BENEFICIARY,
        cases=(
            Case("share", _shares),
            Case("share", _equal_shares, part="equal", severity=Severity.INFO),
        ),
        finds=_(
            "The shares of one benefit and order do not make 100 while one is given; for information where"
            " none is given, which means equal shares."
        ),
    ),
    Rule(
        code="RB-008",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="policy",
        target="party",
        message=_("Orders with a gap, a share that cannot be, or the same person twice in an order"),
        remedy=_("Take orders and shares from the application form."),
        articles=("insurance-law-40",),
        tags=(Tag.CONSUMER,),
        roles=BENEFICIARY,
        cases=(
            Case("share", _illegal_share),
            Case("order", _gap_in_orders),
            Case("id_no", _twice_in_an_order),
        ),
        finds=_(
            "A share of zero or above 100, an order before which nobody stands, or a document number twice"
            " in one order."
        ),
    ),
    Rule(
        code="RB-009",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="policy",
        target="party",
        message=_("Statutory heirs beside named beneficiaries, or only a relation instead of a name"),
        remedy=_("Take the designation from the application form: names, or the statutory heirs alone."),
        articles=("interpretation-3-9",),
        tags=(Tag.CONSUMER,),
        roles=BENEFICIARY,
        cases=(Case("designation", _heirs_and_names), Case("name", _relation_as_name)),
        finds=_(
            "Statutory heirs stand in the same order as a named beneficiary, or the name is a word for a"
            " relation."
        ),
    ),
    Rule(
        code="RB-010",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="policy",
        target="party",
        message=_("The seller is the beneficiary"),
        remedy=_("Ask the policyholder whom the application names; record a relative of the insured so."),
        articles=("agents-76",),
        tags=(Tag.MIS_SELLING,),
        roles=BENEFICIARY,
        cases=(Case("id_no", _the_seller, guard=_some_seller),),
        finds=_("A beneficiary who is no relative of the insured has the seller's document number."),
    ),
    Rule(
        code="RB-011",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="policy",
        target="party",
        message=_("The death benefit would go to the insured"),
        remedy=_("Take the beneficiary of the death benefit from the application form."),
        articles=("insurance-law-42",),
        tags=(Tag.CONSUMER,),
        roles=BENEFICIARY,
        cases=(Case("id_no", _the_insured),),
        finds=_("A beneficiary of the death benefit is the insured, as customer or by document number."),
    ),
    Rule(
        code="RB-012",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="policy",
        target="party",
        message=_("Insured by the employer: the beneficiary is neither the insured nor a near relative"),
        remedy=_("Ask for a beneficiary whom the law admits; compare the relation with the application."),
        articles=("insurance-law-39",),
        tags=(Tag.CONSUMER,),
        roles=BENEFICIARY,
        cases=(Case("relation", _of_an_employer),),
        finds=_(
            "The insured is the policyholder's employee, the beneficiary neither that person nor near kin."
        ),
    ),
    Rule(
        code="RB-014",
        severity=Severity.WARN,
        kind=Kind.MISSING,
        subject="policy",
        target="party",
        message=_("Minor beneficiary without name and phone of a guardian"),
        remedy=_("Ask the policyholder for the guardian's name and phone."),
        articles=("pipl-31", "insurance-law-39"),
        tags=(Tag.CONSUMER,),
        roles=BENEFICIARY,
        thresholds={"adult": 18},
        cases=(Case("guardian_phone", _minor_without_guardian),),
        finds=_("A beneficiary younger than adult has no guardian's name or phone."),
    ),
    Rule(
        code="RB-015",
        severity=Severity.ERROR,
        kind=Kind.MISSING,
        subject="policy",
        target="party",
        message=_("Large policy: the beneficiary's {field} is missing"),
        remedy=_("Ask the policyholder for the beneficiary's {field}."),
        articles=("aml-31", "cdd-2025"),
        tags=(Tag.AML,),
        roles=BENEFICIARY,
        thresholds={"amount": 200_000},
        cases=(
            Case("nationality", _lacks("nationality", "nationality"), part="a", guard=_large),
            Case("address", _lacks("address", "address"), part="b", guard=_large),
            Case("phone", _lacks("phone", "mobile", "landline"), part="c", guard=_large),
            Case("occupation", _lacks("occupation"), part="d", guard=_large),
        ),
        finds=_(
            "The premiums of all years make amount or more, and a beneficiary's nationality, address, phone"
            " or occupation is blank."
        ),
    ),
)
