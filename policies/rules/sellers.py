"""Real-name selling on every level: agency branch, outlet, person (82号 art. 14)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Lower, Replace
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from agents.choices import Channel, Standing
from agents.models import Agency, Outlet, OutletName, Registration, SalesAgent, SellerStanding
from authenticity.choices import Kind, Severity, Tag
from authenticity.rule import Case, Rule, RuleValues

SALE_DAY = Coalesce("applied_on", "issued_on")
OUTER_SALE_DAY = Coalesce(OuterRef("applied_on"), OuterRef("issued_on"))
THROUGH_AGENCY = (
    Q(channel__in=(Channel.BANK, Channel.PROFESSIONAL)) | ~Q(agency_no="") | Q(agency__isnull=False)
)
ALWAYS = Q()
DATED = Q(applied_on__isnull=False) | Q(issued_on__isnull=False)


@dataclass(frozen=True)
class Level:
    """Where on the policy a level stands: `<name>_no`, `<name>_name`, and `<name>` as matched."""

    name: str
    needed: Q

    @property
    def number(self) -> str:
        return f"{self.name}_no"

    @property
    def text(self) -> str:
        return f"{self.name}_name"


PERSON = Level("seller", ALWAYS)
OUTLET = Level("outlet", THROUGH_AGENCY)
AGENCY_BRANCH = Level("agency_branch", THROUGH_AGENCY)
AGENCY = Level("agency", THROUGH_AGENCY)
REGISTERED = (AGENCY_BRANCH, OUTLET, PERSON)
RECORDED = (AGENCY, *REGISTERED)


def _cases(of: Callable[[Level], Callable[[RuleValues], Q]], field: str) -> tuple[Case, ...]:
    return tuple(
        Case(f"{level.name}_{field}", of(level), part=level.name, guard=_not_plain(level))
        for level in REGISTERED
    )


def _matched(level: Level) -> Q:
    """The register knows the number, so it is no filler."""
    return Q(**{f"{level.name}__isnull": False})


def _same_name(level: Level) -> Q:
    """Word for word the register's name, as nearly all are."""
    return _matched(level) & Q(**{level.text: F(f"{level.name}__name")})


@cache
def _not_plain(level: Level) -> Callable[[RuleValues], Q]:
    """False where both stand as in the register, or none is recorded and none needed: nearly always."""
    number = ~Q(**{level.number: ""})
    recorded = level.needed | number | _matched(level) if level.needed else ALWAYS
    plain = number & _same_name(level)
    return lambda values: ~plain & recorded


def _no_number(level: Level) -> Callable[[RuleValues], Q]:
    return lambda values: (
        level.needed & (Q(**{level.number: ""}) | (~_matched(level) & values.blank(level.number)))
    )


def _no_name(level: Level) -> Callable[[RuleValues], Q]:
    return lambda values: (
        level.needed
        & ~_same_name(level)
        & values.blank(level.text)
        & ~Q(**{level.number: ""})
        & (_matched(level) | ~values.blank(level.number))
    )


def _unknown(level: Level) -> Callable[[RuleValues], Q]:
    return lambda values: ~_matched(level) & ~values.blank(level.number)


def _plain(name: str | Combinable) -> Combinable:
    return Lower(Replace(name, Value(" "), Value(""), output_field=CharField()))


def _register_says(level: Level) -> Q:
    """The register holds the recorded name for that number, now or in the past."""
    recorded = _plain(OuterRef(level.text))
    if level is PERSON:
        same = SalesAgent.objects.filter(pk=OuterRef("seller")).filter(
            Q(Exact(_plain("name"), recorded)) | Q(Exact(_plain("name_norm"), recorded))
        )
        return Q(Exists(same))
    of_unit = OuterRef(level.name)
    now = Outlet.objects.filter(Exact(_plain("name"), recorded), pk=of_unit)
    once = OutletName.objects.filter(Exact(_plain("name"), recorded), outlet=of_unit)
    return Q(Exists(now)) | Q(Exists(once))


def _differs(level: Level) -> Callable[[RuleValues], Q]:
    return lambda values: (
        _matched(level) & ~_same_name(level) & ~values.blank(level.text) & ~_register_says(level)
    )


def _standings() -> QuerySet[SellerStanding]:
    return SellerStanding.objects.filter(seller=OuterRef("seller"))


def _inactive(level: Level) -> Callable[[RuleValues], Q]:
    """Told for a known day of sale only; a seller without dated rows is judged by the standing now."""
    if level is PERSON:
        active = _standings().filter(_on(OUTER_SALE_DAY), standing=Standing.ACTIVE)
        undated = ~Q(Exists(_standings())) & Q(seller__standing=Standing.ACTIVE)
        return lambda values: DATED & _matched(level) & ~_since("standing") & ~Q(Exists(active)) & ~undated
    closed = Q(**{f"{level.name}__opened_on__gt": SALE_DAY}) | Q(**{f"{level.name}__closed_on__lt": SALE_DAY})
    return lambda values: DATED & _matched(level) & closed


def _on(day: Combinable) -> Q:
    return Q(
        Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gt=day)
    )


