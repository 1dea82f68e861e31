"""The daily digest: one mail a person and day with what is unread, in their language, masked as ever."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from workplace.locks import DIGEST_LOCK, alone
from workplace.models import Notice, Staff
from workplace.notices import line_of
from workplace.operations.notices import preference_of

log = logging.getLogger(__name__)
MOST = 50


@dataclass
class Sent:
    mailed: int = 0
    failed: int = 0


def send_digests(*, at: datetime) -> Sent:
    """What came in until each person's hour of today and is unread still.

    A mail that fails is tried again next time. A demo sends nothing and marks nothing.
    """
    sent = Sent()
    if settings.DEMO:
        return sent
    connection = get_connection()
    for person in _with_something_new(at):
        preference = getattr(person, "notice_preference", None) or preference_of(person)
        moment = _moment(preference.digest_hour, at)
        if not preference.mail or at < moment:
            continue
        try:
            sent.mailed += _mail(person, moment, at, connection)
        except OSError as error:
            sent.failed += 1
            log.error("the digest of staff %s failed: %s", person.pk, type(error).__name__)
    return sent


def _with_something_new(at: datetime) -> QuerySet[Staff]:
    new = Notice.objects.filter(mailed_at__isnull=True, read_at__isnull=True, made_at__lte=at)
    reachable = Staff.objects.filter(is_active=True, pk__in=new.order_by().values("recipient"))
    return reachable.exclude(email="").select_related("notice_preference").order_by("pk")


def _moment(hour: int, at: datetime) -> datetime:
    return make_aware(datetime.combine(localtime(at).date(), time(hour)))


def _mail(person: Staff, moment: datetime, at: datetime, connection: BaseEmailBackend) -> int:
    """Two runs at once send one; the rows themselves are not locked, so that they can be read meanwhile."""
    with transaction.atomic():
        if not alone(DIGEST_LOCK, person.pk):
            return 0
        own = Notice.objects.filter(recipient=person)
        if own.filter(mailed_at__gte=moment).exists():
            return 0
        new = own.filter(mailed_at__isnull=True, read_at__isnull=True, made_at__lte=moment)
        rows = list(new.order_by("-urgent", "-pk"))
        if not rows:
            return 0
        with override(person.language):
            subject, body = _words(rows)
        message = EmailMessage(subject, body, to=[person.email], connection=connection)
        if not message.send():
            raise OSError("not taken")
        Notice.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=at)
    return 1


def _words(rows: Sequence[Notice]) -> tuple[str, str]:
    count = len(rows)
    subject = ngettext("Zhenxin: %d new notice", "Zhenxin: %d new notices", count) % count
    lines = []
    for row in rows[:MOST]:
        line = line_of(row)
        lines.append(f"· {line.title}")
        if line.body:
            lines.append(f"  {line.body}")
    if count > MOST:
        lines.append(ngettext("and %d more", "and %d more", count - MOST) % (count - MOST))
    page = f"{settings.PUBLIC_URL}/notices/" if settings.PUBLIC_URL else ""
    closing = _("All notices, and how you want to be told: %(page)s") % {"page": page} if page else ""
    return subject, "\n".join([*lines, "", closing]).strip() + "\n"
