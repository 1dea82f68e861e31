"""Changes of the rule book: what waits, what was decided, and one change with what it would do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agents.models import Branch
from audits.catalogue import catalogue, message_of, rule_of
from audits.choices import ChangeState, ChangeTarget
from audits.models import RuleChange
from audits.operations.dry_runs import measure_change
from audits.operations.rule_changes import (
    MAY_APPROVE,
    ChangeRefused,
    approve_change,
    refuse_change,
    send_change,
    withdraw_change,
)
from audits.operations.sweep_job import start_sweep
from audits.rulebook.compared import compared, title_of
from audits.rulebook.proposals import touched_by
from authenticity.choices import Severity
from workplace.access import requires, staff_of
from workplace.jobs import UNFINISHED
from workplace.models import Job, Staff
from workplace.paging import keyset_page

MEASURED = (ChangeState.DRAFT, ChangeState.PROPOSED)
WORST = 10


@requires("audits.view_rulechange")
@require_safe
def rule_changes(request: HttpRequest) -> HttpResponse:
    """What waits for a second person first; a draft is its author's alone."""
    staff = staff_of(request)
    seen = _seen(staff)
    tab = request.GET.get("tab", "")
    rows = seen.exclude(state__in=MEASURED) if tab == "decided" else seen.filter(state=ChangeState.PROPOSED)
    if tab == "drafts":
        rows = seen.filter(state=ChangeState.DRAFT)
    page = keyset_page(rows.select_related("proposed_by", "decided_by"), request)
    context = {
        "page": page,
        "lines": [(change, title_of(change)) for change in page.rows],
        "tab": tab,
        "waiting": seen.filter(state=ChangeState.PROPOSED).count(),
        "drafts": seen.filter(state=ChangeState.DRAFT).count(),
    }
    return render(request, "audits/rule_changes.html", context)


@requires("audits.view_rulechange")
@require_safe
def rule_change(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "audits/rule_change.html", _context(_found(request, pk), staff_of(request)))


@requires("audits.view_rulechange")
@require_safe
def rule_change_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment while it is measured; at the end the page loads itself anew."""
    context = _context(_found(request, pk), staff_of(request))
    response = render(request, "audits/parts/measuring.html", context)
    if not context["measuring"]:
        response["HX-Refresh"] = "true"
    return response


@requires("authenticity.change_rulesetting", "authenticity.change_word")
@require_POST
def rule_change_measure(request: HttpRequest, pk: int) -> HttpResponse:
    """Once more, over the book as it is by now."""
    change = _found(request, pk)
    if change.state in MEASURED:
        measure_change(change=change, actor=staff_of(request), at=timezone.now())
    return redirect("rule_change", pk=pk)


@requires("authenticity.change_rulesetting", "authenticity.change_word")
@require_POST
def rule_change_send(request: HttpRequest, pk: int) -> HttpResponse:
    change = _found(request, pk)
    try:
        sent = send_change(change=change, actor=staff_of(request), at=timezone.now())
    except ChangeRefused as refusal:
        messages.error(request, str(refusal))
    else:
        waits = sent.state == ChangeState.PROPOSED
        text = _("Waits for approval by another person.") if waits else _("It is in the rule book.")
        messages.success(request, text)
    return redirect("rule_change", pk=pk)


@requires("authenticity.change_rulesetting", "authenticity.change_word")
@require_POST
def rule_change_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        withdraw_change(change=_found(request, pk), actor=staff_of(request), at=timezone.now())
    except ChangeRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("rule_change", pk=pk)
    return redirect("rule_changes")


@requires(MAY_APPROVE)
@require_POST
def rule_change_decide(request: HttpRequest, pk: int) -> HttpResponse:
    change, staff = _found(request, pk), staff_of(request)
    decide = approve_change if request.POST.get("verdict") == "approve" else refuse_change
    try:
        decide(change=change, note=request.POST.get("note", "")[:1000], actor=staff, at=timezone.now())
    except ChangeRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("rule_change", pk=pk)


@requires("audits.run_sweep")
@require_POST
def rule_change_sweep(request: HttpRequest, pk: int) -> HttpResponse:
    """Of the rules that the change touched alone, over the whole book."""
    change, staff = _found(request, pk), staff_of(request)
    if change.state != ChangeState.APPROVED or not touched_by(change.target, change.key):
        raise PermissionDenied
    started = start_sweep(
        actor=staff,
        at=timezone.now(),
        codes=touched_by(change.target, change.key),
        unique_key=f"sweep:change:{change.pk}",
    )
    if Job.objects.visible_to(staff).filter(pk=started.pk).exists():
        return redirect("job", pk=started.pk)
    return redirect("findings")


def _seen(staff: Staff) -> Any:
    drafts_of_others = RuleChange.objects.filter(state=ChangeState.DRAFT).exclude(proposed_by=staff)
    return RuleChange.objects.exclude(pk__in=drafts_of_others.order_by().values("pk"))


def _found(request: HttpRequest, pk: int) -> RuleChange:
    seen = _seen(staff_of(request)).select_related("proposed_by", "decided_by", "dry_run_job")
    found: RuleChange = get_object_or_404(seen, pk=pk)
    return found


def _context(change: RuleChange, staff: Staff) -> dict[str, Any]:
    job, mine = change.dry_run_job, change.proposed_by_id == staff.pk
    return {
        "change": change,
        "title": title_of(change),
        "rule": rule_of(change.key) if change.target == ChangeTarget.RULE else None,
        "lines": compared(change),
        "effect": _effect(change, staff),
        "measuring": job if job and job.state in UNFINISHED else None,
        "may_send": mine and change.state == ChangeState.DRAFT,
        "may_withdraw": mine and change.state in MEASURED,
        "may_measure": change.state in MEASURED and staff.has_perm("authenticity.change_rulesetting"),
        "may_decide": change.state == ChangeState.PROPOSED and not mine and staff.has_perm(MAY_APPROVE),
        "waits_for_another": change.state == ChangeState.PROPOSED and mine,
        "may_sweep": change.state == ChangeState.APPROVED
        and staff.has_perm("audits.run_sweep")
        and bool(touched_by(change.target, change.key)),
    }


def _effect(change: RuleChange, staff: Staff) -> dict[str, Any] | None:
    """The counts as the page shows them; branches only as far as the reader reaches."""
    kept: Mapping[str, Any] = change.dry_run
    if not kept:
        return None
    opened, closed = kept["opened"], kept["closed"]
    branches = set(kept["opened_branches"]) | set(kept["closed_branches"])
    names = Branch.objects.visible_to(staff).filter(pk__in=[int(pk) for pk in branches])
    by_branch = [
        (name, kept["opened_branches"].get(str(pk), 0), kept["closed_branches"].get(str(pk), 0))
        for pk, name in names.values_list("pk", "name")
    ]
    return {
        "opened": sum(opened.values()),
        "closed": sum(closed.values()),
        "changed": kept["changed"],
        "severities": [
            (value, opened.get(value, 0), closed.get(value, 0))
            for value in Severity.values
            if opened.get(value) or closed.get(value)
        ],
        "rules": [
            (code, message_of(code), kept["opened_rules"].get(code, 0), kept["closed_rules"].get(code, 0))
            for code in kept["rules"]
            if code in catalogue()
        ],
        "branches": sorted(by_branch, key=lambda row: -(row[1] + row[2]))[:WORST],
        "more_branches": max(len(by_branch) - WORST, 0),
    }
