"""The contact log on the pages of the customer and of each policy of the customer."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audits.changing import MAKE
from audits.contact_log import ADD, QUIET, SEE, attempts_of, attempts_on_policy, log_of
from customers.models import Customer
from customers.sections import Section as OfCustomer
from policies.choices import PartyRole
from policies.models import Policy, PolicyParty
from policies.sections import Section as OfPolicy
from workplace.models import Staff


def of_customer(customer: Customer, staff: Staff) -> dict[str, Any]:
    return {
        "log": log_of(customer, attempts_of([customer.pk]), at=timezone.now()),
        "may_add": staff.has_perm(ADD),
        "may_quiet": staff.has_perm(QUIET),
    }


def of_policy(policy: Policy, staff: Staff) -> dict[str, Any]:
    """`asks`: the holder, who may ask for a change of the beneficiaries."""
    holders = PolicyParty.objects.filter(policy=policy, role=PartyRole.HOLDER, customer__isnull=False)
    seen = Customer.objects.visible_to(staff).filter(pk__in=holders.values("customer"))
    return {
        "attempts": attempts_on_policy(policy.pk, staff),
        "policy": policy,
        "asks": seen.order_by("pk").first() if staff.has_perm(MAKE) else None,
    }


CUSTOMER = OfCustomer("contacts", _("Contacts made"), "audits/contact_section.html", of_customer, SEE, 30)
POLICY = OfPolicy("contacts", _("Contacts made"), "audits/contact_policy.html", of_policy, SEE, 20)
