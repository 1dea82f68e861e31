"""Letters to agencies: what is to be written, what was sent and answered, and one letter as a document."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agents.models import Agency
from agents.models.reach import reach_of
from audits.letter_forms import AnswerForm, DayForm, LetterForm, VoidForm
from audits.letter_pdf import headings
from audits.letters import body_for, lines_for, overdue, paragraphs, unnamed
from audits.models import AgencyLetter, LetterLine
from audits.operations.letters import (
    SEND,
    LetterRefused,
    answer_letter,
    make_letter,
    receive_letter,
    send_letter,
    void_letter,
)
from audits.queries import rectification_settings
from workplace.access import requires, staff_of
from workplace.calendar import add_working_days
from workplace.choices import Access, Purpose
from workplace.operations.access_log import record_look
from workplace.paging import keyset_page

SEE = "audits.view_agencyletter"
TABS = {
    "waiting": gettext_lazy("Waiting for an answer"),
    "overdue": gettext_lazy("Overdue"),
    "answered": gettext_lazy("Answered"),
    "draft": pgettext_lazy("letters", "Not sent yet"),
    "voided": pgettext_lazy("letters", "Voided"),
    "all": pgettext_lazy("letters", "All"),
}
UNSENT = ("draft", "voided")
TO_WRITE = 50


def _of_tab(tab: str, today: date) -> Q:
    return {
        "waiting": Q(sent_on__isnull=False, answered_on__isnull=True),
        "overdue": overdue(today),
        "answered": Q(answered_on__isnull=False),
        "draft": Q(sent_on__isnull=True, voided_at__isnull=True),
        "voided": Q(voided_at__isnull=False),
    }.get(tab, Q())


@requires(SEE)
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    staff, today = staff_of(request), timezone.localdate()
    found = AgencyLetter.objects.visible_to(staff)
    numbers = found.order_by().aggregate(
        **{name: Count("pk", filter=_of_tab(name, today)) for name in TABS if name != "all"}
    )
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else ("waiting" if numbers["waiting"] else "all")
    rows = found.filter(_of_tab(tab, today)).select_related("agency", "made_by")
    sends = staff.has_perm(SEND)
    context = {
        "tab": tab,
        "tabs": [
            (name, label, numbers.get(name)) for name, label in TABS.items() if sends or name not in UNSENT
        ],
        "numbers": numbers,
        "page": keyset_page(rows.annotate(n=Count("lines")), request),
        "sends": sends,
        "to_write": _to_write(request) if sends else [],
    }
    return render(request, "audits/letters.html", context)


def _to_write(request: HttpRequest) -> list[Any]:
    """Agencies with open rectifications that no unanswered letter names, the most first."""
    open_ones = unnamed(staff_of(request)).order_by().values("agency", "agency__name", "agency__number")
    return list(open_ones.annotate(n=Count("pk")).order_by("-n", "agency")[:TO_WRITE])


@requires(SEND)
@require_http_methods(["GET", "POST"])
def letter_write(request: HttpRequest, agency_pk: int) -> HttpResponse:
    """The draft with its list, to be read over; a POST numbers it."""
    staff, today = staff_of(request), timezone.localdate()
    agency = get_object_or_404(Agency.objects.visible_to(staff).select_related("branch"), pk=agency_pk)
    lines = lines_for(agency, staff)
    due_on = add_working_days(today, rectification_settings().reply_days)
    text = body_for(agency, count=len(lines), due_on=due_on)
    form = LetterForm(request.POST or None, initial={"text": text, "due_on": due_on}, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_letter(agency=agency, **form.cleaned_data, actor=staff, at=timezone.now())
        except LetterRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.info(
                request, _("%(number)s is made. Note here when it was sent.") % {"number": made.number}
            )
            return redirect("letter", pk=made.pk)
    context = {"agency": agency, "lines": lines, "form": form}
    return render(request, "audits/letter_write.html", context)


def _letters(request: HttpRequest) -> QuerySet[AgencyLetter]:
    found: QuerySet[AgencyLetter] = AgencyLetter.objects.visible_to(staff_of(request))
    return found.select_related("agency", "agency__branch", "made_by", "voided_by", "file")


@requires(SEE)
@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(_letters(request), pk=pk))


def _page(
    request: HttpRequest, found: AgencyLetter, status: int = 200, answer_form: AnswerForm | None = None
) -> HttpResponse:
    staff, today = staff_of(request), timezone.localdate()
    liaison = found.agency_id in reach_of(staff).agency_ids
    sends = staff.has_perm(SEND)
    lines = list(_lines(request, found).select_related("rectification").order_by("pk"))
    context = {
        "letter": found,
        "paragraphs": paragraphs(found.text),
        "lines": lines,
        "elsewhere": found.lines.count() - len(lines),
        "headings": headings(),
        "sends": sends,
        "may_answer": (sends or liaison) and found.sent_on is not None and found.answered_on is None,
        "liaison": liaison,
        "answer_form": answer_form or AnswerForm(initial={"on": today}),
        "late": bool(found.sent_on and (found.answered_on or today) > found.due_on),
    }
    return render(request, "audits/letter.html", context, status=status)


def _lines(request: HttpRequest, found: AgencyLetter) -> QuerySet[LetterLine]:
    """Those about rectifications that one sees."""
    lines: QuerySet[LetterLine] = LetterLine.objects.visible_to(staff_of(request))
    return lines.filter(letter=found)


@requires(SEE)
@require_safe
def letter_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """As it was made, so only to whoever sees all that it names; every look is written down."""
    found = get_object_or_404(_letters(request), pk=pk)
    whole = _lines(request, found).count() == found.lines.count()
    if found.file is None or found.file.removed_at is not None or found.voided_at or not whole:
        raise Http404
    try:
        content = found.file.content.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    record_look(
        staff=staff_of(request),
        access=Access.DOWNLOAD,
        purpose=Purpose.RECTIFICATION,
        record_kind="agency",
        record_id=found.agency_id,
        detail=found.number,
        at=timezone.now(),
    )
    response = FileResponse(content, content_type="application/pdf", filename=f"{found.number}.pdf")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@requires(SEND)
@require_POST
def letter_sent(request: HttpRequest, pk: int) -> HttpResponse:
    return _dated(request, pk, "sent")


@requires(SEND)
@require_POST
def letter_received(request: HttpRequest, pk: int) -> HttpResponse:
    return _dated(request, pk, "received")


def _dated(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    found, form = get_object_or_404(_letters(request), pk=pk), DayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Name the day."))
        return redirect("letter", pk=pk)
    operation = send_letter if step == "sent" else receive_letter
    try:
        operation(letter=found, on=form.cleaned_data["on"], actor=staff_of(request), at=timezone.now())
    except LetterRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, _("Noted."))
    return redirect("letter", pk=pk)


@requires(SEND)
@require_POST
def letter_void(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = get_object_or_404(_letters(request), pk=pk), VoidForm(request.POST)
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        void_letter(letter=found, reason=reason, actor=staff_of(request), at=timezone.now())
    except LetterRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(
            request, _("%(number)s is voided; its number is not used again.") % {"number": found.number}
        )
    return redirect("letter", pk=pk)


@requires(SEE)
@require_POST
def letter_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The agency's liaison, or whoever notes an answer on paper."""
    found, form = get_object_or_404(_letters(request), pk=pk), AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, found, 422, form)
    try:
        answer_letter(letter=found, **form.cleaned_data, actor=staff_of(request), at=timezone.now())
    except LetterRefused as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return _page(request, found, 422, form)
    messages.info(request, _("The answer is noted."))
    return redirect("letter", pk=pk)
