"""The signed form against the system (82号 art. 15)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Case as SqlCase
from django.db.models import CharField, DateField, Exists, F, Func, OuterRef, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Concat
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from authenticity.choices import Kind, Severity, Tag
from authenticity.rule import Case, Rule, RuleValues
from authenticity.validity import LONG_TERM_TEXT
from customers.facts import CONTACT_FIELDS, SOURCE_FIELDS
from customers.models import Customer
from policies.choices import PartyRole

FORM = "policy__application_form"
ON_FORMS = (PartyRole.HOLDER, PartyRole.INSURED)


def _said(field: str) -> Func:
    """What the form says of this party, in normal form; NULL where it says nothing."""
    key = Concat(F("role"), Value(f".{field}"), output_field=CharField())
    return Func(F(f"{FORM}__says_normal"), key, template="(%(expressions)s)", arg_joiner=" ->> ",
                output_field=CharField())  # fmt: skip


def _held(field: str, path: str = "") -> Combinable:
    """As `normal_in` tells it."""
    column = F(f"{path}{field}")
    if not isinstance(Customer._meta.get_field(field), DateField):
        return column
    text = Coalesce(Cast(column, CharField()), Value(""))
    if field != "id_valid_to":
        return text
    return SqlCase(When(**{f"{path}id_long_term": True}, then=Value(LONG_TERM_TEXT)), default=text)


def _changed_since(field: str) -> Q:
    """The customer's value has been corrected or brought anew after the form was signed."""
    history: Any = Customer._meta.get_field("past").related_model
    signed = Coalesce(OuterRef(f"{FORM}__received_on"), OuterRef(f"{FORM}__signed_on"))
    later = history.objects.filter(pgh_obj=OuterRef("customer"), pgh_created_at__date__gte=signed)
    return Q(Exists(later.exclude(**{field: OuterRef(f"customer__{field}")}).order_by()))


def _told(values: RuleValues) -> Q:
    """The form speaks of the holder and of the first insured."""
    return Q(**{f"{FORM}__isnull": False}, position=1, role__in=ON_FORMS)


def _differs(field: str) -> Callable[[RuleValues], Q]:
    said = _said(field)
    differs = ~Q(Exact(said, _held(field, "customer__")))
    if field not in CONTACT_FIELDS:
        differs &= ~Q(Exact(said, _held(field)))
    return lambda values: _told(values) & differs & ~_changed_since(field)


FORMS = (
    Rule(
        code="PO-001",
        severity=Severity.ERROR,
        kind=Kind.FALSE,
        subject="policy",
        target="party",
        message=_("The form says otherwise: {field}"),
        remedy=_("Compare with the image of the form; correct the system, or say why the form is not right."),
        articles=("82-15", "anhui-2014-9-control"),
        tags=(Tag.MIS_SELLING, Tag.CONSUMER),
        roles=ON_FORMS,
        cases=tuple(Case(field, _differs(field), guard=_told) for field in SOURCE_FIELDS),
        finds=_(
            "What the application form says of the policyholder or the first insured differs from the system,"
            " and the value has not been changed since the form was received."
        ),
    ),
)
