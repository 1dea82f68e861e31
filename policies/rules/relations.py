"""Who is what to whom."""

from __future__ import annotations

from django.db.models import F, Min, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from authenticity.choices import Kind, Severity, Sex, Tag
from authenticity.relations import CODES, implied_age, implied_sex, is_insurable
from authenticity.rule import Case, Rule, RuleValues
from customers.models import Customer
from policies.choices import PartyRole, Relation
from policies.models import Policy, PolicyParty
from policies.rules.scope import YearsLater

INSURED = (PartyRole.INSURED,)
RELATED = (PartyRole.INSURED, PartyRole.BENEFICIARY)
MALE = tuple(code for code in CODES if implied_sex(code) == Sex.MALE)
FEMALE = tuple(code for code in CODES if implied_sex(code) == Sex.FEMALE)
ELDER = tuple(code for code in CODES if implied_age(code) == "elder")
YOUNGER = tuple(code for code in CODES if implied_age(code) == "younger")
CHILDREN = ("son", "daughter", "child")
PARENTS_AND_CHILDREN = (*CHILDREN, "father", "mother", "parent")
UNINSURABLE = tuple(code for code in CODES if not is_insurable(code))
# As a finding about one party of a policy names it.
HOLDER_ROW = "holder:1"
BOTH_BORN = Q(person_born__isnull=False, counterpart_born__isnull=False)


def _no_relation(values: RuleValues) -> Q:
    return Q(role=PartyRole.INSURED, relation="")


def _other_sex(values: RuleValues) -> Q:
    man_called_woman = Q(relation__in=FEMALE, person_sex=Sex.MALE)
    return Q(relation__in=MALE, person_sex=Sex.FEMALE) | man_called_woman


def _wrong_way_round(values: RuleValues) -> Q:
    """Elder by the word and not older, or the reverse; the same day contradicts both."""
    elder = Q(relation__in=ELDER) & Q(GreaterThanOrEqual(F("person_born"), F("counterpart_born")))
    younger = Q(relation__in=YOUNGER) & Q(LessThanOrEqual(F("person_born"), F("counterpart_born")))
    return elder | younger


def _too_near(values: RuleValues) -> Q:
    """Parent and child the right way round, and fewer years apart than a parent can be."""
    years = values.threshold("RB-002", "gap_years")
    apart = YearsLater("counterpart_born", years), YearsLater("person_born", years)
    child = Q(relation__in=CHILDREN) & Q(GreaterThan(apart[0], F("person_born")))
    parent = ~Q(relation__in=CHILDREN) & Q(GreaterThan(apart[1], F("counterpart_born")))
    return Q(relation__in=PARENTS_AND_CHILDREN) & BOTH_BORN & ~_wrong_way_round(values) & (child | parent)


def _self_or_not(values: RuleValues) -> Q:
    """Told only where both documents are known."""
    known = Q(document__isnull=False, counterpart_document__isnull=False)
    another = Q(relation=Relation.SELF) & ~Q(document=F("counterpart_document"))
    the_same = ~Q(relation__in=("", Relation.SELF)) & Q(document=F("counterpart_document"))
    return known & (another | the_same)


def _odd_couple(values: RuleValues) -> Q:
    """On the day of sale; a spouse's relation is told from either side."""
    same_sex = Q(person_sex=F("counterpart_sex"))
    husband, wife = values.threshold("RB-004", "husband"), values.threshold("RB-004", "wife")
    too_young = Q()
    for sex, years in ((Sex.MALE, husband), (Sex.FEMALE, wife)):
        for who in ("person", "counterpart"):
            minor = Q(GreaterThan(YearsLater(f"{who}_born", years), F("sold_on")))
            too_young |= Q(**{f"{who}_sex": sex}) & minor
    return Q(relation=Relation.SPOUSE) & (same_sex | too_young)