def _since(joined: str) -> Q:
    """The row without end that `judged_policies` has joined had begun on the day of sale."""
    begun = Q(**{f"{joined}__valid_from__isnull": True}) | Q(**{f"{joined}__valid_from__lte": F("sold_on")})
    return Q(**{f"{joined}__isnull": False}) & begun


def _unregistered(values: RuleValues) -> Q:
    """For a known day of sale the registration of that day; else whether there is any."""
    rows = Registration.objects.filter(seller=OuterRef("seller")).exclude(number="")
    on_the_day = rows.filter(_on(OUTER_SALE_DAY))
    none = ~DATED & ~Q(Exists(rows))
    registered = Q(seller__isnull=False) & _since("registration") & ~Q(registration__number="")
    return Q(seller__isnull=False) & ~registered & (none | (DATED & ~Q(Exists(on_the_day))))


def _registered_elsewhere(values: RuleValues) -> Q:
    """At another than the seller's agency; without one, at an agency of the register."""
    agency = Q(sellers_agency__isnull=False)
    at_own = Q(registration__institution=F("sellers_agency"))
    known = Registration.objects.filter(_on(OUTER_SALE_DAY), seller=OuterRef("seller"))
    named = known.exclude(institution="")
    same = Exact(_plain("institution"), _plain(OuterRef("sellers_agency")))
    of_agency = agency & ~at_own & Q(Exists(named)) & ~Q(Exists(named.filter(same)))
    agencies = Agency.objects.order_by().values("name")
    of_insurer = ~agency & Q(registration__isnull=False, registration__institution__in=agencies)
    return DATED & Q(seller__isnull=False) & (of_agency | of_insurer)


def _no_licence(values: RuleValues) -> Q:
    return Q(agency__isnull=False) & (
        Q(agency__licence_no="") | Q(agency__licence_valid_to__lt=F("issued_on"))
    )


SELLERS = (
    Rule(
        code="REQ-009",
        severity=Severity.BLOCK,
        kind=Kind.MISSING,
        subject="policy",
        target="policy",
        message=_("Real-name selling: {field} not recorded"),
        finds=_(
            "Number or name of the seller is blank; through an agency also those of outlet, agency branch or "
            "agency."
        ),
        remedy=_("Take number and name of seller, outlet, agency branch and agency from the application."),
        articles=("82-14", "agents-50"),
        tags=(Tag.REAL_NAME, Tag.MIS_SELLING),
        cases=tuple(
            case
            for level in RECORDED
            for case in (
                Case(level.number, _no_number(level), part=level.name, guard=_not_plain(level)),
                Case(level.text, _no_name(level), part=level.name, guard=_not_plain(level)),
            )
        ),
    ),
    Rule(
        code="RN-001",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="policy",
        target="policy",
        message=_("{field}: not in the register"),
        finds=_("The register knows no seller, outlet or agency branch with the recorded number."),
        remedy=_("Compare the number with the application; if it is right, have it entered in the register."),
        articles=("82-14",),
        tags=(Tag.REAL_NAME, Tag.MIS_SELLING),
        cases=_cases(_unknown, "no"),
    ),
    Rule(
        code="RN-002",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="policy",
        target="policy",
        message=_("{field}: the register has another name for this number"),
        finds=_("The recorded name is neither the register's name for that number nor a former one."),
        remedy=_("Compare number and name with the application; correct the one that was typed wrongly."),
        articles=("82-14", "82-15"),
        tags=(Tag.REAL_NAME, Tag.MIS_SELLING),
        cases=_cases(_differs, "name"),
    ),
    Rule(
        code="RN-003",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="policy",
        target="policy",
        message=_("{field}: not active on the day of sale"),
        finds=_("The seller was not active, or outlet or agency branch not open, on the day of the sale."),
        remedy=_("Find out who really sold the policy and record that seller or outlet."),
        articles=("82-14", "conduct-24"),
        tags=(Tag.REAL_NAME, Tag.MIS_SELLING),
        cases=tuple(Case(f"{level.name}_no", _inactive(level), part=level.name) for level in REGISTERED),
    ),
    Rule(
        code="ORG-004",
        severity=Severity.ERROR,
        kind=Kind.MISSING,
        subject="policy",
        target="policy",
        message=_("The agency had no licence, or it had expired when the policy was issued"),
        remedy=_("Have the agency's licence and its validity entered in the register."),
        articles=("licence-4", "licence-7", "agents-3", "agents-40"),
        tags=(Tag.REAL_NAME, Tag.MIS_SELLING),
        cases=(Case("agency_no", _no_licence, part="agency"),),
        finds=_("The agency's licence number is blank, or its validity ended before the day of issue."),
    ),
    Rule(
        code="ORG-005",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="policy",
        target="policy",
        message=_("The seller was not registered for practice at the sale, or elsewhere"),
        remedy=_("Have the registration entered in the register, or find out who really sold the policy."),
        articles=("conduct-24", "agents-38", "agents-66"),
        tags=(Tag.REAL_NAME, Tag.MIS_SELLING),
        cases=(
            Case("seller_no", _unregistered, part="seller"),
            Case("seller_no", _registered_elsewhere, part="institution"),
        ),
        yields_to=("RN-003",),
        finds=_(
            "On the day of sale the seller had no registration for practice, or one at another institution"
            " than the seller's agency."
        ),
    ),
)
