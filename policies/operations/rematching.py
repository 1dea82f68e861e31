"""Policies follow the register: who came in later is found by the number recorded earlier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from agents.models import Agency, Outlet, SalesAgent
from policies.models import Policy
from policies.operations.sellers import MATCHED, match_sellers
from policies.operations.states import record_states, refresh_serving_units
from workplace.intake.kinds import WriteContext, register_follower

SIZE = 1_000


def rematch_policies(*, chosen: Q, at: datetime) -> list[int]:
    """Matches the chosen policies anew; those that changed get a version and a state. Returns their ids."""
    moved: list[int] = []
    ids = list(Policy.objects.filter(chosen).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), SIZE):
        locked = Policy.objects.select_for_update(of=("self",)).filter(pk__in=ids[start : start + SIZE])
        policies = list(locked.order_by("pk"))
        before = [[getattr(policy, name) for name in MATCHED] for policy in policies]
        match_sellers(policies)
        changed = [
            policy
            for policy, former in zip(policies, before, strict=True)
            if former != [getattr(policy, name) for name in MATCHED]
        ]
        for policy in changed:
            policy.version += 1
        Policy.objects.bulk_update(changed, [*MATCHED, "version"], batch_size=500)
        moved += [policy.pk for policy in changed]
    record_states(policy_ids=moved, at=at)
    refresh_serving_units(policy_ids=moved)
    return moved


def after_sellers(record_ids: Sequence[int], context: WriteContext) -> None:
    numbers = SalesAgent.objects.filter(pk__in=record_ids).values("staff_no")
    rematch_policies(chosen=Q(seller_no__in=numbers), at=context.at)


def after_outlets(record_ids: Sequence[int], context: WriteContext) -> None:
    numbers = Outlet.objects.filter(pk__in=record_ids).values("number")
    rematch_policies(chosen=Q(outlet_no__in=numbers) | Q(agency_branch_no__in=numbers), at=context.at)


def after_agencies(record_ids: Sequence[int], context: WriteContext) -> None:
    numbers = Agency.objects.filter(pk__in=record_ids).values("number")
    rematch_policies(chosen=Q(agency_no__in=numbers), at=context.at)


def register_followers() -> None:
    register_follower("agents", after_sellers)
    register_follower("outlets", after_outlets)
    register_follower("agencies", after_agencies)
