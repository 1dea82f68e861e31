"""Policies and roles on the customer's page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from customers.models import Customer
from customers.sections import Section
from policies.models import PolicyParty
from workplace.models import Staff

SHOWN = 50


def context(customer: Customer, staff: Staff) -> dict[str, Any]:
    """The roles that the customer has on policies within the reader's scope."""
    related = ("policy__product", "policy__branch", "policy__agency", "policy__seller")
    parties = PolicyParty.objects.visible_to(staff).filter(customer=customer).select_related(*related)
    rows = list(parties.order_by("-policy_id", "role", "position")[:SHOWN])
    count = len({party.policy_id for party in rows})
    return {
        "parties": rows,
        "answer": ngettext("%(count)s policy.", "%(count)s policies.", count) % {"count": count},
    }


SECTION = Section(
    name="policies",
    title=_("Policies and roles"),
    template="policies/customer_section.html",
    context=context,
    permission="policies.view_policyparty",
    order=10,
)
