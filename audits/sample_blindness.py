"""What a reviewer is still to type blind, so that pages elsewhere count who looks it up."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from audits.eligibility import records_of
from audits.models import SampleReview
from audits.sample_reviews import ABOUT, IN_HAND, next_place
from audits.sampling.choices import RunState
from audits.sampling.reviewing import BLIND
from policies.models import PolicyParty
from workplace.looks import Record
from workplace.models import Staff


def untyped(staff: Staff, records: Collection[Record]) -> set[Record]:
    """Of policies, their parties and customers: those of a sample in hand that is not typed to its end."""
    ids = {kind: [pk for of, pk in records if of == kind] for kind in ("policy", "party", "customer")}
    parties = PolicyParty.objects.filter(Q(pk__in=ids["party"]) | Q(customer__in=ids["customer"]))
    of_records = Q(item__policy__in=ids["policy"]) | Q(item__policy__in=parties.order_by().values("policy"))
    rows = SampleReview.objects.filter(of_records, reviewer=staff, state__in=IN_HAND)
    rows = rows.filter(item__run__plan__purpose__in=BLIND, item__run__state=RunState.DRAWN)
    found: set[Record] = set()
    for review in rows.select_related(*ABOUT):
        if next_place(review) is not None:
            found |= records_of(review.item) & set(records)
    return found
