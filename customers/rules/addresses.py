"""Addresses at which a letter arrives, and which are the customer's own."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from agents.models import Branch, SalesAgent
from authenticity.addresses import may_name_outlet
from authenticity.choices import Kind, Severity, Tag
from authenticity.models.word import WordList
from authenticity.rule import Case, Rule, RuleValues, marked
from customers.rules.roles import A_HINT, AT_HAND, BLANK_ADDRESS, HOLDER

AT_THE_END = "$"
NOWHERE = Q(pk__isnull=True)


def _usual_outlet_word(values: RuleValues) -> Q:
    """One with the stem of such words; addresses with a stem have a mark."""
    usual = [word for word in values.list(WordList.OUTLET_WORD) if may_name_outlet(word)]
    return Q(address_marks__contains=["AD-007?"]) & _holds(usual)


def _other_outlet_word(values: RuleValues) -> Q:
    return _holds([word for word in values.list(WordList.OUTLET_WORD) if not may_name_outlet(word)])


def _holds(words: Collection[str]) -> Q:
    """A word with `$` behind counts at the end of the address only. Sellers may live where they work."""
    found = Q()
    for word in sorted(word for word in words if word.strip(AT_THE_END)):
        lookup = "endswith" if word.endswith(AT_THE_END) else "contains"
        found |= Q(**{f"address_detail__{lookup}": word.removesuffix(AT_THE_END)})
    sellers = SalesAgent.objects.exclude(id_norm="").values("id_norm")
    return found & ~Q(id_key__in=sellers) if found else NOWHERE


def _three_provinces(values: RuleValues) -> Q:
    """All three known, and no two of them the same."""
    known = ~Q(province_code="") & ~Q(mobile_province="")
    apart = known & ~Q(province_code=F("mobile_province"))
    elsewhere = Branch.objects.filter(pk=OuterRef("home_branch")).exclude(
        province_code__in=["", OuterRef("province_code"), OuterRef("mobile_province")]
    )
    return apart & Q(Exists(elsewhere))


_rule = partial(
    Rule,
    severity=Severity.ERROR,
    kind=Kind.FALSE,
    subject="customer",
    target="customer",
    articles=("82-15", "coding-address"),
    tags=(Tag.CONSUMER,),
    roles=HOLDER,
)
_incomplete = partial(_rule, kind=Kind.MISSING, articles=("82-2", "coding-address", "basic-service-9"))

ADDRESSES = (
    _incomplete(
        code="AD-001",
        message=_("Province, city or district is missing in the address"),
        remedy=_("Begin the address with province, city and district or county."),
        finds=_("The address names not every level that the place has: province, city, district or county."),
        yields_to=("AD-010", *BLANK_ADDRESS),
        cases=(marked("address", "AD-001"),),
    ),
    _rule(
        code="AD-002",
        message=_("The district does not belong to the city or province"),
        remedy=_("Ask in which city the district lies and write the address again."),
        finds=_(
            "The address names a city or district that lies in another province or city than the one named."
        ),
        yields_to=("AD-010", *BLANK_ADDRESS),
        cases=(marked("address", "AD-002"),),
    ),
    _rule(
        code="AD-003",
        severity=Severity.INFO,
        kind=Kind.CHANGED,
        message=_("The division has another name today"),
        remedy=_("Tell the customer the name of today and enter it at the next change."),
        finds=_("The address names a city or district that only the list of former divisions has."),
        articles=("gb-2260", "coding-address"),
        stages=AT_HAND,
        unasked=A_HINT,
        yields_to=("AD-010", *BLANK_ADDRESS),
        cases=(marked("address", "AD-003"),),
    ),
    _incomplete(
        code="AD-004",
        message=_("The address has no street number, room or village"),
        remedy=_("Add the street number with building and room, or the village with its group."),
        finds=_("The address has below the district no number and no village."),
        yields_to=("AD-005", "AD-006", "AD-010", *BLANK_ADDRESS),
        cases=(marked("address", "AD-004"),),
    ),
    _incomplete(
        code="AD-005",
        message=_("The address ends at a road, a town or a place nearby"),
        remedy=_("Add the street number with building and room, or the village with its group."),
        finds=_(
            "The address ends with a road, street, town, township or county, or with 附近, 对面 or 旁边."
        ),
        yields_to=("AD-006", "AD-010", *BLANK_ADDRESS),
        cases=(marked("address", "AD-005"),),
    ),
    _incomplete(
        code="AD-006",
        message=_("The address is too short"),
        remedy=_("Ask for the address with province, city, district, street number and room."),
        finds=_("The address has six characters or fewer, or fewer than four below the district."),
        yields_to=("AD-010", *BLANK_ADDRESS),
        cases=(marked("address", "AD-006"),),
    ),
    _rule(
        code="AD-007",
        message=_("The address looks like an outlet's or a company's"),
        remedy=_("Ask the customer for the own address; the outlet's may not stand in its place."),
        finds=_("The address holds a listed word of outlets and companies, and the customer is no seller."),
        tags=(Tag.CONSUMER, Tag.MIS_SELLING),
        yields_to=BLANK_ADDRESS,
        cases=(
            Case("address", _usual_outlet_word, guard="address_marks"),
            Case("address", _other_outlet_word),
        ),
    ),
    _rule(
        code="AD-010",
        message=_("The address is no address"),
        remedy=_("Ask for the address and write it again."),
        finds=_(
            "The address names province or city twice, has no Chinese character, or repeats one four times."
        ),
        yields_to=BLANK_ADDRESS,
        cases=(marked("address", "AD-010"),),
    ),
    _rule(
        code="AD-011",
        severity=Severity.WARN,
        message=_("No place has this postcode"),
        remedy=_("Ask for the six digits of the postcode, or leave the field empty."),
        finds=_("There is a postcode, and it is not six digits of a postal area."),
        yields_to=("REQ-008",),
        cases=(marked("postcode", "AD-011"),),
    ),
    _rule(
        code="AD-012",
        severity=Severity.INFO,
        message=_("Address, mobile and branch lie in three provinces"),
        remedy=_("Ask whether the customer moved; nothing has to be changed when both are right."),
        finds=_(
            "The provinces of the address, of the mobile number and of the branch are three different ones."
        ),
        stages=AT_HAND,
        unasked=A_HINT,
        reads=("mobile",),
        yields_to=("AD-002", "AD-010", *BLANK_ADDRESS),
        cases=(Case("address", _three_provinces),),
    ),
)
