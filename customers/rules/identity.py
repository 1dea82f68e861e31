"""The resident number and what must agree with it; one number, one name."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from authenticity.choices import DocumentType, Kind, Severity
from authenticity.rule import Case, Rule, RuleValues
from customers.models import Customer

PERSONS = ("holder", "insured", "beneficiary")
RESIDENT = Q(id_type=DocumentType.RESIDENT_ID)
BLANKS = ("REQ-001", "REQ-004")
DAYS_A_YEAR = 365.2425


def _misshapen(values: RuleValues) -> Q:
    return RESIDENT & ~Q(id_no="") & ~Q(id_shape__in=("18", "15"))


def _check_digit(values: RuleValues) -> Q:
    return RESIDENT & Q(id_shape="18", id_check_ok=False)


def _birth_impossible(values: RuleValues) -> Q:
    oldest = values.today - timedelta(days=values.threshold("ID-007", "years") * DAYS_A_YEAR)
    outside = Q(id_birth_date__gt=values.today) | Q(id_birth_date__lt=oldest)
    return RESIDENT & (Q(id_birth_ok=False) | outside)


def _birth_differs(values: RuleValues) -> Q:
    known = Q(birth_date__isnull=False, id_birth_date__isnull=False)
    return RESIDENT & known & ~Q(birth_date=F("id_birth_date"))


def _sex_differs(values: RuleValues) -> Q:
    return RESIDENT & ~Q(sex="") & ~Q(id_sex="") & ~Q(sex=F("id_sex"))


def _two_names(values: RuleValues) -> Q:
    others = Customer.objects.filter(id_no=OuterRef("id_no"), id_type=OuterRef("id_type")).exclude(
        Q(pk=OuterRef("pk")) | Q(name="") | Q(name=OuterRef("name"))
    )
    return ~Q(id_type="") & ~values.blank("id_no") & ~Q(name="") & Q(Exists(others))


def _name_illegal(values: RuleValues) -> Q:
    return Q(name_illegal=True) & ~Q(name_class="latin")


def _name_digit(values: RuleValues) -> Q:
    return Q(name_has_digit=True)


IDENTITY = (
    Rule(
        code="ID-001",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="person",
        message=_("A resident ID number has 18 characters"),
        remedy=_("Retype the number from the document: 17 digits, then a digit or X. Attach its image."),
        articles=("82-2", "coding-id", "gb-11643"),
        roles=PERSONS,
        yields_to=BLANKS,
        cases=(Case("id_no", _misshapen),),
    ),
    Rule(
        code="ID-004",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="person",
        message=_("The resident ID number does not add up"),
        remedy=_("The number does not add up: retype it from the document and attach its image."),
        articles=("82-15", "gb-11643"),
        roles=PERSONS,
        cases=(Case("id_no", _check_digit),),
    ),
    Rule(
        code="ID-007",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="person",
        message=_("The birth date in the ID number is impossible"),
        remedy=_("Retype the number from the document and attach its image; nobody was born on that day."),
        articles=("82-15", "gb-11643"),
        roles=PERSONS,
        thresholds={"years": 120},
        cases=(Case("id_no", _birth_impossible),),
    ),
    Rule(
        code="ID-008",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="person",
        message=_("The birth date differs from the ID number"),
        remedy=_("Compare both with the document; correct the one that was typed wrongly."),
        articles=("82-15", "insurance-law-32"),
        roles=PERSONS,
        reads=("id_no",),
        yields_to=("ID-004", "ID-007"),
        cases=(Case("birth_date", _birth_differs),),
    ),
    Rule(
        code="ID-009",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="person",
        message=_("The sex differs from the ID number"),
        remedy=_("Compare both with the document; correct the one that was typed wrongly."),
        articles=("82-15", "gb-11643"),
        roles=PERSONS,
        reads=("id_no",),
        yields_to=("ID-004", "ID-007"),
        cases=(Case("sex", _sex_differs),),
    ),
    Rule(
        code="ID-010",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("The same document number stands under different names"),
        remedy=_("Ask for the document: correct the number or the name here, or merge the same person."),
        articles=("82-15", "aml-28"),
        roles=PERSONS,
        reads=("name",),
        yields_to=BLANKS,
        cases=(Case("id_no", _two_names),),
    ),
    Rule(
        code="NM-001",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="person",
        message=_("The name holds a character that no Chinese name has"),
        remedy=_("Type the name as on the document; only the middle dot may stand between characters."),
        articles=("82-15", "coding-id"),
        roles=PERSONS,
        yields_to=("NM-004", *BLANKS),
        cases=(Case("name", _name_illegal),),
    ),
    Rule(
        code="NM-004",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="person",
        message=_("The name holds a digit"),
        remedy=_("Type the name as on the document, without digits."),
        articles=("82-15", "coding-id"),
        roles=PERSONS,
        yields_to=BLANKS,
        cases=(Case("name", _name_digit),),
    ),
)
