"""What 82号 art. 6(3) asks to be there before underwriting and servicing."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from authenticity.choices import Kind, Severity
from authenticity.rule import Case, Rule, RuleValues

FIVE_FIELDS = ("name", "sex", "birth_date", "id_type", "id_no")


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


COMPLETENESS = (
    Rule(
        code="REQ-001",
        severity=Severity.BLOCK,
        kind=Kind.MISSING,
        subject="customer",
        target="customer",
        message=_("Policyholder: {field} missing"),
        remedy=_("Take {field} from the policyholder's document and attach its image."),
        articles=("82-2", "82-6-3"),
        roles=("holder",),
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
        articles=("82-2", "82-6-3", "82-6-5"),
        roles=("holder",),
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
        articles=("82-2", "82-6-3"),
        roles=("holder",),
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
        articles=("82-2", "82-6-3"),
        roles=("insured",),
        cases=IDENTITY_CASES,
    ),
)
