"""Group chats: who belongs to which, and what is pushed into them outside everybody's quiet hours."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

import pghistory
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from workplace import chat
from workplace.locks import PUSH_LOCK, alone
from workplace.models import Notice, NoticePreference, PushTarget, Staff
from workplace.notices import line_of

log = logging.getLogger(__name__)
TOO_OLD = timedelta(days=2)
MOST = 30


class PushRefused(Exception):
    """The group chat cannot be kept so; its text says why, `field` where."""

    def __init__(self, text: str, field: str) -> None:
        super().__init__(text)
        self.field = field


def save_push_target(
    *,
    target: PushTarget | None,
    name: str,
    address: str,
    staff: Iterable[Staff],
    active: bool,
    actor: Staff,
    at: datetime,
) -> PushTarget:
    """An empty `address` keeps the one that is there. Raises PushRefused."""
    if address and not chat.is_address(address):
        raise PushRefused(_("This is no address of a robot of DingTalk, WeCom or Feishu."), "address")
    if not address and target is None:
        raise PushRefused(_("Give the address of the robot."), "address")
    found = target or PushTarget()
    found.name, found.active = name.strip(), active
    if address:
        found.address, found.last_error = address, ""
    try:
        with transaction.atomic(), pghistory.context(actor=actor.pk, cause="push_target", at=at.isoformat()):
            found.save()
            found.staff.set(staff)
    except IntegrityError as error:
        raise PushRefused(_("Another group chat has this name."), "name") from error
    return found


def try_push_target(*, target: PushTarget, actor: Staff, at: datetime) -> bool:
    """One message that says who tried; the outcome stands on the row. A demo sends nothing."""
    if settings.DEMO:
        return False
    title = _("Zhenxin: a trial message")
    return _deliver(target, title, _("Sent by %(name)s.") % {"name": actor.name}, at)


def push_notices(*, at: datetime) -> int:
    """To the chats of everybody who wants it and is not quiet now; returns how many notices arrived.

    What came during quiet hours follows afterwards; what is older than two days, or read, does not.
    """
    if settings.DEMO:
        return 0
    people = _awake(at)
    by_person: defaultdict[int, list[PushTarget]] = defaultdict(list)
    targets = PushTarget.objects.filter(active=True, staff__in=people).distinct()
    for target in targets.prefetch_related("staff"):
        for person in target.staff.all():
            by_person[person.pk].append(target)
    with transaction.atomic():
        if not alone(PUSH_LOCK):
            return 0
        rows = _waiting(by_person.keys() & set(people), at)
        arrived = _push(rows, by_person, at)
        Notice.objects.filter(pk__in=arrived).update(pushed_at=at)
    return len(arrived)


def is_quiet(preference: NoticePreference, moment: time) -> bool:
    """Quiet hours may lie across midnight; their end is no longer quiet."""
    since, until = preference.quiet_from, preference.quiet_to
    if since is None or until is None or since == until:
        return False
    return since <= moment < until if since < until else moment >= since or moment < until


def _awake(at: datetime) -> list[int]:
    moment = localtime(at).time()
    wanting = NoticePreference.objects.filter(push=True, staff__is_active=True)
    return [one.staff_id for one in wanting if not is_quiet(one, moment)]


def _waiting(people: Iterable[int], at: datetime) -> list[Notice]:
    new = Notice.objects.filter(
        recipient__in=list(people),
        pushed_at__isnull=True,
        read_at__isnull=True,
        made_at__gt=at - TOO_OLD,
        made_at__lte=at,
    )
    return list(new.select_related("recipient").order_by("-urgent", "pk"))


def _push(rows: Sequence[Notice], chats: dict[int, list[PushTarget]], at: datetime) -> set[int]:
    """One message a chat; a notice has arrived when one of its person's chats took it."""
    of_chat: defaultdict[PushTarget, list[Notice]] = defaultdict(list)
    for row in rows:
        for target in chats[row.recipient_id]:
            of_chat[target].append(row)
    arrived: set[int] = set()
    for target, own in of_chat.items():
        if _deliver(target, _("Zhenxin"), _body(own), at):
            arrived |= {row.pk for row in own}
    return arrived


def _body(rows: Sequence[Notice]) -> str:
    """Each line once, with the names of all whom it is for."""
    people: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        with override(row.recipient.language):
            people[line_of(row).title].append(row.recipient.name)
    lines = [f"{'、'.join(names)}: {title}" for title, names in people.items()]
    return "\n".join([*lines[:MOST], *(["…"] if len(lines) > MOST else [])])


def _deliver(target: PushTarget, title: str, body: str, at: datetime) -> bool:
    try:
        chat.send(target.address, title=title, body=body)
    except chat.ChatRefused as refusal:
        PushTarget.objects.filter(pk=target.pk).update(last_error=str(refusal)[:200])
        log.warning("group chat %s did not take a message: %s", target.pk, refusal)
        return False
    PushTarget.objects.filter(pk=target.pk).update(last_error="", last_sent_at=at)
    return True
