"""One contact, account, document or image, several persons."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.lookups import In
from django.utils.translation import gettext_lazy as _

from agents.models import SalesAgent
from authenticity.choices import DocumentType, Kind, Severity, Tag
from authenticity.rule import Case, Keys, Rule, RuleValues
from customers.choices import SharedKind
from customers.models import Customer, CustomerImage
from customers.rules.roles import BLANK_PERSON
from policies.choices import PartyRole
from policies.family import sharing_with_family
from policies.sharing import people_of

HOLDER = (PartyRole.HOLDER,)
PERSONS = tuple(PartyRole.values)
PHONES = ("mobile", "landline")

STRANGERS = (("address", "address_key", SharedKind.ADDRESS), ("email", "email", SharedKind.EMAIL))
# Both carry the citizen number.
CITIZEN = (DocumentType.RESIDENT_ID, DocumentType.HOUSEHOLD_REGISTER)


def _no_seller() -> Q:
    """Sellers share their numbers with the business; what they have in common is no sign."""
    return ~Q(id_key__in=SalesAgent.objects.exclude(id_norm="").order_by().values("id_norm"))


def _no_relative(column: str, keys: Keys) -> Q:
    return ~Q(In(F("pk"), sharing_with_family(column, keys)))


def _by_two(column: str) -> Callable[[RuleValues], Q]:
    """By whomever and however many: what all rules about a shared contact have in common."""
    return lambda values: ~Q(**{column: ""}) & Q(**{f"{column}__in": values.shared(column, at_least=2)})


def _by_three(column: str, kind: SharedKind) -> Callable[[RuleValues], Q]:
    def guard(values: RuleValues) -> Q:
        return Q(**{f"{column}__in": values.shared(kind, at_least=values.threshold("AD-009", "holders"))})

    return guard


def _by_few(column: str, one_seller: bool | None = None) -> Callable[[RuleValues], Q]:
    """By two, or more while they are fewer than PH-023 asks for; none of the others a relative."""

    def predicate(values: RuleValues) -> Q:
        many = values.threshold("PH-023", "holders")
        keys = values.shared(column, at_least=2, below=many, one_seller=one_seller)
        return (
            Q(**{f"{column}__in": keys}) & ~values.filler(column) & _no_seller() & _no_relative(column, keys)
        )

    return predicate


def _by_many(column: str, one_seller: bool | None = None) -> Callable[[RuleValues], Q]:
    def predicate(values: RuleValues) -> Q:
        keys = values.shared(column, at_least=values.threshold("PH-023", "holders"), one_seller=one_seller)
        return Q(**{f"{column}__in": keys}) & ~values.filler(column) & _no_seller()

    return predicate


def _by_one_seller(column: str) -> Callable[[RuleValues], Q]:
    few, many = _by_few(column, one_seller=True), _by_many(column, one_seller=True)
    return lambda values: few(values) | many(values)


def _by_strangers(column: str, kind: SharedKind) -> Callable[[RuleValues], Q]:
    """A holder with a relative among the others is not asked."""

    def predicate(values: RuleValues) -> Q:
        keys = values.shared(kind, at_least=values.threshold("AD-009", "holders"))
        real = ~values.filler("address" if kind == SharedKind.ADDRESS else column)
        return Q(**{f"{column}__in": keys}) & real & _no_seller() & _no_relative(column, keys)

    return predicate


def _account(values: RuleValues) -> Q:
    keys = values.shared(SharedKind.ACCOUNT, at_least=values.threshold("BK-004", "holders"))
    return Q(account_no__in=keys) & ~values.filler("account_no")


def _same_number(values: RuleValues) -> Q:
    return Q(id_key__in=values.shared(SharedKind.DOCUMENT, at_least=2))


def _two_names(values: RuleValues) -> Q:
    """Of the same kind of document; a register carries the number of the ID card."""
    others = Customer.objects.order_by().filter(id_key=OuterRef("id_key"), merged_into__isnull=True)
    others = others.exclude(Q(name="") | Q(name=OuterRef("name")))
    alike = Q(id_type__in=CITIZEN) & Q(Exists(others.filter(id_type__in=CITIZEN)))
    alike |= Q(Exists(others.filter(id_type=OuterRef("id_type"))))
    return _same_number(values) & ~Q(id_type="") & ~Q(name="") & ~values.filler("id_no") & alike


def _two_numbers(values: RuleValues) -> Q:
    return Q(In(F("pk"), people_of(values.shared(SharedKind.PERSON, at_least=2))))


def _image_of_another(values: RuleValues) -> Q:
    """Another customer who is another person by the document number."""
    mine = CustomerImage.objects.order_by().filter(customer=OuterRef("pk"))
    same = CustomerImage.objects.order_by().filter(sha256=OuterRef("sha256"))
    another = same.exclude(customer=OuterRef("customer"))
    another = another.filter(customer__merged_into__isnull=True).exclude(
        ~Q(customer__id_key="") & Q(customer__id_key=OuterRef("customer__id_key"))
    )
    return Q(Exists(mine.filter(Exists(another))))


def _with_image(values: RuleValues) -> Q:
    return values.one_of("pk", CustomerImage.objects.all(), "customer_id")


SHARED = (
    Rule(
        code="ID-010",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("The same document number stands under different names"),
        remedy=_("Ask for the document: correct the number or the name here, or merge the same person."),
        finds=_(
            "Another customer has the same number of the same kind of document, 15 digits read as 18, and "
            "another name."
        ),
        articles=("82-15", "aml-28"),
        tags=(Tag.AML, Tag.REAL_NAME),
        roles=PERSONS,
        reads=("name",),
        yields_to=BLANK_PERSON,
        cases=(Case("id_no", _two_names, guard=_same_number),),
    ),
    Rule(
        code="ID-011",
        severity=Severity.WARN,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("Probably one person with two document numbers"),
        remedy=_("Compare the documents: merge the same person, or note that they are two."),
        finds=_(
            "Another customer has the same name, birth date and sex, and another document number; 15 digits "
            "are read as 18."
        ),
        articles=("82-15", "aml-28"),
        tags=(Tag.AML, Tag.REAL_NAME),
        roles=PERSONS,
        yields_to=BLANK_PERSON,
        cases=(Case("id_no", _two_numbers),),
    ),
    Rule(
        code="PH-022",
        severity=Severity.WARN,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("Another policyholder has this number too"),
        remedy=_("Ask whose number it is; enter the other's own number, or record how they are related."),
        finds=_(
            "Policyholders who are different persons by the document number have the phone, two of them or "
            "fewer than PH-023 asks for, and none of the others is a recorded relative."
        ),
        articles=("82-6-5", "coding-phone"),
        tags=(Tag.CONSUMER,),
        roles=HOLDER,
        reads=("id_no",),
        yields_to=("PH-023", "PH-024"),
        cases=tuple(Case(column, _by_few(column), guard=_by_two(column)) for column in PHONES),
    ),
    Rule(
        code="PH-023",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("Several policyholders have this number"),
        remedy=_("Ask each for the own number; at most one of them keeps this one."),
        finds=_(
            "At least as many policyholders as the threshold says, different persons by the document number, "
            "have the phone."
        ),
        articles=("82-6-5", "coding-phone"),
        tags=(Tag.CONSUMER,),
        roles=HOLDER,
        reads=("id_no",),
        yields_to=("PH-024",),
        thresholds={"holders": 3},
        cases=tuple(Case(column, _by_many(column), guard=_by_two(column)) for column in PHONES),
    ),
    Rule(
        code="PH-024",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("Several clients of the same seller or outlet have this number"),
        remedy=_("Ask each client, not through the seller, for the own number; tell compliance."),
        finds=_(
            "PH-022 or PH-023 holds, and all policies of all those policyholders name the same seller or the "
            "same outlet."
        ),
        articles=("82-12", "82-6-5", "coding-phone"),
        tags=(Tag.MIS_SELLING, Tag.CONSUMER),
        roles=HOLDER,
        reads=("id_no",),
        cases=tuple(Case(column, _by_one_seller(column), guard=_by_two(column)) for column in PHONES),
    ),
    Rule(
        code="AD-009",
        severity=Severity.WARN,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("{field}: several policyholders have the same"),
        remedy=_("Ask each for the own, or record how they are related."),
        finds=_(
            "At least as many policyholders as the threshold says, different persons by the document number, "
            "have the address or e-mail, and none of the others is a recorded relative."
        ),
        articles=("82-6-5", "coding-address"),
        tags=(Tag.CONSUMER,),
        roles=HOLDER,
        reads=("id_no",),
        thresholds={"holders": 3},
        cases=tuple(
            Case(field, _by_strangers(column, kind), guard=_by_three(column, kind))
            for field, column, kind in STRANGERS
        ),
    ),
    Rule(
        code="BK-004",
        severity=Severity.WARN,
        kind=Kind.FALSE,
        subject="policy",
        target="policy",
        message=_("Several policyholders have this account"),
        remedy=_("Find out whose account it is; premiums come from the policyholder's own."),
        finds=_(
            "Policyholders of at least as many different persons as the threshold says have the account on "
            "their policies."
        ),
        articles=("aml-30",),
        tags=(Tag.AML,),
        thresholds={"holders": 2},
        cases=(Case("account_no", _account),),
    ),
    Rule(
        code="IMG-002",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("The same image stands for another customer too"),
        remedy=_(
            "Look at both images: have the right document photographed, and tell compliance who sent it."
        ),
        finds=_(
            "An image of the customer has the same hash as one of another customer, who is another person by "
            "the document number."
        ),
        articles=("82-12",),
        tags=(Tag.REAL_NAME, Tag.MIS_SELLING),
        roles=PERSONS,
        cases=(Case("id_no", _image_of_another, guard=_with_image),),
    ),
)
