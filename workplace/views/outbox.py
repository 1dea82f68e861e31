"""The outbox: corrected values on their way to the core system."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_POST

from workplace.access import requires, staff_of
from workplace.choices import Access
from workplace.intake.errors import words_of
from workplace.intake.refusal import Refused
from workplace.intake.workbooks import CSV_TYPE, XLSX_TYPE, csv_of, table_xlsx
from workplace.models import OutboxEntry
from workplace.operations.access_log import log_access
from workplace.operations.conflicts import OVERRULED
from workplace.operations.outbox import (
    HEADER,
    Acknowledged,
    acknowledge,
    acknowledge_file,
    as_row,
    note_sent,
)
from workplace.paging import keyset_page
from workplace.queries import unacknowledged
from workplace.shown_fields import field_shown

TABS = ("waiting", "refused", "acknowledged")
FILE_LIMIT = 2 * 1024 * 1024


@require_GET
@requires("workplace.view_outboxentry")
def outbox(request: HttpRequest) -> HttpResponse:
    staff = staff_of(request)
    visible = OutboxEntry.objects.visible_to(staff)
    tab = request.GET.get("show", "")
    tab = tab if tab in TABS else TABS[0]
    parts = {name: _part(visible, name) for name in TABS}
    page = keyset_page(parts[tab].select_related("acknowledged_by"), request)
    labels = {
        "waiting": pgettext("outbox", "Waiting"),
        "refused": _("Refused"),
        "acknowledged": _("Acknowledged"),
    }
    context = {
        "page": page,
        "rows": [_shown(entry) for entry in page.rows],
        "tab": tab,
        "tabs": [(name, labels[name], parts[name].count()) for name in TABS],
        "waiting": parts["waiting"].count(),
        "may_acknowledge": staff.has_perm("workplace.change_outboxentry"),
    }
    return render(request, "workplace/outbox.html", context)


def _part(visible: QuerySet[OutboxEntry], name: str) -> QuerySet[OutboxEntry]:
    if name == "waiting":
        return visible.filter(acknowledged_at__isnull=True)
    done = visible.filter(acknowledged_at__isnull=False)
    return done.exclude(refusal="") if name == "refused" else done.filter(refusal="")


def _shown(entry: OutboxEntry) -> dict[str, Any]:
    shown = field_shown(entry)
    return {
        "entry": entry,
        "shown": shown,
        "old": shown.masked(entry.old_value),
        "new": shown.masked(entry.new_value),
        "refusal": _("A person took the file's value instead.")
        if entry.refusal == OVERRULED
        else entry.refusal,
    }


@require_POST
@requires("workplace.change_outboxentry")
def outbox_download(request: HttpRequest) -> HttpResponse:
    """Unmasked and written down; the entries count as sent and stay until they are acknowledged."""
    staff, now = staff_of(request), timezone.now()
    entries = list(unacknowledged(staff))
    note_sent(entries=entries, actor=staff, at=now)
    log_access(
        staff=staff,
        access=Access.EXPORT,
        record_kind="outbox",
        record_id=entries[-1].pk if entries else 0,
        detail=str(len(entries)),
        at=now,
    )
    rows = [as_row(entry) for entry in entries]
    if request.POST.get("form") == "csv":
        return _file(csv_of([HEADER, *rows]), CSV_TYPE, "outbox.csv")
    return _file(table_xlsx("outbox", HEADER, rows), XLSX_TYPE, "outbox.xlsx")


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@requires("workplace.change_outboxentry")
def outbox_acknowledge(request: HttpRequest) -> HttpResponse:
    """The ticked entries have arrived in the core system."""
    ids = [int(text) for text in request.POST.getlist("entry") if text.isascii() and text.isdigit()]
    outcome = acknowledge(ids=ids, refused={}, actor=staff_of(request), at=timezone.now())
    messages.info(request, _told(outcome))
    return redirect("outbox")


@require_POST
@requires("workplace.change_outboxentry")
def outbox_acknowledge_file(request: HttpRequest) -> HttpResponse:
    """The core system's answer: the outbox file with reasons beside what it refused."""
    upload = request.FILES.get("file")
    if upload is None or (upload.size or 0) > FILE_LIMIT:
        messages.error(request, _("Choose the core system's answer as .xlsx or .csv, at most 2 MB."))
        return redirect("outbox")
    try:
        outcome = acknowledge_file(
            content=upload.read(), name=upload.name or "", actor=staff_of(request), at=timezone.now()
        )
    except Refused as refusal:
        messages.error(request, words_of({"code": refusal.code, "params": refusal.params}))
    else:
        messages.info(request, _told(outcome))
    return redirect("outbox")


def _told(outcome: Acknowledged) -> str:
    """One sentence for each thing that happened."""
    count = len(outcome.acknowledged)
    parts = [ngettext("%(n)s entry acknowledged.", "%(n)s entries acknowledged.", count) % {"n": count}]
    if refused := len(outcome.refused):
        parts.append(
            ngettext("%(n)s refused by the core system.", "%(n)s refused by the core system.", refused)
            % {"n": refused}
        )
    if repeated := len(outcome.repeated):
        parts.append(
            ngettext("%(n)s had been answered before.", "%(n)s had been answered before.", repeated)
            % {"n": repeated}
        )
    if unknown := len(outcome.unknown):
        parts.append(ngettext("%(n)s is not known.", "%(n)s are not known.", unknown) % {"n": unknown})
    return " ".join(parts)
