"""What 82号 art. 6(3) asks to be there before underwriting and servicing."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from authenticity.choices import Kind, Severity, Tag
from authenticity.rule import Case, Rule, RuleValues
from customers.rules.roles import BEFORE_THE_GATE, HOLDER, PERSONS, STOPS_NOTHING

FILLED = ("name", "id_no", "mobile", "landline", "address", "postcode", "email")
IDENTITY = (Tag.AML, Tag.REAL_NAME)


def _blank_name(values: RuleValues) -> Q:
    return values.blank("name")


def _blank_sex(values: RuleValues) -> Q:
    return Q(sex="")


def _blank_birth_date(values: RuleValues) -> Q:
    return Q(birth_date__isnull=True)


def _blank_id_type(values: RuleValues) -> Q:
    return Q(id_type="")


def _blank_id_no(values: RuleValues) -> Q:
    return values.blank("id_no")


IDENTITY_CASES = (
    Case("name", _blank_name, part="a"),
    Case("sex", _blank_sex, part="b"),
    Case("birth_date", _blank_birth_date, part="c"),
    Case("id_type", _blank_id_type, part="d"),
    Case("id_no", _blank_id_no, part="e"),
)


def _no_phone(values: RuleValues) -> Q:
    return values.blank("mobile") & values.blank("landline")


def _no_address(values: RuleValues) -> Q:
    return values.blank("address")


def _landline_only(values: RuleValues) -> Q:
    return values.blank("mobile") & ~values.blank("landline")


def _filler(column: str) -> Callable[[RuleValues], Q]:
    return lambda values: values.filler(column)


COMPLETENESS = (
    Rule(
        code="REQ-001",
        severity=Severity.BLOCK,
        kind=Kind.MISSING,
        subject="customer",
        target="customer",
        message=_("Policyholder: {field} missing"),
        remedy=_("Take {field} from the policyholder's document and attach its image."),
        finds=_("Name, sex, birth date, document type or number of a policyholder is blank or a filler."),
        articles=("82-2", "82-6-3"),
        tags=IDENTITY,
        roles=HOLDER,
        cases=IDENTITY_CASES,
    ),
    Rule(
        code="REQ-002",
        severity=Severity.BLOCK,
        kind=Kind.MISSING,
        subject="customer",
        target="customer",
        message=_("No contact phone of the policyholder"),
        remedy=_("Ask the policyholder for an own mobile number; a landline with area code also counts."),
        finds=_("A policyholder has neither a mobile nor a landline number; a filler is none."),
        articles=("82-2", "82-6-3", "82-6-5"),
        tags=(Tag.CONSUMER,),
        roles=HOLDER,
        reads=("landline",),
        cases=(Case("mobile", _no_phone),),
    ),
    Rule(
        code="REQ-003",
        severity=Severity.BLOCK,
        kind=Kind.MISSING,
        subject="customer",
        target="customer",
        message=_("No contact address of the policyholder"),
        remedy=_("Ask for the address with province, city, district, street number and room."),
        finds=_("The address of a policyholder is blank or a filler."),
        articles=("82-2", "82-6-3"),
        tags=(Tag.CONSUMER,),
        roles=HOLDER,
        cases=(Case("address", _no_address),),
    ),
    Rule(
        code="REQ-004",
        severity=Severity.BLOCK,
        kind=Kind.MISSING,
        subject="customer",
        target="customer",
        message=_("Insured: {field} missing"),
        remedy=_("Take {field} from the insured's document and attach its image."),
        finds=_("Name, sex, birth date, document type or number of an insured is blank or a filler."),
        articles=("82-2", "82-6-3"),
        tags=IDENTITY,
        roles=("insured",),
        cases=IDENTITY_CASES,
    ),
    Rule(
        code="REQ-007",
        severity=Severity.INFO,
        kind=Kind.MISSING,
        subject="customer",
        target="customer",
        message=_("A landline alone; ask for an own mobile number"),
        remedy=_("Tell the policyholder what an own mobile number is good for, and ask for it."),
        finds=_("A policyholder has a landline number and no mobile number."),
        articles=("82-6-5",),
        tags=(Tag.CONSUMER,),
        stages=BEFORE_THE_GATE,
        unasked=STOPS_NOTHING,
        roles=HOLDER,
        yields_to=("REQ-002", "REQ-008"),
        cases=(Case("mobile", _landline_only),),
    ),
    Rule(
        code="REQ-008",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="customer",
        target="customer",
        message=_("{field}: only fills the field"),
        remedy=_("Ask for the real value and enter it; leave the field empty while nobody knows it."),
        finds=_(
            "A text field holds a listed filler such as 无, or nothing but hyphens, slashes, dots, zeros, "
            "ones or x."
        ),
        articles=("82-2", "82-15"),
        tags=(Tag.AML, Tag.CONSUMER),
        roles=PERSONS,
        yields_to=("REQ-001", "REQ-002", "REQ-003", "REQ-004", "REQ-006"),
        cases=tuple(Case(column, _filler(column)) for column in FILLED),
    ),
)
