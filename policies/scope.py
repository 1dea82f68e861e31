"""Tells the office which policies, parties and forms a person sees."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.personal import PERSONAL
from customers.sections import register_section
from policies.customer_section import SECTION
from policies.models import ApplicationForm, Policy, PolicyParty, Product
from workplace.models import Staff
from workplace.visibility import RecordKind, register_records


def products(staff: Staff) -> QuerySet[Product]:
    """What is sold is nobody's secret."""
    return Product.objects.all()


KINDS = (
    RecordKind("policy", _("Policy"), Policy.objects.visible_to, "policies.view_policy", page="policy"),
    RecordKind(
        "party",
        _("Policy party"),
        PolicyParty.objects.visible_to,
        "policies.view_policyparty",
        personal=PERSONAL,
    ),
    RecordKind(
        "application",
        _("Application form"),
        ApplicationForm.objects.visible_to,
        "policies.view_applicationform",
        personal={"says": "form", "says_normal": "form"},
    ),
    RecordKind("product", _("Product"), products, "policies.view_product"),
)


def register_scope() -> None:
    register_section(SECTION)
    for kind in KINDS:
        register_records(kind)
