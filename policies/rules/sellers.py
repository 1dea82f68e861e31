"""Real-name selling on every level: agency branch, outlet, person (82号 art. 14)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Lower, Replace
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from agents.choices import Channel, Standing
from agents.models import Outlet, OutletName, SalesAgent, SellerStanding
from authenticity.choices import Kind, Severity
from authenticity.rule import Case, Rule, RuleValues

SALE_DAY = Coalesce("applied_on", "issued_on")
OUTER_SALE_DAY = Coalesce(OuterRef("applied_on"), OuterRef("issued_on"))
THROUGH_AGENCY = (
    Q(channel__in=(Channel.BANK, Channel.PROFESSIONAL)) | ~Q(agency_no="") | Q(agency__isnull=False)
)
ALWAYS = Q()


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
    return tuple(Case(f"{level.name}_{field}", of(level), part=level.name) for level in REGISTERED)


def _no_number(level: Level) -> Callable[[RuleValues], Q]:
    return lambda values: level.needed & values.blank(level.number)


def _no_name(level: Level) -> Callable[[RuleValues], Q]:
    return lambda values: level.needed & ~values.blank(level.number) & values.blank(level.text)


def _unknown(level: Level) -> Callable[[RuleValues], Q]:
    return lambda values: ~values.blank(level.number) & Q(**{f"{level.name}__isnull": True})


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
        Q(**{f"{level.name}__isnull": False}) & ~values.blank(level.text) & ~_register_says(level)
    )


def _standings() -> QuerySet[SellerStanding]:
    return SellerStanding.objects.filter(seller=OuterRef("seller"))


def _inactive(level: Level) -> Callable[[RuleValues], Q]:
    """Told for a known day of sale only; a seller without dated rows is judged by the standing now."""
    dated = Q(applied_on__isnull=False) | Q(issued_on__isnull=False)
    if level is PERSON:
        active = _standings().filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=OUTER_SALE_DAY),
            Q(valid_to__isnull=True) | Q(valid_to__gt=OUTER_SALE_DAY),
            standing=Standing.ACTIVE,
        )
        undated = ~Q(Exists(_standings())) & Q(seller__standing=Standing.ACTIVE)
        return lambda values: dated & Q(seller__isnull=False) & ~Q(Exists(active)) & ~undated
    closed = Q(**{f"{level.name}__opened_on__gt": SALE_DAY}) | Q(**{f"{level.name}__closed_on__lt": SALE_DAY})
    return lambda values: dated & Q(**{f"{level.name}__isnull": False}) & closed


SELLERS = (
    Rule(
        code="REQ-009",
        severity=Severity.BLOCK,
        kind=Kind.MISSING,
        subject="policy",
        target="policy",
        message=_("Real-name selling: {field} not recorded"),
        remedy=_("Take number and name of seller, outlet, agency branch and agency from the application."),
        articles=("82-14", "agents-50"),
        cases=tuple(
            case
            for level in RECORDED
            for case in (
                Case(level.number, _no_number(level), part=level.name),
                Case(level.text, _no_name(level), part=level.name),
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
        remedy=_("Compare the number with the application; if it is right, have it entered in the register."),
        articles=("82-14",),
        cases=_cases(_unknown, "no"),
    ),
    Rule(
        code="RN-002",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="policy",
        target="policy",
        message=_("{field}: the register has another name for this number"),
        remedy=_("Compare number and name with the application; correct the one that was typed wrongly."),
        articles=("82-14", "82-15"),
        cases=_cases(_differs, "name"),
    ),
    Rule(
        code="RN-003",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="policy",
        target="policy",
        message=_("{field}: not active on the day of sale"),
        remedy=_("Find out who really sold the policy and record that seller or outlet."),
        articles=("82-14", "conduct-24"),
        cases=_cases(_inactive, "no"),
    ),
)
