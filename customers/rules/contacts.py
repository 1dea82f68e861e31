"""Phones and addresses: whole, possible, and the holder's own."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from agents.models import SalesAgentPhone
from authenticity.choices import Kind, Severity
from authenticity.rule import Case, Rule, RuleValues

HOLDER = ("holder",)
# RULES AD-004: what makes a detail findable, a number or a village.
NUMBER_OR_VILLAGE = (
    "[0-9]|[零〇一二三四五六七八九十百]+(号|弄|巷|栋|幢|座|楼|室|单元|组|队|社|户|层|#)"
    "|村|屯|庄|寨|围|垸|埠|嘎查|苏木|社区|牧场|农场|林场"
)
READABLE = {"mobile": Q(mobile_shape_ok=True), "landline": Q(landline_area_ok=True)}
PHONES = ("mobile", "landline")


def _mobile_length(values: RuleValues) -> Q:
    return Q(mobile_shape_ok=False)


def _not_allocated(values: RuleValues) -> Q:
    return Q(mobile_shape_ok=True, mobile_allocated=False)


def _no_area_code(values: RuleValues) -> Q:
    return Q(landline_area_ok=False)


def _landline_length(values: RuleValues) -> Q:
    return Q(landline_area_ok=True, landline_valid=False)


def _listed(column: str) -> Callable[[RuleValues], Q]:
    return lambda values: Q(**{f"{column}__in": sorted(values.list("phone_placeholder"))})


def _invented(column: str) -> Callable[[RuleValues], Q]:
    def predicate(values: RuleValues) -> Q:
        run, sequence = (values.threshold("PH-010", name) for name in ("run", "sequence"))
        long = Q(**{f"{column}_run__gte": run}) | Q(**{f"{column}_sequence__gte": sequence})
        return READABLE[column] & (long | Q(**{f"{column}_distinct": 1}))

    return predicate


def _doubtful(column: str) -> Callable[[RuleValues], Q]:
    def predicate(values: RuleValues) -> Q:
        run = values.threshold("PH-010", "doubtful_run")
        distinct = values.threshold("PH-010", "doubtful_distinct")
        odd = (
            Q(**{f"{column}_run__gte": run})
            | Q(**{f"{column}_sequence__gte": run})
            | Q(**{f"{column}_distinct__gt": 0, f"{column}_distinct__lte": distinct})
        )
        return READABLE[column] & odd & ~_invented(column)(values)

    return predicate


def _of_a_seller(column: str) -> Callable[[RuleValues], Q]:
    """The seller who is the customer's own self has that phone by right."""

    def predicate(values: RuleValues) -> Q:
        phones = SalesAgentPhone.objects.filter(phone_norm=OuterRef(column)).exclude(
            ~Q(seller__id_norm="") & Q(seller__id_norm=OuterRef("id_no"))
        )
        return ~Q(**{column: ""}) & Q(Exists(phones))

    return predicate


def _levels_missing(values: RuleValues) -> Q:
    return Q(address_complete=False)


def _no_detail(values: RuleValues) -> Q:
    unfound = ~Q(address_grade="fine") & ~Q(address_detail__regex=NUMBER_OR_VILLAGE)
    return ~Q(address="") & unfound


CONTACTS = (
    Rule(
        code="PH-001",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("A mobile number has 11 digits"),
        remedy=_("Ask for the number again and enter its 11 digits, beginning with 1."),
        articles=("82-2", "coding-phone"),
        roles=HOLDER,
        yields_to=("REQ-002",),
        cases=(Case("mobile", _mobile_length),),
    ),
    Rule(
        code="PH-002",
        severity=Severity.WARN,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("No operator gives out mobile numbers that begin so"),
        remedy=_("Call the number; if it does not answer, ask for another."),
        articles=("82-15", "coding-phone"),
        roles=HOLDER,
        cases=(Case("mobile", _not_allocated),),
    ),
    Rule(
        code="PH-005",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("A landline needs its area code"),
        remedy=_("Enter the area code before the number, such as 010-."),
        articles=("82-2", "coding-phone"),
        roles=HOLDER,
        yields_to=("REQ-002",),
        cases=(Case("landline", _no_area_code),),
    ),
    Rule(
        code="PH-006",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("The landline has too many or too few digits"),
        remedy=_("Ask for the number again; how many digits follow depends on the city."),
        articles=("82-15", "coding-phone"),
        roles=HOLDER,
        cases=(Case("landline", _landline_length),),
    ),
    Rule(
        code="PH-009",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("A number that people type when they have none"),
        remedy=_("Ask the customer for the own number and call it."),
        articles=("82-15", "coding-phone"),
        roles=HOLDER,
        cases=tuple(Case(column, _listed(column)) for column in PHONES),
    ),
    Rule(
        code="PH-010",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("The pattern of the digits looks invented"),
        remedy=_("Call the number; if the customer does not answer, ask for another."),
        articles=("82-15", "coding-phone"),
        roles=HOLDER,
        yields_to=("PH-009",),
        thresholds={"run": 7, "sequence": 7, "doubtful_run": 6, "doubtful_distinct": 2},
        cases=(
            *(Case(column, _invented(column)) for column in PHONES),
            *(Case(column, _doubtful(column), severity=Severity.WARN) for column in PHONES),
        ),
    ),
    Rule(
        code="PH-020",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("The phone is a seller's"),
        remedy=_("Ask the customer for the own number; the seller's may not stand in its place."),
        articles=("82-12", "coding-phone"),
        roles=HOLDER,
        reads=("id_no",),
        cases=tuple(Case(column, _of_a_seller(column)) for column in PHONES),
    ),
    Rule(
        code="AD-001",
        severity=Severity.ERROR,
        kind=Kind.MISSING,
        subject="customer",
        target="customer",
        message=_("Province, city or district is missing in the address"),
        remedy=_("Begin the address with province, city and district or county."),
        articles=("82-2", "coding-address", "basic-service-9"),
        roles=HOLDER,
        yields_to=("REQ-003",),
        cases=(Case("address", _levels_missing),),
    ),
    Rule(
        code="AD-004",
        severity=Severity.ERROR,
        kind=Kind.MISSING,
        subject="customer",
        target="customer",
        message=_("The address has no street number, room or village"),
        remedy=_("Add the street number with building and room, or the village with its group."),
        articles=("82-2", "coding-address", "basic-service-9"),
        roles=HOLDER,
        yields_to=("REQ-003",),
        cases=(Case("address", _no_detail),),
    ),
)
