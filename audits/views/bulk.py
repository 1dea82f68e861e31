"""One action on all that the board matches: looked over first, then watched, and undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from audits.board import BoardFilters, matching, words_of
from audits.choices import BulkKind, BulkOutcome, RectificationState, Spread
from audits.loads import Candidates, loads, workers
from audits.models import BulkAction, BulkLine, Rectification
from audits.operations.bulk import (
    LONGEST,
    BulkRefused,
    CountChanged,
    start_bulk,
    undo_bulk,
)
from audits.spreading import Plan, Share, Spreading, planned
from audits.states import ASSIGN
from audits.undoing import action_undoing, may_undo, under_way
from workplace.absences import absent
from workplace.access import requires, staff_of
from workplace.models import Staff
from workplace.paging import keyset_page, number_of

SEE = "audits.view_bulkaction"
KINDS = (BulkKind.REASSIGN, BulkKind.TAKE_BACK, BulkKind.EXTEND)
HEAVIEST = 99


@dataclass(frozen=True)
class Asked:
    """What the form says, read alike for the preview and for the order."""

    filters: BoardFilters
    kind: str
    way: str
    days: int
    picked: frozenset[int]
    weights: Mapping[int, int]

    @classmethod
    def of(cls, given: Any) -> Asked:
        kind, way = given.get("kind", ""), given.get("spread", "")
        picked = frozenset(int(pk) for pk in given.getlist("to") if pk.isdecimal())
        return cls(
            filters=BoardFilters.of(given),
            kind=kind if kind in KINDS else BulkKind.REASSIGN,
            way=way if way in Spread.values else Spread.LOAD,
            days=number_of(given, "days") or 1,
            picked=picked,
            weights={pk: min(number_of(given, f"weight-{pk}") or 1, HEAVIEST) for pk in picked},
        )

    def spreading(self, people: Sequence[Staff], has: Mapping[int, int]) -> Spreading:
        """Over those of `people` who were picked."""
        chosen = [one.pk for one in people if one.pk in self.picked]
        return Spreading([Share(pk, has.get(pk, 0), self.weights[pk]) for pk in chosen], self.way)


@requires(ASSIGN)
def bulk_preview(request: HttpRequest) -> HttpResponse:
    """GET tells how many they are and who would get what; POST does that, if they still are as many."""
    staff = staff_of(request)
    asked = Asked.of(request.POST if request.method == "POST" else request.GET)
    people, has = _people(staff)
    spreading = asked.spreading(people, has)
    if request.method == "POST":
        try:
            action = start_bulk(
                kind=asked.kind,
                filters=asked.filters.said(),
                actor=staff,
                at=timezone.now(),
                seen=number_of(request.POST, "seen"),
                spreading=spreading,
                days=asked.days,
                note=request.POST.get("note", "")[:1000],
            )
        except BulkRefused as refusal:
            messages.warning(request, str(refusal))
            changed = isinstance(refusal, CountChanged)
            return _previewed(request, staff, asked, people, has, spreading, status=409 if changed else 422)
        return redirect("bulk_action", pk=action.pk)
    return _previewed(request, staff, asked, people, has, spreading)


def _people(staff: Staff) -> tuple[list[Staff], dict[int, int]]:
    """Those who may be given something today, and what they have; who is away is given nothing in bulk."""
    today = timezone.localdate()
    away = absent(today)
    people = [one for one in workers(staff) if one.pk not in away]
    has = {one.staff.pk: one.open for one in loads(people, today=today, at=timezone.now())}
    return people, has


def _previewed(
    request: HttpRequest,
    staff: Staff,
    asked: Asked,
    people: Sequence[Staff],
    has: Mapping[int, int],
    spreading: Spreading,
    status: int = 200,
) -> HttpResponse:
    rows = matching(staff, asked.filters.said(), timezone.localdate()).order_by()
    states = list(rows.values_list("state").annotate(n=Count("pk")).order_by("-n"))
    plan = _plan(rows, people, spreading) if asked.kind == BulkKind.REASSIGN else None
    names = {one.pk: one.name for one in people}
    context = {
        "asked": asked,
        "said": asked.filters.said(),
        "chips": words_of(asked.filters, staff),
        "count": sum(n for _state, n in states),
        "states": [(RectificationState(state).label, n) for state, n in states],
        "kinds": [(kind.value, kind.label) for kind in KINDS],
        "ways": Spread.choices,
        "people": [(p, has.get(p.pk, 0), p.pk in asked.picked, asked.weights.get(p.pk, 1)) for p in people],
        "plan": plan,
        "shares": [(names[s.staff], s.has, s.given, s.has + s.given) for s in plan.shares] if plan else [],
        "longest": LONGEST,
        "note": request.POST.get("note", "")[:1000],
    }
    return render(request, "audits/bulk_preview.html", context, status=status)


def _plan(rows: QuerySet[Rectification], people: Sequence[Staff], spreading: Spreading) -> Plan | None:
    if not spreading.shares:
        return None
    who = Candidates(people)
    ordered = rows.order_by(F("due_on").asc(nulls_last=True), "pk")
    places = ordered.values_list("branch_id", "agency_id", "owner_id")
    return planned(places.iterator(chunk_size=5_000), spreading, who.reaching)


@requires(SEE, ASSIGN)
@require_safe
def bulk_actions(request: HttpRequest) -> HttpResponse:
    """What was done to many at once, by oneself and by those whom one sees."""
    found = BulkAction.objects.visible_to(staff_of(request)).select_related(
        "actor", "job", "undone_by__actor"
    )
    page: Any = keyset_page(found, request)
    return render(request, "audits/bulk_actions.html", {"page": page, "all": page.rows})


@requires(SEE, ASSIGN)
@require_safe
def bulk_action(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, what was refused and why, and the way back."""
    staff = staff_of(request)
    action = _seen(staff, pk)
    lines = _lines(staff, action)
    counts = dict(lines.order_by().values_list("outcome").annotate(n=Count("pk")))
    refused = lines.filter(outcome=BulkOutcome.REFUSED)
    why = request.GET.get("why", "")
    narrowed = refused.filter(reason=why) if why else refused
    reasons = refused.order_by().values_list("reason").annotate(n=Count("pk")).order_by("-n", "reason")
    page: Any = keyset_page(narrowed.select_related("rectification", "before_owner"), request)
    context = {
        **_progress(action),
        "counts": counts,
        "elsewhere": action.matched - sum(counts.values()),
        "reasons": reasons[:20],
        "why": why,
        "page": page,
        "chips": words_of(BoardFilters.of(action.filters), staff),
        "gifts": _gifts(action),
        "undone": action_undoing(action),
        "may_undo": bool(counts.get(BulkOutcome.DONE)) and may_undo(action, staff),
    }
    return render(request, "audits/bulk_action.html", context)


