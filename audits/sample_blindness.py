"""What a reviewer is still to type blind, so that pages elsewhere count who looks it up."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from audits.models import SampleReview
from audits.sample_reviews import IN_HAND
from audits.sampling.choices import RunState
from audits.sampling.reviewing import BLIND
from customers.choices import GrantSource
from customers.models import CustomerGrant
from policies.models import PolicyParty
from workplace.looks import Record
from workplace.models import Staff


def untyped(staff: Staff, records: Collection[Record]) -> set[Record]:
    """Of policies, their parties and customers: those of a sample in hand that is not typed to its end.

    With the last field that is typed comes sight of the customer.
    """
    ids = {kind: [pk for of, pk in records if of == kind] for kind in ("policy", "party", "customer")}
    parties = PolicyParty.objects.filter(Q(pk__in=ids["party"]) | Q(customer__in=ids["customer"]))
    of_records = Q(item__policy__in=ids["policy"]) | Q(item__policy__in=parties.order_by().values("policy"))
    sight = CustomerGrant.objects.filter(staff=staff, source=GrantSource.SAMPLE, ended_at__isnull=True)
    rows = SampleReview.objects.filter(of_records, reviewer=staff, state__in=IN_HAND)
    rows = rows.filter(item__run__plan__purpose__in=BLIND, item__run__state=RunState.DRAWN)
    rows = rows.exclude(item__in=sight.values("source_id")).order_by()
    policies = set(rows.values_list("item__policy_id", flat=True))
    if not policies:
        return set()
    found: set[tuple[str, int | None]] = {("policy", pk) for pk in policies}
    of_policies = PolicyParty.objects.filter(policy__in=policies).order_by()
    for pk, customer in of_policies.values_list("pk", "customer_id"):
        found |= {("party", pk), ("customer", customer)}
    return {record for record in records if record in found}
