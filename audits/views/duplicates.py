"""Probable duplicates: the list, the two records side by side, and what one decides about them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from audits.duplicates import (
    SIDES,
    look_at_both,
    may_see_values,
    proposed_survivor,
    rows_of,
    side_of,
)
from audits.models import Merge
from audits.operations.merging import GROUPS, propose_merge
from authenticity.masking import mask
from customers.choices import PairState
from customers.duplicates.reading import progress_of, thresholds_now
from customers.duplicates.wording import kinds_in_words, strength_of, words_of_lines
from customers.models import DuplicateCampaign, DuplicatePair, DuplicateRun
from customers.operations.duplicates import (
    DecisionRefused,
    assign_pairs,
    decide_distinct,
    reopen_pair,
    start_search,
)
from workplace.access import requires, staff_of
from workplace.intake.shapes import Misshapen
from workplace.models import Job, Staff
from workplace.operations.corrections import CorrectionRefused
from workplace.paging import number_of

VIEW = "customers.view_duplicatepair"
REVIEW = "customers.review_duplicate"
LEAD = "customers.search_duplicates"
REFUSALS = (DecisionRefused, CorrectionRefused, Misshapen)
TABS = {
    "open": (PairState.OPEN,),
    "proposed": (PairState.PROPOSED,),
    "merged": (PairState.MERGED,),
    "distinct": (PairState.DISTINCT,),
}
ROWS = 50


def visible_pairs(staff: Staff) -> QuerySet[DuplicatePair]:
    found: QuerySet[DuplicatePair] = DuplicatePair.objects.visible_to(staff)
    return found


@requires(VIEW)
@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    """Strongest first; filtered by clean-up and by whose they are."""
    staff, thresholds = staff_of(request), thresholds_now()
    shown = request.GET.get("show", "")
    shown = shown if shown in TABS else "open"
    pairs = visible_pairs(staff)
    campaign = _campaign(staff, number_of(request.GET, "campaign"))
    if campaign is not None:
        pairs = pairs.filter(campaign=campaign)
    mine = request.GET.get("mine") == "1"
    if mine:
        pairs = pairs.filter(owner=staff)
    page = number_of(request.GET, "page")
    rows = pairs.filter(state__in=TABS[shown]).select_related(
        "left", "right", "left__home_branch", "right__home_branch", "owner", "campaign"
    )
    window = list(rows.order_by("-score", "pk")[page * ROWS : (page + 1) * ROWS + 1])
    progress = progress_of(pairs)
    run = DuplicateRun.objects.filter(finished_at__isnull=False).first()
    context = {
        "lines": [_line(pair, thresholds) for pair in window[:ROWS]],
        "shown": shown,
        "tabs": [("open", PairState.OPEN.label), ("proposed", PairState.PROPOSED.label),
                 ("merged", PairState.MERGED.label), ("distinct", PairState.DISTINCT.label)],
        "progress": progress,
        "mine": mine,
        "campaign": campaign,
        "campaigns": DuplicateCampaign.objects.visible_to(staff).filter(ended_at__isnull=True),
        "older": page + 1 if len(window) > ROWS else None,
        "newer": page - 1 if page else None,
        "page_number": page,
        "leads": staff.has_perm(LEAD),
        "reviews": staff.has_perm(REVIEW),
        "run": run,
        "job": Job.objects.filter(kind="find_duplicates", state__in=["queued", "running"]).first(),
        "colleagues": _colleagues(staff) if staff.has_perm(LEAD) else [],
    }  # fmt: skip
    return render(request, "audits/duplicates.html", context)


def _campaign(staff: Staff, pk: int) -> DuplicateCampaign | None:
    return DuplicateCampaign.objects.visible_to(staff).filter(pk=pk).first() if pk else None


def _colleagues(staff: Staff) -> list[Staff]:
    seen = Staff.objects.visible_to(staff).filter(
        is_active=True, groups__permissions__codename=REVIEW.partition(".")[2]
    )
    return list(seen.distinct().order_by("name", "pk")[:200])


def _line(pair: DuplicatePair, thresholds: Any) -> dict[str, Any]:
    return {
        "pair": pair,
        "left": mask("name", pair.left.name),
        "right": mask("name", pair.right.name),
        "strength": strength_of(pair.score, thresholds),
        "kinds": kinds_in_words(pair.kinds),
        "words": _("; ").join(words_of_lines(pair.explanation)[:4]),
    }


def seen_pair(staff: Staff, pk: int) -> DuplicatePair:
    """404 outside the person's scope."""
    rows = visible_pairs(staff).select_related(
        "left", "right", "left__home_branch", "right__home_branch", "owner", "campaign", "decided_by"
    )
    return get_object_or_404(rows, pk=pk)


