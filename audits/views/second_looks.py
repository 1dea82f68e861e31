"""What was closed, seen once more by another person: does it hold, or not, or was nobody reached."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audits.choices import LookKind, LookResult
from audits.choices import RectificationState as State
from audits.models import SecondLook
from audits.operations.second_looks import LookRefused, look_again
from audits.reviewing import compared
from audits.second_looks import for_others_eyes, had_a_hand, neighbour, own, waiting
from audits.sight import Sight, people_about, shows_scans
from audits.states import REVIEW
from audits.timeline import timeline_of
from audits.transitions import StepRefused, origin_of
from audits.views.finding_rectification import look_at, seen_rectification
from audits.worklists import subject_masked
from workplace.access import requires, staff_of
from workplace.choices import CorrectionState
from workplace.models import Correction, Staff
from workplace.paging import day_page, keyset_page

SEE = "audits.view_secondlook"


@requires(SEE, REVIEW)
@require_safe
def second_looks(request: HttpRequest) -> HttpResponse:
    staff, today = staff_of(request), timezone.localdate()
    rows = waiting(staff)
    mine = Q(pk__in=rows.filter(own(staff)).order_by().values("pk"))
    numbers = rows.order_by().aggregate(
        others=Count("pk", filter=~mine),
        overdue=Count("pk", filter=~mine & Q(due_on__lt=today)),
        mine=Count("pk", filter=mine),
    )
    shown = request.GET.get("show", "")
    kind = request.GET.get("kind", "")
    context: dict[str, Any] = {"numbers": numbers, "show": shown, "kind": kind, "kinds": LookKind.choices}
    if shown == "done":
        done: Any = SecondLook.objects.visible_to(staff).exclude(result="")
        page: Any = keyset_page(_told(_of(done, kind)), request)
        context |= {"looks": page.rows, "older_url": page.older, "newer_url": page.newer}
    else:
        chosen = rows.filter(own(staff)) if shown == "own" else for_others_eyes(staff)
        chosen = chosen.filter(due_on__lt=today) if shown == "overdue" else chosen
        found, older = day_page(_told(_of(chosen, kind)), request.GET.get("after", ""))
        context |= {"looks": found, "older": older, "first": not request.GET.get("after")}
    context["lines"] = [(one, subject_masked(one.rectification)) for one in context["looks"]]
    return render(request, "audits/second_looks.html", context)


def _of(rows: QuerySet[SecondLook], kind: str) -> QuerySet[SecondLook]:
    return rows.filter(kind=kind) if kind in LookKind.values else rows


def _told(rows: QuerySet[SecondLook]) -> QuerySet[SecondLook]:
    people = ("rectification__owner", "rectification__closed_by", "looked_by")
    about = ("customer", "policy", "seller", "branch")
    return rows.select_related(*people, *(f"rectification__{name}" for name in about))


@requires(SEE, REVIEW)
@require_safe
def second_look(request: HttpRequest, pk: int) -> HttpResponse:
    """Before, after, evidence and what was said, in one look."""
    staff = staff_of(request)
    look = _seen(staff, pk)
    found = seen_rectification(staff, look.rectification_id)
    stands = found.state == State.CLOSED and found.closed_at == look.closed_at
    decides = stands and not look.result and staff.has_perm(REVIEW) and not had_a_hand(found, staff)
    look_at(request, found, works=decides)
    accepted = Correction.objects.filter(
        origin=origin_of(found), state=CorrectionState.ACCEPTED, decided_at__lte=look.closed_at
    )
    sight = Sight(staff, timezone.localdate(), revealed=decides)
    context = {
        "look": look,
        "r": found,
        "subject": subject_masked(found),
        "stands": stands,
        "decides": decides,
        "compared": compared(accepted.select_related("proposed_by").order_by("id"), sight),
        "evidence": list(found.evidence.select_related("file", "file__owner")),
        "scans": shows_scans(staff, sight.today, people_about("rectification", found.pk)),
        "timeline": timeline_of(found),
        "before": neighbour(staff, look, back=True),
        "after": neighbour(staff, look),
        "left": for_others_eyes(staff).count(),
    }
    return render(request, "audits/second_look.html", context)


@requires(REVIEW)
@require_POST
def second_look_result(request: HttpRequest, pk: int) -> HttpResponse:
    """Keeps the result and opens the next one."""
    staff = staff_of(request)
    look = _seen(staff, pk)
    result = request.POST.get("result", "")
    try:
        look_again(
            look=look, result=result, note=request.POST.get("note", "")[:1000], actor=staff, at=timezone.now()
        )
    except (LookRefused, StepRefused) as refusal:
        messages.error(request, str(refusal))
        return redirect("second_look", pk=pk)
    number = look.rectification.number
    said = _("%(number)s reopened.") if result == LookResult.WRONG else _("%(number)s noted.")
    messages.info(request, said % {"number": number})
    following = neighbour(staff, look) or for_others_eyes(staff).first()
    return redirect("second_look", pk=following.pk) if following else redirect("second_looks")


def _seen(staff: Staff, pk: int) -> SecondLook:
    seen = SecondLook.objects.visible_to(staff).select_related("rectification", "looked_by")
    found: SecondLook = get_object_or_404(seen, pk=pk)
    return found
