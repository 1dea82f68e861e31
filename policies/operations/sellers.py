"""Finds in the register who is recorded on policies as having sold them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Model

from agents.choices import OutletLevel
from agents.models import Agency, Outlet, SalesAgent
from policies.models import Policy

ModelT = TypeVar("ModelT", bound=Model)
MATCHED = ("seller_id", "outlet_id", "agency_branch_id", "agency_id")


def match_sellers(policies: Sequence[Policy]) -> None:
    """Sets what the recorded numbers stand for, without saving; a name alone matches nobody.

    An agency that is not recorded is that of the outlet, the agency branch or the seller, in this order.
    """
    sellers = {s.staff_no: s for s in _of(SalesAgent, "staff_no", {p.seller_no for p in policies})}
    numbers = {n for p in policies for n in (p.outlet_no, p.agency_branch_no)}
    outlets = {outlet.number: outlet for outlet in _of(Outlet, "number", numbers)}
    agencies = {agency.number: agency for agency in _of(Agency, "number", {p.agency_no for p in policies})}
    for policy in policies:
        seller = sellers.get(policy.seller_no)
        outlet = outlets.get(policy.outlet_no)
        branch = outlets.get(policy.agency_branch_no)
        if branch is not None and branch.level != OutletLevel.BRANCH:
            branch = None
        agency = agencies.get(policy.agency_no)
        implied = next((unit.agency_id for unit in (outlet, branch, seller) if unit is not None), None)
        policy.seller_id = seller.pk if seller else None
        policy.outlet_id = outlet.pk if outlet else None
        policy.agency_branch_id = branch.pk if branch else None
        policy.agency_id = agency.pk if agency else None if policy.agency_no else implied


def _of(model: type[ModelT], attribute: str, numbers: set[str]) -> list[ModelT]:
    wanted = numbers - {""}
    return list(model._default_manager.filter(**{f"{attribute}__in": wanted})) if wanted else []
