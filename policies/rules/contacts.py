"""Contacts that belong to sellers, outlets, agencies or the company, and those that nobody answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import BigIntegerField, CharField, Exists, Func, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.db.models.lookups import Exact, GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from agents.models import Branch, Outlet, OutletPhone, SalesAgentPhone
from authenticity import phones
from authenticity.choices import Kind, Severity, Tag
from authenticity.models.word import WordList
from authenticity.rule import Case, Rule, RuleValues
from customers.choices import ContactPoint, SharedKind
from customers.models import FailedContact
from policies.choices import PartyRole
from policies.models import PolicyParty
from policies.rules.scope import in_scope

HOLDER = (PartyRole.HOLDER,)
PHONES = ("mobile", "landline")
UNREACHED = {
    "mobile": ContactPoint.MOBILE,
    "landline": ContactPoint.LANDLINE,
    "email": ContactPoint.EMAIL,
    "address": ContactPoint.ADDRESS,
}
# Few rows: looked up once for all, not table by table for each customer.
UNIT_PHONES = """
    SELECT phone_norm FROM agents_agency WHERE phone_norm <> '' UNION ALL
    SELECT phone_norm FROM agents_branch WHERE phone_norm <> '' UNION ALL
    SELECT phone_norm FROM agents_agencyevent WHERE phone_norm <> '' UNION ALL
    SELECT phone_norm FROM agents_branchevent WHERE phone_norm <> ''
"""
UNIT_ADDRESSES = """
    SELECT address_key FROM agents_agency WHERE address_key IS NOT NULL UNION ALL
    SELECT address_key FROM agents_branch WHERE address_key IS NOT NULL
"""


class HashOf(Func):
    """`authenticity.hashing.stable_hash` of a text, by the database."""

    template = (
        "('x' || encode(substr(sha256(convert_to(%(expressions)s, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint"
    )
    output_field = BigIntegerField()


def _years_before(day: date, years: int) -> date:
    """The same day so many years ago, 28 February for 29 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _of_a_seller(column: str) -> Callable[[RuleValues], Q]:
    """The seller who is the customer's own self has that phone by right."""

    def predicate(values: RuleValues) -> Q:
        theirs = SalesAgentPhone.objects.order_by().filter(phone_norm=OuterRef(column))
        own = ~Q(seller__id_norm="") & Q(seller__id_norm=OuterRef("id_key"))
        return ~Q(**{column: ""}) & Q(Exists(theirs.exclude(own)))

    return predicate


def _of_business(column: str) -> Callable[[RuleValues], Q]:
    """A phone that some seller, outlet, agency or branch has or had, or the company."""

    def guard(values: RuleValues) -> Q:
        found = values.one_of(column, SalesAgentPhone.objects.exclude(phone_norm=""), "phone_norm")
        return ~Q(**{column: ""}) & (found | _of_a_unit(column)(values))

    return guard


def _of_a_unit(column: str) -> Callable[[RuleValues], Q]:
    """Outlets keep their phones with their days; those that agencies and branches had are in the history."""

    def predicate(values: RuleValues) -> Q:
        listed = {phones.facts(word).normal for word in values.list(WordList.COMPANY_PHONE)}
        found = Q(**{f"{column}__in": sorted(listed - {""})})
        found |= values.one_of(column, OutletPhone.objects.exclude(phone_norm=""), "phone_norm")
        found |= Q(**{f"{column}__in": RawSQL(UNIT_PHONES, ())})  # noqa: S611 - our own text
        return ~Q(**{column: ""}) & found

    return predicate


def _of_a_units_address(values: RuleValues) -> Q:
    outlets = Outlet.objects.filter(address_key__isnull=False)
    of_unit = Q(address_key__in=RawSQL(UNIT_ADDRESSES, ()))  # noqa: S611 - our own text
    return Q(address_key__isnull=False) & (values.one_of("address_key", outlets, "address_key") | of_unit)


def _of_many(values: RuleValues) -> Q:
    return Q(
        address_key__in=values.shared(SharedKind.ADDRESS, at_least=values.threshold("AD-008", "holders"))
    )


def _like_a_units_address(values: RuleValues) -> Q:
    """Asked only of an address that more than two holders have; nothing else is compared letter by letter."""
    least = values.threshold("AD-008", "similarity") / 100
    address: Any = OuterRef("address")
    alike = GreaterThanOrEqual(TrigramSimilarity("address", address), least)
    similar = Q()
    for model in (Outlet, Branch):
        near = model._default_manager.order_by().filter(district_code=OuterRef("district_code"))
        similar |= Q(Exists(near.filter(alike)))
    return _of_many(values) & ~Q(district_code="") & similar & ~_of_a_units_address(values)


def _unreached(column: str) -> Callable[[RuleValues], Q]:
    """The number of today, not one that was tried before it was corrected."""

    def predicate(values: RuleValues) -> Q:
        failed = FailedContact.objects.order_by().filter(
            customer=OuterRef("pk"),
            point=UNREACHED[column],
            failures__gte=values.threshold("PH-026", "failures"),
        )
        present = OuterRef("address_key") if column == "address" else HashOf(OuterRef(column))
        return ~Q(**{column: ""}) & Q(Exists(failed.filter(key=present)))

    return predicate


def _ever_unreached(values: RuleValues) -> Q:
    failed = FailedContact.objects.filter(failures__gte=values.threshold("PH-026", "failures"))
    return values.one_of("pk", failed, "customer_id")


