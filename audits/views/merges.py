"""One merge: reviewed by a second person, and taken back by two."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audits.choices import MergeState
from audits.duplicates import GROUP_LABELS, changes_of, look_at_both, may_see_values, moves_told
from audits.models import Merge
from audits.obstacles import obstacles_of
from audits.operations.merging import accept_merge, return_merge
from audits.operations.unmerging import accept_undo, propose_undo, refuse_undo
from audits.views.duplicates import REFUSALS, VIEW
from customers.duplicates.wording import worded
from workplace.access import requires, staff_of
from workplace.models import Staff

APPROVE = "audits.approve_merge"
PROPOSE = "customers.review_duplicate"


def seen_merge(staff: Staff, pk: int) -> Merge:
    rows = Merge.objects.visible_to(staff).select_related(
        "pair", "pair__left", "pair__right", "survivor", "loser", "survivor__home_branch",
        "loser__home_branch", "proposed_by", "decided_by", "undo_by", "undone_by",
    )  # fmt: skip
    found: Merge = get_object_or_404(rows, pk=pk)
    return found


@requires(VIEW)
@require_safe
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Before and after, why, and what moves; whoever decides sees the values."""
    staff = staff_of(request)
    found = seen_merge(staff, pk)
    approves = staff.has_perm(APPROVE)
    decides = found.state == MergeState.PROPOSED and approves and found.proposed_by_id != staff.pk
    reveals = decides and may_see_values(found.pair, staff, timezone.localdate())
    if reveals:
        look_at_both(found.pair, staff, timezone.now())
    undoing = found.state == MergeState.UNDOING
    context = {
        "merge": found,
        "decides": decides,
        "own": found.state == MergeState.PROPOSED and found.proposed_by_id == staff.pk,
        "may_undo": found.state == MergeState.DONE and approves,
        "decides_undo": undoing and approves and found.undo_by_id != staff.pk,
        "own_undo": undoing and found.undo_by_id == staff.pk,
        "obstacles": obstacles_of(found) if found.state in (MergeState.DONE, MergeState.UNDOING) else [],
        "changes": changes_of(found, revealed=reveals),
        "taken": [GROUP_LABELS[name] for name in found.choices],
        "moves": moves_told(found),
        "lines": worded(found.pair.explanation),
    }
    return render(request, "audits/merge.html", context)


@requires(APPROVE)
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    found = seen_merge(staff, pk)
    try:
        accept_merge(merge=found, note=request.POST.get("note", "")[:1000], actor=staff, at=timezone.now())
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        return redirect("merge", pk=pk)
    names = {"loser": found.loser.number, "survivor": found.survivor.number}
    messages.info(request, _("%(loser)s is merged into %(survivor)s.") % names)
    return _on(staff, pk)


@requires(PROPOSE, APPROVE)
@require_POST
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """By the second person with words, or taken back by whoever proposed it."""
    staff = staff_of(request)
    found = seen_merge(staff, pk)
    if found.proposed_by_id != staff.pk and not staff.has_perm(APPROVE):
        messages.error(request, _("Only a manager or compliance may return it."))
        return redirect("merge", pk=pk)
    try:
        return_merge(merge=found, note=request.POST.get("note", "")[:1000], actor=staff, at=timezone.now())
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        return redirect("merge", pk=pk)
    messages.info(request, _("The pair is to be decided again."))
    return redirect("duplicate", pk=found.pair_id)


@requires(APPROVE)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    found = seen_merge(staff, pk)
    try:
        propose_undo(
            merge=found, reason=request.POST.get("reason", "")[:1000], actor=staff, at=timezone.now()
        )
        messages.info(request, _("Undoing waits for a second person."))
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    return redirect("merge", pk=pk)


@requires(APPROVE)
@require_POST
def decide_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Accepted by another person, or the merge stands."""
    staff = staff_of(request)
    found = seen_merge(staff, pk)
    try:
        if request.POST.get("verdict") == "accept":
            accept_undo(merge=found, actor=staff, at=timezone.now())
            messages.info(request, _("Both records are as they were before the merge."))
        else:
            refuse_undo(merge=found, actor=staff, at=timezone.now())
            messages.info(request, _("The merge stands."))
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    return redirect("merge", pk=pk)


def _on(staff: Staff, but: int) -> HttpResponse:
    waiting = Merge.objects.visible_to(staff).filter(state=MergeState.PROPOSED)
    following = waiting.exclude(pk=but).exclude(proposed_by=staff).order_by("pk").first()
    return redirect("merge", pk=following.pk) if following else redirect("duplicates")