def _no_interest(values: RuleValues) -> Q:
    consented = Q(policy__insured_consent=True, policy__insured_consent__isnull=False)
    return Q(role=PartyRole.INSURED, relation__in=UNINSURABLE) & ~consented


def _younger_than(years: int) -> Q:
    """On the day of sale."""
    return Q(GreaterThan(YearsLater("person_born", years), F("sold_on")))


def _holder_younger_than(years: int) -> Q:
    return Q(GreaterThan(YearsLater("holder_born", years), F("sold_on")))


def _young_holder(values: RuleValues) -> Q:
    """Younger than adult when the first of these policies was sold; looked for from the few, of many rows."""
    adult = values.threshold("RB-006", "adult")
    if not values.whole:
        return _holder_younger_than(adult)
    sold = Policy.objects.filter(values.span("pk")).order_by().annotate(all=Value(1)).values("all")
    first = Subquery(sold.annotate(first=Min(Coalesce("applied_on", "issued_on"))).values("first"))
    since = YearsLater(first, -adult)
    customers = Customer.objects.filter(birth_date__gt=since).order_by().values("pk")
    # Few are written with a birth date of their own: for the others the first sale is not read once more.
    young = Q(customer__in=customers) | (Q(birth_date__isnull=False) & Q(birth_date__gt=since))
    holders = PolicyParty.objects.filter(values.span("policy_id"), young, role=PartyRole.HOLDER)
    return Q(pk__in=holders.order_by().values("policy"))


def _proved_income(values: RuleValues) -> Q:
    """Who works for a living counts as grown up at sixteen (民法典 art. 18)."""
    working, adult = values.threshold("RB-006", "working"), values.threshold("RB-006", "adult")
    grown = Q(LessThanOrEqual(YearsLater("holder_born", working), F("sold_on")))
    return Q(income_proof=True) & _holder_younger_than(adult) & grown


def _minor_holder(values: RuleValues) -> Q:
    working, adult = values.threshold("RB-006", "working"), values.threshold("RB-006", "adult")
    proved = Q(income_proof=True, income_proof__isnull=False)
    return _holder_younger_than(adult) & (_holder_younger_than(working) | ~proved)


def _not_the_parent(values: RuleValues) -> Q:
    other = Q(role=PartyRole.INSURED) & ~Q(relation__in=("", Relation.SELF, *CHILDREN))
    return other & _younger_than(values.threshold("RB-013", "adult"))


def _cover_over_limit(values: RuleValues) -> Q:
    """保险法 art. 33: one limit for small children, another until they are grown up."""
    young, adult = values.threshold("RB-013", "small_child"), values.threshold("RB-013", "adult")
    small = Q(policy__death_cover__gt=values.threshold("RB-013", "cover_small")) & _younger_than(young)
    big = Q(policy__death_cover__gt=values.threshold("RB-013", "cover")) & _younger_than(adult)
    return Q(role=PartyRole.INSURED, policy__death_cover__isnull=False) & (small | big)