def _debit_failed(values: RuleValues) -> Q:
    """The account's key is asked of the very row that failed: all conditions in one filter."""
    held = PolicyParty.objects.order_by().filter(policy=OuterRef("pk"), role=PartyRole.HOLDER)
    failing = Q(
        customer__failed_contacts__point=ContactPoint.ACCOUNT,
        customer__failed_contacts__failures__gte=values.threshold("BK-005", "failures"),
    )
    same = Q(customer__failed_contacts__key=HashOf(OuterRef("account_no")))
    return ~Q(account_no="") & Q(Exists(held.filter(failing))) & Q(Exists(held.filter(failing & same)))


class _AsRead(Func):
    """Compared without its index: from a holder's own policies, not from a hundred who have the number."""

    template = "(%(expressions)s || '')"
    output_field = CharField()


def _of_the_insured(values: RuleValues) -> Q:
    """Another insured of the same policy, of age today."""
    of_age = _years_before(values.today, values.threshold("PH-027", "years"))
    insured = PolicyParty.objects.filter(
        in_scope("policy__"),
        Exact(_AsRead("customer__mobile"), OuterRef("mobile")),
        role=PartyRole.INSURED,
        customer__birth_date__lte=of_age,
        policy__parties__role=PartyRole.HOLDER,
        policy__parties__customer=OuterRef("pk"),
    ).exclude(Q(customer=OuterRef("pk")) | ~Q(customer__id_key="") & Q(customer__id_key=OuterRef("id_key")))
    return _with_the_insured(values) & Q(Exists(insured))


def _with_the_insured(values: RuleValues) -> Q:
    return Q(mobile__in=values.shared(SharedKind.INSURED, at_least=2))


CONTACTS = (
    Rule(
        code="PH-020",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("The phone is a seller's"),
        remedy=_("Ask the customer for the own number; the seller's may not stand in its place."),
        finds=_(
            "A policyholder's phone is or was that of a seller who is another person by the document number."
        ),
        articles=("82-12", "coding-phone"),
        tags=(Tag.MIS_SELLING,),
        roles=HOLDER,
        reads=("id_no",),
        cases=tuple(Case(column, _of_a_seller(column), guard=_of_business(column)) for column in PHONES),
    ),
    Rule(
        code="PH-021",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("The phone is that of an outlet, an agency, a branch or the company"),
        remedy=_("Ask the customer for the own number; no office's may stand in its place."),
        finds=_(
            "A policyholder's phone is or was that of an outlet, an agency or a branch, or stands in the "
            "list of the company's phones."
        ),
        articles=("82-12", "coding-phone"),
        tags=(Tag.MIS_SELLING,),
        roles=HOLDER,
        cases=tuple(Case(column, _of_a_unit(column), guard=_of_business(column)) for column in PHONES),
    ),
    Rule(
        code="PH-026",
        severity=Severity.WARN,
        kind=Kind.CHANGED,
        subject="customer",
        target="customer",
        message=_("{field}: messages do not arrive"),
        remedy=_("Reach the customer in another way and ask what is valid now."),
        finds=_(
            "The last attempts in a row, as many as the threshold says, to reach a policyholder on the "
            "present number, e-mail or address have failed."
        ),
        articles=("82-6-4", "82-15"),
        tags=(Tag.CONSUMER,),
        roles=HOLDER,
        thresholds={"failures": 2},
        cases=tuple(Case(column, _unreached(column), guard=_ever_unreached) for column in UNREACHED),
    ),
    Rule(
        code="BK-005",
        severity=Severity.WARN,
        kind=Kind.CHANGED,
        subject="policy",
        target="policy",
        message=_("Debits of this account fail"),
        remedy=_("Ask the policyholder for the account that premiums are to be taken from now."),
        finds=_(
            "The last debits in a row of the policy's present account, as many as the threshold says, failed."
        ),
        articles=("82-6-4", "82-15"),
        tags=(Tag.CONSUMER,),
        thresholds={"failures": 2},
        cases=(Case("account_no", _debit_failed),),
    ),
    Rule(
        code="PH-027",
        severity=Severity.INFO,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("Policyholder and insured have the same mobile number"),
        remedy=_("Ask whose number it is, and for the other's own."),
        finds=_(
            "A policyholder's mobile is that of another insured of the same policy, who is of the age that "
            "the threshold says."
        ),
        articles=("82-6-5",),
        tags=(Tag.CONSUMER,),
        roles=HOLDER,
        reads=("id_no",),
        thresholds={"years": 18},
        cases=(Case("mobile", _of_the_insured, guard=_with_the_insured),),
    ),
    Rule(
        code="AD-008",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("The address is that of an outlet, an agency or a branch"),
        remedy=_("Ask the customer for the own address; no office's may stand in its place."),
        finds=_(
            "A policyholder's address is the same as that of an outlet, an agency or a branch; or one that "
            "several holders have, similar by its letters to an outlet's or a branch's in the same district."
        ),
        articles=("82-12", "coding-address"),
        tags=(Tag.MIS_SELLING,),
        roles=HOLDER,
        thresholds={"similarity": 80, "holders": 3},
        cases=(
            Case("address", _of_a_units_address),
            Case("address", _like_a_units_address, severity=Severity.WARN, guard=_of_many),
        ),
    ),
)
