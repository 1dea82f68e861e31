"""Conflicts between an accepted correction and a newer file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from workplace.access import requires, staff_of
from workplace.choices import ConflictState
from workplace.correctable import is_correctable
from workplace.forms import DecisionForm
from workplace.intake.errors import words_of
from workplace.intake.shapes import Misshapen
from workplace.models import Conflict
from workplace.operations.conflicts import ConflictDecided, keep_correction, take_file_value
from workplace.paging import keyset_page
from workplace.shown_fields import field_shown

OPERATIONS = {"keep": keep_correction, "take": take_file_value}


@require_GET
@requires("workplace.view_conflict")
def conflicts(request: HttpRequest) -> HttpResponse:
    staff = staff_of(request)
    visible = Conflict.objects.visible_to(staff)
    decided = request.GET.get("show") == "decided"
    waiting = visible.filter(state=ConflictState.OPEN)
    chosen = visible.exclude(state=ConflictState.OPEN) if decided else waiting
    page = keyset_page(
        chosen.select_related("hold__correction__outbox_entry", "hold__correction__decided_by", "decided_by"),
        request,
    )
    context = {
        "page": page,
        "rows": [_shown(conflict) for conflict in page.rows],
        "decided": decided,
        "open": waiting.count(),
        "may_decide": staff.has_perm("workplace.change_conflict"),
    }
    return render(request, "workplace/conflicts.html", context)


def _shown(conflict: Conflict) -> dict[str, Any]:
    correction = conflict.hold.correction
    entry = getattr(correction, "outbox_entry", None)
    return {
        "conflict": conflict,
        "shown": field_shown(conflict),
        "key": entry.record_key if entry else conflict.record_id,
        "held": field_shown(conflict).masked(conflict.hold.held_normal),
        "file": field_shown(conflict).masked(conflict.file_normal),
        "corrected_by": correction.decided_by,
        "may_take": is_correctable(conflict.record_kind, conflict.field),
    }


@require_POST
@requires("workplace.change_conflict")
def conflict_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """`decision` is keep or take; a reason is needed either way."""
    staff = staff_of(request)
    conflict = get_object_or_404(Conflict.objects.visible_to(staff), pk=pk)
    form = DecisionForm(request.POST)
    operation = OPERATIONS.get(request.POST.get("decision", ""))
    if operation is None or not form.is_valid():
        messages.error(request, _("Say why you decide so."))
        return redirect("conflicts")
    try:
        operation(conflict=conflict, actor=staff, at=timezone.now(), reason=form.cleaned_data["reason"])
    except ConflictDecided as already:
        names = {
            "by": already.conflict.decided_by or _("the core system"),
            "at": localtime(already.conflict.decided_at).strftime("%Y-%m-%d %H:%M")
            if already.conflict.decided_at
            else "—",
        }
        messages.warning(request, _("Already decided by %(by)s at %(at)s.") % names)
    except Misshapen as error:
        messages.error(request, words_of({"code": error.code, "params": error.params}))
    return redirect("conflicts")