@requires(VIEW)
@require_safe
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """Side by side, masked; whoever owns it sees the values, which is written down."""
    staff = staff_of(request)
    pair = seen_pair(staff, pk)
    merge = Merge.objects.filter(pair=pair).order_by("-pk").first()
    if merge is not None and pair.state in (PairState.PROPOSED, PairState.MERGED):
        return redirect("merge", pk=merge.pk)
    decides = pair.state == PairState.OPEN and staff.has_perm(REVIEW)
    works = decides and pair.owner_id == staff.pk
    reveals = works and may_see_values(pair, staff, timezone.localdate())
    if reveals:
        look_at_both(pair, staff, timezone.now())
    sides = [side_of(pair, name) for name in SIDES]
    survivor = proposed_survivor(sides)
    context = {
        "pair": pair,
        "sides": sides,
        "survivor": survivor,
        "rows": rows_of(pair, survivor=survivor, revealed=reveals),
        "strength": strength_of(pair.score, thresholds_now()),
        "kinds": kinds_in_words(pair.kinds),
        "decides": decides,
        "works": works,
        "names": [mask("name", one.name) for one in (pair.left, pair.right)],
        "merges": Merge.objects.filter(pair=pair).select_related("decided_by", "proposed_by")[:5],
    }
    return render(request, "audits/duplicate.html", context)


@requires(REVIEW)
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """To oneself; from then on the values are shown."""
    staff = staff_of(request)
    pair = seen_pair(staff, pk)
    if not assign_pairs(pairs=[pair], owner=staff, actor=staff, at=timezone.now()):
        messages.error(request, _("It is no longer to be decided."))
    return redirect("duplicate", pk=pk)


@requires(LEAD)
@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """The selected ones to one person, those that this person sees."""
    staff = staff_of(request)
    ids = [int(text) for text in request.POST.getlist("id") if text.isdecimal()][:500]
    owner = get_object_or_404(Staff.objects.visible_to(staff), pk=number_of(request.POST, "owner"))
    pairs = list(visible_pairs(staff).filter(pk__in=ids, state=PairState.OPEN))
    count = assign_pairs(pairs=pairs, owner=owner, actor=staff, at=timezone.now())
    text = ngettext("%(count)s pair is %(name)s's now.", "%(count)s pairs are %(name)s's now.", count)
    messages.info(request, text % {"count": count, "name": owner.name})
    if count < len(ids):
        text = _("%(count)s were left: decided meanwhile, or not within that person's scope.")
        messages.warning(request, text % {"count": len(ids) - count})
    return redirect("duplicates")


@requires(REVIEW)
@require_POST
def distinct(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    pair = seen_pair(staff, pk)
    try:
        decide_distinct(
            pair=pair, reason=request.POST.get("reason", "")[:1000], actor=staff, at=timezone.now()
        )
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        return redirect("duplicate", pk=pk)
    messages.info(request, _("Remembered as two people, as long as neither gets another identity."))
    return on(staff, pk)


@requires(REVIEW)
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    pair = seen_pair(staff, pk)
    try:
        reopen_pair(pair=pair, reason=request.POST.get("reason", "")[:1000], actor=staff, at=timezone.now())
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    return redirect("duplicate", pk=pk)


@requires(REVIEW)
@require_POST
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Which of the two stays, and per group of fields whose value."""
    staff = staff_of(request)
    pair = seen_pair(staff, pk)
    side = request.POST.get("survivor", "")
    if side not in SIDES:
        messages.error(request, _("Choose which customer stays."))
        return redirect("duplicate", pk=pk)
    taken = [name for name in GROUPS if request.POST.get(f"value_{name}", side) not in ("", side)]
    try:
        propose_merge(
            pair=pair,
            survivor=pair.left if side == "left" else pair.right,
            choices=taken,
            note=request.POST.get("note", "")[:1000],
            actor=staff,
            at=timezone.now(),
        )
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        return redirect("duplicate", pk=pk)
    messages.info(request, _("The merge waits for a second person."))
    return on(staff, pk)


def on(staff: Staff, but: int) -> HttpResponse:
    """The next pair to decide: one's own first, then the strongest."""
    rows = visible_pairs(staff).filter(state=PairState.OPEN).exclude(pk=but)
    following = rows.filter(owner=staff).order_by("-score", "pk").first()
    return redirect("duplicate", pk=following.pk) if following else redirect("duplicates")


@requires(LEAD)
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    start_search(actor=staff_of(request), at=timezone.now())
    messages.info(request, _("The search runs in the background; this page can be left."))
    return redirect("duplicates")
