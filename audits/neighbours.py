"""Whom a change also concerns: those who share a number with the changed record, now or before."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from audits.choices import FindingState
from audits.models import Finding
from customers.models import Customer
from policies.models import PolicyParty

# Rules whose verdict on one customer depends on others.
SHARING = ("ID-010", "PH-022", "PH-023")
SHARED_FIELDS = ("id_no", "mobile", "landline")
MOST = 500


def with_neighbours(customer_ids: Iterable[int], policy_ids: Iterable[int]) -> tuple[set[int], set[int]]:
    """The customers and policies to judge again; a filler that hundreds share waits for the nightly sweep."""
    policies = set(policy_ids)
    touched = set(customer_ids) | _ids(PolicyParty.objects.filter(policy__in=policies), "customer_id")
    policies |= _ids(PolicyParty.objects.filter(customer__in=touched), "policy_id")
    return touched | _sharers(touched) | _former_sharers(touched), policies


def _sharers(touched: set[int]) -> set[int]:
    found: set[int] = set()
    for field in SHARED_FIELDS:
        values = Customer.objects.filter(pk__in=touched).exclude(**{field: ""}).values(field)
        sharers = Customer.objects.filter(**{f"{field}__in": values}).exclude(pk__in=touched).order_by("pk")
        found |= set(sharers.values_list("pk", flat=True)[:MOST])
    return found


def _former_sharers(touched: set[int]) -> set[int]:
    """Those with an open finding about the very value that a touched one had."""
    shared = Q(rule__in=SHARING, state=FindingState.OPEN)
    hashes = Finding.objects.filter(shared, customer__in=touched).values("value_hash")
    return _ids(Finding.objects.filter(shared, value_hash__in=hashes)[:MOST], "customer_id")


def _ids(rows: object, column: str) -> set[int]:
    return {pk for pk in rows.values_list(column, flat=True) if pk}  # type: ignore[attr-defined]  # any queryset
