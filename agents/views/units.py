"""The insurer's branches as a tree; agencies with their outlets; sellers with their dated rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from agents.choices import AgencyKind, Standing
from agents.models import Agency, Branch, Outlet, SalesAgent
from workplace.access import requires, staff_of
from workplace.paging import keyset_page

LISTED = 200


@dataclass(frozen=True)
class Node:
    branch: Branch
    depth: int


@requires("agents.view_branch")
@require_GET
def branches(request: HttpRequest) -> HttpResponse:
    seen = Branch.objects.visible_to(staff_of(request)).order_by("number")
    return render(request, "agents/branches.html", {"nodes": _tree(seen)})


def _tree(branches: Iterable[Branch]) -> list[Node]:
    """Depth first; a branch whose parent is out of sight stands as a root."""
    found = list(branches)
    shown = {branch.pk for branch in found}
    below: dict[int | None, list[Branch]] = {}
    for branch in found:
        below.setdefault(branch.parent_id if branch.parent_id in shown else None, []).append(branch)
    nodes: list[Node] = []
    waiting = [(branch, 0) for branch in reversed(below.get(None, []))]
    while waiting:
        branch, depth = waiting.pop()
        nodes.append(Node(branch, depth))
        waiting += [(child, depth + 1) for child in reversed(below.get(branch.pk, []))]
    return nodes


@requires("agents.view_agency")
@require_GET
def agencies(request: HttpRequest) -> HttpResponse:
    text, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    found = Agency.objects.visible_to(staff_of(request)).select_related("branch")
    if text:
        found = found.filter(Q(number__startswith=text) | Q(name__startswith=text))
    if kind in AgencyKind.values:
        found = found.filter(kind=kind)
    context = {
        "page": keyset_page(found, request),
        "text": text,
        "kind": kind,
        "kinds": AgencyKind.choices,
    }
    return render(request, "agents/agencies.html", context)


@requires("agents.view_agency")
@require_GET
def agency(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    found = get_object_or_404(Agency.objects.visible_to(staff).select_related("branch"), pk=pk)
    outlets = Outlet.objects.visible_to(staff).filter(agency=found).select_related("branch", "parent")
    sellers = SalesAgent.objects.visible_to(staff).filter(agency=found).select_related("branch", "outlet")
    context: dict[str, Any] = {
        "agency": found,
        "outlets": outlets.order_by("number")[:LISTED],
        "sellers": sellers.order_by("staff_no")[:LISTED],
    }
    return render(request, "agents/agency.html", context)


@requires("agents.view_salesagent")
@require_GET
def sellers(request: HttpRequest) -> HttpResponse:
    text, standing = request.GET.get("q", "").strip(), request.GET.get("standing", "")
    found = SalesAgent.objects.visible_to(staff_of(request)).select_related("branch", "agency", "outlet")
    if text:
        found = found.filter(Q(staff_no__startswith=text) | Q(name__startswith=text))
    if standing in Standing.values:
        found = found.filter(standing=standing)
    context = {
        "page": keyset_page(found, request),
        "text": text,
        "standing": standing,
        "standings": Standing.choices,
    }
    return render(request, "agents/sellers.html", context)


@requires("agents.view_salesagent")
@require_GET
def seller(request: HttpRequest, pk: int) -> HttpResponse:
    seen = SalesAgent.objects.visible_to(staff_of(request)).select_related("branch", "agency", "outlet")
    found = get_object_or_404(seen, pk=pk)
    context = {
        "seller": found,
        "phones": found.phones.all(),
        "employments": found.employments.select_related("branch", "outlet"),
        "registrations": found.registrations.all(),
        "standings": found.standings.all(),
    }
    return render(request, "agents/seller.html", context)
