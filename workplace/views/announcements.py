"""Announcements and pushed lists: read, worked off, published, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from workplace.access import requires, staff_of
from workplace.announced import Counts, counts_of, shown_to, unread
from workplace.models import Announcement, AnnouncementReceipt, PushedLine
from workplace.notice_forms import AnnouncementForm
from workplace.operations.announcements import (
    PUBLISH,
    AnnouncementRefused,
    finish_announcement,
    publish_announcement,
    read_announcement,
    tick_line,
    withdraw_announcement,
)
from workplace.paging import keyset_page

PEOPLE = 500
UNREAD = 3


@dataclass(frozen=True)
class Line:
    """One announcement in the list: `counts` for its publisher, `receipt` for who got it."""

    announcement: Announcement
    counts: Counts | None
    receipt: AnnouncementReceipt | None


@requires()
@require_safe
def announcements(request: HttpRequest) -> HttpResponse:
    staff = staff_of(request)
    page = keyset_page(shown_to(staff).select_related("published_by"), request)
    own = counts_of(one for one in page.rows if one.published_by_id == staff.pk)
    got = AnnouncementReceipt.objects.filter(staff=staff, announcement__in=[one.pk for one in page.rows])
    receipts = {one.announcement_id: one for one in got}
    context = {
        "page": page,
        "lines": [Line(one, own.get(one.pk), receipts.get(one.pk)) for one in page.rows],
        "unread": sum(one.read_at is None for one in receipts.values()),
        "may_publish": staff.has_perm(PUBLISH),
    }
    return render(request, "workplace/announcements.html", context)


@requires()
@require_safe
def announcements_unread(request: HttpRequest) -> HttpResponse:
    """A part of Home, fetched once that stands."""
    context = {"announcements": unread(staff_of(request))[:UNREAD]}
    return render(request, "workplace/announcements_unread.html", context)


@requires(PUBLISH)
def announcement_add(request: HttpRequest) -> HttpResponse:
    form = AnnouncementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = publish_announcement(
                title=given["title"],
                body=given["body"],
                roles=given["roles"],
                lines=given["lines"].splitlines(),
                needs_done=given["needs_done"],
                actor=staff_of(request),
                at=timezone.now(),
            )
        except AnnouncementRefused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            count = made.receipts.count()
            told = ngettext("%d person was told.", "%d people were told.", count) % count
            messages.success(request, told)
            return redirect("announcement", pk=made.pk)
    return render(request, "workplace/announcement_add.html", {"form": form})


@requires()
@require_safe
def announcement(request: HttpRequest, pk: int) -> HttpResponse:
    """Looking at it changes nothing: the page itself says by POST that it was opened."""
    staff = staff_of(request)
    found = get_object_or_404(shown_to(staff).select_related("published_by"), pk=pk)
    receipt = found.receipts.filter(staff=staff).first()
    context: dict[str, Any] = {
        "announcement": found,
        "receipt": receipt,
        "own_lines": list(receipt.lines.order_by("pk")) if receipt else [],
        "is_own": found.published_by_id == staff.pk,
    }
    if context["is_own"]:
        context |= _progress(found)
    return render(request, "workplace/announcement.html", context)


def _progress(found: Announcement) -> dict[str, Any]:
    """Who has not read it first, then who is not done."""
    receipts = found.receipts.select_related("staff")
    unread = receipts.filter(read_at__isnull=True).order_by("staff__name")
    undone = receipts.filter(read_at__isnull=False, done_at__isnull=True).order_by("staff__name")
    return {
        "counts": counts_of([found]).get(found.pk, Counts()),
        "not_read": list(unread[:PEOPLE]),
        "not_done": list(undone[:PEOPLE]) if found.needs_done else [],
    }


def _seen(request: HttpRequest, pk: int) -> Announcement:
    found: Announcement = get_object_or_404(shown_to(staff_of(request)), pk=pk)
    return found


@requires()
@require_POST
def announcement_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Said by the page when it opens; the counts of the shell follow."""
    found = _seen(request, pk)
    new = read_announcement(announcement=found, actor=staff_of(request), at=timezone.now())
    return HttpResponse(status=204, headers={"HX-Trigger": "zx:counts"} if new else {})


@requires()
@require_POST
def announcement_done(request: HttpRequest, pk: int) -> HttpResponse:
    found, staff, now = _seen(request, pk), staff_of(request), timezone.now()
    read_announcement(announcement=found, actor=staff, at=now)
    finish_announcement(announcement=found, actor=staff, at=now)
    return redirect("announcement", pk=pk)


@requires()
@require_POST
def announcement_tick(request: HttpRequest, pk: int, line_pk: int) -> HttpResponse:
    staff = staff_of(request)
    lines = PushedLine.objects.filter(receipt__staff=staff, receipt__announcement=_seen(request, pk))
    line = get_object_or_404(lines.select_related("receipt__announcement"), pk=line_pk)
    tick_line(line=line, done=request.POST.get("done") == "1", actor=staff, at=timezone.now())
    return redirect("announcement", pk=pk)


@requires(PUBLISH)
@require_POST
def announcement_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    found = _seen(request, pk)
    if withdraw_announcement(announcement=found, actor=staff_of(request), at=timezone.now()):
        messages.success(request, _("Withdrawn: nobody sees it any more."))
    else:
        messages.error(request, _("Only whoever published it can withdraw it."))
    return redirect("announcements")