@requires(SEE, ASSIGN)
@require_safe
def bulk_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment that the page polls; once it has ended the page loads itself anew."""
    action = _seen(staff_of(request), pk)
    response = render(request, "audits/parts/bulk_progress.html", _progress(action))
    if not under_way(action):
        response["HX-Refresh"] = "true"
    return response


@requires(ASSIGN)
@require_POST
def bulk_undo(request: HttpRequest, pk: int) -> HttpResponse:
    staff = staff_of(request)
    try:
        undo = undo_bulk(action=_seen(staff, pk), actor=staff, at=timezone.now())
    except BulkRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("bulk_action", pk=pk)
    return redirect("bulk_action", pk=undo.pk)


def _seen(staff: Staff, pk: int) -> BulkAction:
    seen = BulkAction.objects.visible_to(staff).select_related("actor", "job", "undoes__actor")
    found: BulkAction = get_object_or_404(seen, pk=pk)
    return found


def _lines(staff: Staff, action: BulkAction) -> QuerySet[BulkLine]:
    """Those about rectifications that one sees."""
    seen = Rectification.objects.visible_to(staff).order_by().values("pk")
    return BulkLine.objects.filter(action=action, rectification__in=seen)


def _progress(action: BulkAction) -> dict[str, Any]:
    job = action.job
    return {"action": action, "job": job, "under_way": under_way(action), "done": job.done if job else 0}


def _gifts(action: BulkAction) -> list[tuple[str, int]]:
    """Who was given how many, as far as the job kept count."""
    if action.kind != BulkKind.REASSIGN or action.job is None:
        return []
    given = {int(pk): int(count) for pk, count in action.job.cursor.items()}
    names = dict(Staff.objects.filter(pk__in=given).values_list("pk", "name"))
    return sorted(((names.get(pk, ""), n) for pk, n in given.items() if n), key=lambda one: -one[1])
