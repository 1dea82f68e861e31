"""The register of lists that leave the house: numbered, with a last day and a confirmed destruction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pghistory
from django.db import connection, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from workplace.choices import Access, Purpose
from workplace.exported_lists import may_confirm
from workplace.models import ExportedList, Staff, UploadedFile
from workplace.operations.access_log import log_access

DAYS = 14
NEXT = "SELECT nextval(pg_get_serial_sequence('workplace_exportedlist', 'id'))"

_days: list[Callable[[], int]] = []


class ListRefused(Exception):
    """Nothing was written down; its text says why."""


def register_days(days: Callable[[], int]) -> None:
    """Whoever keeps the setting says for how many days a list is good."""
    _days[:] = [days]


def list_days() -> int:
    return _days[0]() if _days else DAYS


def register_export(
    *,
    kind: str,
    owner: Staff,
    purpose: str,
    rows: int,
    at: datetime,
    days: int,
    file: UploadedFile | None = None,
    detail: str = "",
) -> ExportedList:
    """Numbers the list and writes it into the access log; `kind` is the kind of its records.

    Raises ListRefused for a purpose that is none of the declared ones.
    """
    if purpose not in Purpose.values:
        raise ListRefused(_("Say what the list is for."))
    with transaction.atomic(), pghistory.context(actor=owner.pk):
        with connection.cursor() as cursor:
            cursor.execute(NEXT)
            pk = int(cursor.fetchone()[0])
        day = localdate(at)
        exported = ExportedList.objects.create(
            pk=pk,
            number=f"QD-{day:%Y%m%d}-{pk:06d}",
            kind=kind,
            owner=owner,
            purpose=purpose,
            rows=rows,
            file=file,
            exported_at=at,
            expires_on=day + timedelta(days=days),
        )
        said = detail or _("%(count)s rows, masked") % {"count": rows}
        log_access(
            staff=owner,
            access=Access.EXPORT,
            purpose=purpose,
            record_kind=kind,
            record_id=0,
            detail=f"{exported.number} · {said}",
            at=at,
        )
    return exported


def confirm_destroyed(*, exported: ExportedList, note: str, actor: Staff, at: datetime) -> ExportedList:
    """Once, by whoever exported it or by compliance; raises ListRefused."""
    if not may_confirm(exported, actor):
        raise ListRefused(_("Only whoever exported the list, or compliance, confirms its destruction."))
    if not note.strip():
        raise ListRefused(_("Say how it was destroyed."))
    with transaction.atomic(), pghistory.context(actor=actor.pk):
        found: ExportedList = (
            ExportedList.objects.select_for_update(of=("self",))
            .select_related("destroyed_by")
            .get(pk=exported.pk)
        )
        if found.destroyed_at is not None:
            raise ListRefused(
                _("%(by)s has confirmed that already.")
                % {"by": found.destroyed_by.name if found.destroyed_by else "–"}
            )
        found.destroyed_at, found.destroyed_by, found.destruction_note = at, actor, note.strip()[:200]
        found.save(update_fields=["destroyed_at", "destroyed_by", "destruction_note"])
    return found
