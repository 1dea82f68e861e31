"""Appeals: what waits for the province, the thread of both sides, the decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile as Posted
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audits.appealing import deciding_branch, may_decide, side_of
from audits.choices import AppealState
from audits.models import Appeal, AppealMessage, Finding
from audits.operations.appeals import (
    AppealRefused,
    appeal_finding,
    decide_appeal,
    withdraw_appeal,
    write_message,
)
from audits.operations.evidence import EvidenceRefused
from audits.states import APPEAL, DECIDE_APPEAL
from audits.transitions import StepRefused
from audits.views.evidence import served_file
from audits.wording import field_label, finding_text
from workplace.access import requires, staff_of
from workplace.models import Staff
from workplace.paging import keyset_page

SEE = "audits.view_appeal"
TABS = {
    "waiting": [AppealState.OPEN],
    "upheld": [AppealState.UPHELD],
    "dismissed": [AppealState.DISMISSED, AppealState.WITHDRAWN],
}
REFUSALS = (AppealRefused, StepRefused, EvidenceRefused)
LONGEST = 2000


@requires(SEE)
@require_safe
def appeals(request: HttpRequest) -> HttpResponse:
    staff = staff_of(request)
    tab = request.GET.get("tab", "waiting")
    tab = tab if tab in TABS else "waiting"
    seen = Appeal.objects.visible_to(staff)
    page = keyset_page(_with_names(seen.filter(state__in=TABS[tab])), request)
    context = {
        "page": page,
        "lines": [(one, finding_text(one.finding), field_label(one.finding)) for one in page.rows],
        "tab": tab,
        "waiting": seen.filter(state=AppealState.OPEN).count(),
    }
    return render(request, "audits/appeals.html", context)


@requires(SEE)
@require_safe
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Both sides' words, and for the province the decision."""
    staff = staff_of(request)
    found = _seen(staff, pk)
    finding = found.finding
    is_open = found.state == AppealState.OPEN
    context: dict[str, Any] = {
        "appeal": found,
        "finding": finding,
        "text": finding_text(finding),
        "label": field_label(finding),
        "thread": found.messages.select_related("author", "file"),
        "above": deciding_branch(finding.answering_branch),
        "may_decide": is_open and may_decide(appeal=found, staff=staff, today=timezone.localdate()),
        "may_write": is_open and bool(side_of(finding=finding, staff=staff)),
        "may_withdraw": is_open and found.appealed_by_id == staff.pk,
    }
    return render(request, "audits/appeal.html", context)


@requires(APPEAL)
@require_POST
def make_appeal(request: HttpRequest, finding_pk: int) -> HttpResponse:
    staff = staff_of(request)
    finding = get_object_or_404(Finding.objects.visible_to(staff), pk=finding_pk)
    try:
        made = appeal_finding(
            finding=finding,
            ground=request.POST.get("ground", "")[:LONGEST],
            file=_file(request),
            actor=staff,
            at=timezone.now(),
        )
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        return redirect("rectification", finding.rectification_id) if finding.rectification_id else _list()
    messages.info(request, _("Appealed. The clock stands still until the province has decided."))
    return redirect("appeal", made.pk)


@requires(SEE)
@require_POST
def appeal_message(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(
        request,
        pk,
        lambda found, staff: write_message(
            appeal=found,
            text=request.POST.get("text", "")[:LONGEST],
            file=_file(request),
            actor=staff,
            at=timezone.now(),
        ),
    )


@requires(DECIDE_APPEAL)
@require_POST
def appeal_decide(request: HttpRequest, pk: int) -> HttpResponse:
    verdict = request.POST.get("verdict", "")
    if verdict not in ("uphold", "dismiss"):
        messages.error(request, _("Choose what is decided."))
        return redirect("appeal", pk)
    return _act(
        request,
        pk,
        lambda found, staff: decide_appeal(
            appeal=found,
            uphold=verdict == "uphold",
            decision=request.POST.get("decision", "")[:LONGEST],
            actor=staff,
            at=timezone.now(),
        ),
    )


@requires(APPEAL)
@require_POST
def appeal_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(
        request, pk, lambda found, staff: withdraw_appeal(appeal=found, actor=staff, at=timezone.now())
    )


@requires(SEE)
@require_safe
def appeal_file(request: HttpRequest, pk: int) -> FileResponse:
    """Only to whoever may read the thread; every look is written down."""
    staff = staff_of(request)
    rows = AppealMessage.objects.visible_to(staff).select_related("file", "appeal__finding")
    found = get_object_or_404(rows, pk=pk)
    if found.file is None:
        raise Http404
    about = (found.appeal.finding.subject_kind, found.appeal.finding.subject_id)
    return served_file(staff, found.file, about, f"appeal-{found.appeal_id}-{found.pk}")


def _act(request: HttpRequest, pk: int, act: Callable[[Appeal, Staff], object]) -> HttpResponse:
    staff = staff_of(request)
    found = _seen(staff, pk)
    try:
        act(found, staff)
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    return redirect("appeal", pk)


def _seen(staff: Staff, pk: int) -> Appeal:
    found: Appeal = get_object_or_404(_with_names(Appeal.objects.visible_to(staff)), pk=pk)
    return found


def _with_names(rows: QuerySet[Appeal]) -> QuerySet[Appeal]:
    return rows.select_related(
        "finding__customer",
        "finding__rectification",
        "finding__answering_branch",
        "finding__answering_agency",
        "branch",
        "agency",
        "appealed_by",
        "decided_by",
    )


def _file(request: HttpRequest) -> tuple[str, bytes] | None:
    given = request.FILES.get("file")
    return (given.name or "file", given.read()) if isinstance(given, Posted) else None


def _list() -> HttpResponse:
    return redirect("appeals")