RELATIONS = (
    Rule(
        code="REQ-005",
        severity=Severity.BLOCK,
        kind=Kind.MISSING,
        subject="policy",
        target="party",
        message=_("The insured's relation to the policyholder is missing"),
        remedy=_("Take the relation from the application form."),
        articles=("82-2", "82-6-3"),
        tags=(Tag.AML,),
        roles=INSURED,
        cases=(Case("relation", _no_relation),),
        finds=_("The insured's relation to the policyholder is blank."),
    ),
    Rule(
        code="RB-001",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="policy",
        target="party",
        message=_("The relation contradicts the sex"),
        remedy=_("Compare relation and sex with the application form and the document."),
        articles=("82-15",),
        tags=(Tag.AML,),
        roles=RELATED,
        reads=("sex",),
        cases=(Case("relation", _other_sex),),
        finds=_("The relation is only a man's (father, son) or only a woman's, and the sex is the other."),
    ),
    Rule(
        code="RB-002",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="policy",
        target="party",
        message=_("The relation contradicts the ages"),
        remedy=_("Compare the relation and both birth dates with the application form and the documents."),
        articles=("82-15",),
        tags=(Tag.AML,),
        roles=RELATED,
        reads=("birth_date",),
        thresholds={"gap_years": 14},
        cases=(
            Case("relation", _wrong_way_round),
            Case("relation", _too_near, severity=Severity.WARN),
        ),
        finds=_(
            "An elder by the relation is not older, or a younger one not younger; to judge where parent and"
            " child are fewer than gap_years years apart."
        ),
    ),
    Rule(
        code="RB-003",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="policy",
        target="party",
        message=_("The relation says self, or another person, and the document numbers contradict it"),
        remedy=_("Compare the relation and both document numbers with the application form."),
        articles=("82-15",),
        tags=(Tag.AML,),
        roles=RELATED,
        cases=(Case("relation", _self_or_not),),
        finds=_("Self with another document number, or another relation with the same number."),
    ),
    Rule(
        code="RB-004",
        severity=Severity.WARN,
        kind=Kind.FALSE,
        subject="policy",
        target="party",
        message=_("Spouses of the same sex, or too young to be married"),
        remedy=_("Compare relation, sex and birth dates with the application form and the documents."),
        articles=("civil-code-1047",),
        tags=(Tag.AML,),
        roles=RELATED,
        reads=("sex", "birth_date"),
        thresholds={"husband": 22, "wife": 20},
        cases=(Case("relation", _odd_couple),),
        finds=_(
            "Spouses have the same sex, or on the day of sale the husband was younger than husband, or the"
            " wife than wife."
        ),
    ),
    Rule(
        code="RB-005",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="policy",
        target="party",
        message=_("No insurable interest, and no consent of the insured on record"),
        remedy=_("Compare the relation with the application form, or record the insured's written consent."),
        articles=("insurance-law-12", "insurance-law-31"),
        tags=(Tag.AML, Tag.CONSUMER),
        roles=INSURED,
        cases=(Case("relation", _no_interest),),
        finds=_(
            "The insured is neither the policyholder, nor spouse, child, parent or employee, and has not"
            " consented."
        ),
    ),
    Rule(
        code="RB-006",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="policy",
        target="policy",
        message=_("The policyholder was a minor on the day of sale"),
        remedy=_("Compare the birth date with the document; of a minor, ask who may be the policyholder."),
        articles=("civil-code-17",),
        tags=(Tag.CONSUMER,),
        roles=(PartyRole.HOLDER,),
        thresholds={"adult": 18, "working": 16},
        cases=(
            Case("holder.birth_date", _minor_holder, part=HOLDER_ROW, guard=_young_holder),
            Case(
                "holder.birth_date",
                _proved_income,
                part=HOLDER_ROW,
                severity=Severity.WARN,
                guard=_young_holder,
            ),
        ),
        finds=_(
            "On the day of sale the policyholder was younger than adult; to judge from working on where own"
            " income is proved."
        ),
    ),
    Rule(
        code="RB-013",
        severity=Severity.WARN,
        kind=Kind.FALSE,
        subject="policy",
        target="party",
        message=_("Insured minor: the policyholder is no parent, or the death cover is over the limit"),
        remedy=_("Compare the relation and the sum with the application form and the limits for minors."),
        articles=("insurance-law-33",),
        tags=(Tag.CONSUMER,),
        roles=INSURED,
        thresholds={"adult": 18, "small_child": 10, "cover_small": 200_000, "cover": 500_000},
        cases=(Case("relation", _not_the_parent), Case("death_cover", _cover_over_limit)),
        finds=_(
            "On the day of sale the insured was younger than adult and is neither the policyholder nor the"
            " policyholder's child, or the sum payable on death is over cover, of one younger than"
            " small_child over cover_small."
        ),
    ),
)
