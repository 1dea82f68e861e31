"""The contact log of whoever stands behind a rectification, on its page."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from audits.contact_log import SEE, SHOWN_BESIDE, ContactLog, customer_to_ask, log_of
from audits.models import Rectification
from workplace.models import Staff

register = template.Library()


@register.simple_tag(takes_context=True)
def contact_log_of(context: dict[str, Any], rectification: Rectification) -> ContactLog | None:
    """None for whoever does not keep the log, and where no customer stands behind it."""
    staff = context["request"].user
    if not isinstance(staff, Staff) or not staff.has_perm(SEE):
        return None
    customer = customer_to_ask(rectification)
    return log_of(customer, at=timezone.now(), shown=SHOWN_BESIDE) if customer else None
