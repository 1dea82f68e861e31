"""What one says in a call: at which number on file, whom one asks for, and what stands against it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from audits.contact_log import ContactLog, contact_rules
from audits.dialling import contradicted
from customers.choices import ContactPoint
from customers.contacts import masked_on_file, on_file, standing_of
from customers.models import Customer
from policies.models import ApplicationForm, Policy

PHONES = (ContactPoint.MOBILE, ContactPoint.LANDLINE)


@dataclass(frozen=True)
class Script:
    """Only what is on file is dialled; `on_form` says whether the form names the same, None where it names
    none."""

    customer: Customer
    numbers: list[tuple[str, str]]
    on_form: bool | None
    log: ContactLog


def script_for(customer: Customer, policy: Policy | None, *, at: datetime) -> Script:
    known = on_file(customer)
    otherwise = contradicted([customer.pk]).get(customer.pk, set())
    numbers = [
        (str(point.label), known[point]) for point in PHONES if point in known and point not in otherwise
    ]
    standing = standing_of(customer, rules=contact_rules(), at=at)
    log = ContactLog(customer, standing, [], masked_on_file(customer))
    return Script(customer, numbers, _as_on_form(customer, policy), log)


def _as_on_form(customer: Customer, policy: Policy | None) -> bool | None:
    form = ApplicationForm.objects.filter(policy=policy).first() if policy is not None else None
    said = str((form.says_normal or form.says).get("holder.mobile") or "") if form is not None else ""
    return said == customer.mobile if said else None
