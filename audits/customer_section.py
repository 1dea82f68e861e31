"""Open and past findings on the customer's page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from audits.catalogue import message_of
from audits.choices import FindingState
from audits.models import Finding
from customers.models import Customer
from customers.sections import Section
from workplace.models import Staff

SHOWN = 50


def context(customer: Customer, staff: Staff) -> dict[str, Any]:
    """Those that answer to units within the reader's scope."""
    seen = Finding.objects.visible_to(staff).filter(customer=customer)
    found = list(seen.select_related("rectification", "answering_policy").order_by("-state", "-id")[:SHOWN])
    count = sum(finding.state == FindingState.OPEN for finding in found)
    return {
        "findings": [(finding, message_of(finding.rule, finding.field)) for finding in found],
        "answer": ngettext("%(count)s open finding.", "%(count)s open findings.", count) % {"count": count},
    }


SECTION = Section(
    name="findings",
    title=_("Open and past findings"),
    template="audits/customer_section.html",
    context=context,
    permission="audits.view_finding",
    order=20,
)
