"""Announcements to all of some roles, and lists to work off; who has read and who is done (85, 107)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from authenticity.resident_id import check_digit
from workplace.choices import Role
from workplace.models import Announcement, AnnouncementReceipt, Notice, PushedLine, Staff
from workplace.operations.notices import notify

PUBLISH = "workplace.publish_announcement"
MOST_LINES = 2000
_MOBILE = re.compile(r"(?<![\dA-Za-z])1[3-9]\d{9}(?!\d)")
_RESIDENT = re.compile(r"(?<![\dA-Za-z])\d{17}[\dXx](?!\d)")


class AnnouncementRefused(Exception):
    """It cannot be published so; its text says why, `field` where."""

    def __init__(self, text: str, field: str) -> None:
        super().__init__(text)
        self.field = field


def publish_announcement(
    *,
    title: str,
    body: str,
    roles: Sequence[str],
    lines: Sequence[str] = (),
    needs_done: bool = False,
    actor: Staff,
    at: datetime,
) -> Announcement:
    """To everybody active of these roles within the publisher's reach, told at once.

    A line that begins with a login name and a tab is that person's alone, any other is everybody's. Raises
    AnnouncementRefused.
    """
    if not actor.has_perm(PUBLISH):
        raise PermissionDenied
    given = [line.strip()[:300] for line in lines if line.strip()]
    _check(title, body, roles, given)
    people = {one.username: one for one in _recipients(actor, roles)}
    if not people:
        raise AnnouncementRefused(_("Nobody of these roles works within your reach."), "roles")
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="announcement"):
        made = Announcement.objects.create(
            title=title.strip(),
            body=body.strip(),
            roles=[role for role in Role.values if role in roles],
            needs_done=needs_done or bool(given),
            published_by=actor,
            published_at=at,
        )
        receipts = AnnouncementReceipt.objects.bulk_create(
            [AnnouncementReceipt(announcement=made, staff=one) for one in people.values()], batch_size=2000
        )
        _push_lines({one.staff.username: one for one in receipts}, given)
        notify(
            recipients=people.values(),
            kind="announcement",
            key=_key(made),
            detail={"title": made.title, "by": actor.name},
            link=reverse("announcement", args=[made.pk]),
            at=at,
        )
    return made


def read_announcement(*, announcement: Announcement, actor: Staff, at: datetime) -> bool:
    """The first time that its recipient opens it; the notice of it is read with it."""
    own = _own(announcement, actor).filter(read_at__isnull=True)
    Notice.objects.visible_to(actor).filter(key=_key(announcement), read_at__isnull=True).update(read_at=at)
    return bool(own.update(read_at=at))


def finish_announcement(*, announcement: Announcement, actor: Staff, at: datetime) -> bool:
    """Done with all of it; one that has lines is done when the last of them is."""
    own = _own(announcement, actor).filter(done_at__isnull=True, announcement__needs_done=True)
    if PushedLine.objects.filter(receipt__in=own).exists():
        return False
    return bool(own.update(done_at=at))


def tick_line(*, line: PushedLine, done: bool, actor: Staff, at: datetime) -> None:
    """One's own line, done or not after all; the receipt follows the last of them."""
    with transaction.atomic():
        own = _own(line.receipt.announcement, actor).filter(pk=line.receipt_id).select_for_update()
        receipt = own.first()
        if receipt is None:
            return
        PushedLine.objects.filter(pk=line.pk, done_at__isnull=done).update(done_at=at if done else None)
        open_lines = PushedLine.objects.filter(receipt=receipt, done_at__isnull=True)
        receipt.done_at = None if open_lines.exists() else (receipt.done_at or at)
        receipt.save(update_fields=["done_at"])


def withdraw_announcement(*, announcement: Announcement, actor: Staff, at: datetime) -> bool:
    """Only by whoever published it; from then on its recipients see it no more."""
    own = Announcement.objects.filter(pk=announcement.pk, published_by=actor, withdrawn_at__isnull=True)
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="announcement"):
        if not own.update(withdrawn_at=at):
            return False
        waiting = Notice.objects.filter(kind="announcement", key=_key(announcement), read_at__isnull=True)
        waiting.update(read_at=at)
    return True


def _own(announcement: Announcement, actor: Staff) -> QuerySet[AnnouncementReceipt]:
    return AnnouncementReceipt.objects.filter(
        announcement=announcement, staff=actor, announcement__withdrawn_at__isnull=True
    )


def _key(announcement: Announcement) -> str:
    return f"announcement:{announcement.pk}"


def _recipients(actor: Staff, roles: Sequence[str]) -> list[Staff]:
    reach = Staff.objects.visible_to(actor)
    return list(reach.filter(is_active=True, role__in=roles).exclude(pk=actor.pk).order_by("pk"))


def _check(title: str, body: str, roles: Sequence[str], lines: Sequence[str]) -> None:
    if not title.strip():
        raise AnnouncementRefused(_("Give it a title."), "title")
    if not body.strip() and not lines:
        raise AnnouncementRefused(_("Say something, or give a list."), "body")
    if not roles or not set(roles) <= set(Role.values):
        raise AnnouncementRefused(_("Choose for which roles."), "roles")
    if len(lines) > MOST_LINES:
        raise AnnouncementRefused(_("A list has at most %(most)s lines.") % {"most": MOST_LINES}, "lines")
    for field, text in (("title", title), ("body", body), *(("lines", line) for line in lines)):
        if _says_personal_data(text):
            words = _("It seems to hold an ID number or a phone number; name people by their numbers here.")
            raise AnnouncementRefused(words, field)


def _says_personal_data(text: str) -> bool:
    """A mobile number, or eighteen characters with the right check character."""
    numbers = (found.group().upper() for found in _RESIDENT.finditer(text))
    return bool(_MOBILE.search(text)) or any(check_digit(one[:17]) == one[17] for one in numbers)


def _push_lines(receipts: dict[str, AnnouncementReceipt], lines: Sequence[str]) -> None:
    """Whoever gets a list of which no line is theirs has nothing to do."""
    of_person: defaultdict[str, list[str]] = defaultdict(list)
    for line in lines:
        name, tab, text = line.partition("\t")
        for username in [name] if tab and name in receipts else receipts:
            of_person[username].append(text.strip() if tab and name in receipts else line)
    rows = [
        PushedLine(receipt=receipts[username], text=text)
        for username, texts in of_person.items()
        for text in texts
    ]
    PushedLine.objects.bulk_create(rows, batch_size=2000)
