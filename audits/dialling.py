"""Which numbers may be dialled: never one that the application form contradicts (requirement 162)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from audits.choices import FindingState
from audits.models import Finding
from customers.choices import ContactChannel, ContactPoint
from policies.models import PolicyParty

OTHERWISE = "PO-001"
NUMBERS = (ContactPoint.MOBILE, ContactPoint.LANDLINE)
DIALLED = (ContactChannel.CALL, ContactChannel.SMS)


def contradicted(customers: Collection[int]) -> dict[int, set[str]]:
    """Customer → numbers on file of which a form says otherwise, and that nobody has changed since; two
    queries."""
    places: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
    said = Finding.objects.filter(rule=OTHERWISE, state=FindingState.OPEN, policy=OuterRef("policy"))
    parties = PolicyParty.objects.filter(Exists(said), customer__in=customers, position=1)
    for policy, role, customer in parties.order_by().values_list("policy", "role", "customer"):
        places[policy, role].add(customer)
    found: defaultdict[int, set[str]] = defaultdict(set)
    rows = Finding.objects.filter(
        rule=OTHERWISE, state=FindingState.OPEN, policy__in={policy for policy, _role in places}
    )
    for policy, name in rows.order_by().values_list("policy", "field") if places else ():
        role, _dot, field = name.partition(".")
        if field in NUMBERS:
            for customer in places[policy, role]:
                found[customer].add(field)
    return dict(found)


def refusal() -> str:
    return _(
        "The application form names another number. Only the number on the form is dialled: put one of the "
        "two right first."
    )
