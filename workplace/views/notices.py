"""What I was told: unread first, and how I want to be told."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from workplace.access import requires, staff_of
from workplace.models import Notice
from workplace.notice_forms import PreferenceForm
from workplace.notices import line_of
from workplace.operations.notices import preference_of, read_all_notices, read_notices, save_preference

PAGE = 50


@requires()
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    rows = Notice.objects.visible_to(staff_of(request))
    found = list(_from(rows, request.GET.get("after", ""))[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    context = {
        "lines": [line_of(row) for row in found[:PAGE]],
        "unread": rows.filter(read_at__isnull=True).count(),
        "top": "?" if request.GET.get("after") else "",
        "older": f"?after={'r' if last.read_at else 'u'}{last.pk}" if last else "",
    }
    return render(request, "workplace/notices.html", context)


def _from(rows: QuerySet[Notice], after: str) -> QuerySet[Notice]:
    """Unread first, each newest first; `after` is the state and key of the last line of the page before."""
    was_read = ExpressionWrapper(Q(read_at__isnull=False), output_field=BooleanField())
    rows = rows.annotate(was_read=was_read).order_by("was_read", "-pk")
    state, key = after[:1], after[1:]
    if state in {"u", "r"} and key.isascii() and key.isdigit() and len(key) < 19:
        later = Q(read_at__isnull=state == "u", pk__lt=int(key))
        rows = rows.filter(later | Q(read_at__isnull=False) if state == "u" else later)
    return rows


@requires()
@require_POST
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Reads it and leads to the page that it is about."""
    staff = staff_of(request)
    found = get_object_or_404(Notice.objects.visible_to(staff), pk=pk)
    read_notices(ids=[found.pk], actor=staff, at=timezone.now())
    ours = url_has_allowed_host_and_scheme(found.link, allowed_hosts=None)
    return redirect(found.link if found.link and ours else "notices")


@requires()
@require_POST
def notices_mark(request: HttpRequest) -> HttpResponse:
    """The ticked ones as read, or as unread again."""
    ids = [int(text) for text in request.POST.getlist("notice") if text.isascii() and text.isdigit()]
    read = request.POST.get("as") != "unread"
    read_notices(ids=ids, actor=staff_of(request), at=timezone.now(), read=read)
    return redirect("notices")


@requires()
@require_POST
def notices_read_all(request: HttpRequest) -> HttpResponse:
    read_all_notices(actor=staff_of(request), at=timezone.now())
    return redirect("notices")


@requires()
def notice_settings(request: HttpRequest) -> HttpResponse:
    staff = staff_of(request)
    known = preference_of(staff)
    form = PreferenceForm(request.POST or None, initial=PreferenceForm.of(known))
    if request.method == "POST" and form.is_valid():
        save_preference(actor=staff, **form.wanted())
        messages.success(request, _("Saved."))
        return redirect("notice_settings")
    context = {"form": form, "email": staff.email, "chats": staff.push_targets.filter(active=True)}
    return render(request, "workplace/notice_settings.html", context)
