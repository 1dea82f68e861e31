"""When a rectification is due, and whether it is late: one place for lists, loads, figures and reminders.

A day without a due date is never late, and a clock that stands still never is either.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.timezone import localtime

from audits.choices import ExtensionState, PauseReason, ReopenClock, StepAction
from audits.choices import RectificationState as State
from audits.models import Extension, Pause, Rectification, ServiceLevel
from audits.queries import rectification_settings
from audits.states import ASSIGN
from authenticity.choices import Severity
from authenticity.queries import load_values
from authenticity.rule import SLA, RuleValues
from policies.models import Policy
from workplace.calendar import WorkingCalendar
from workplace.models import Staff

RUNNING = ~Q(state=State.CLOSED) & Q(paused_at__isnull=True)
HORIZON = timedelta(days=60)
# A pause ends with what it waited for.
ENDS_PAUSE = frozenset(
    {
        StepAction.UNASSIGN,
        StepAction.SUBMIT,
        StepAction.ACCEPT,
        StepAction.SETTLE,
        StepAction.APPEAL,
        StepAction.DECIDE,
    }
)
REPLIES = frozenset({StepAction.START, StepAction.SUBMIT, StepAction.APPEAL})


def overdue(today: date) -> Q:
    """Rectifications past their day whose clock runs."""
    return RUNNING & Q(due_on__lt=today)


def overdue_then(day: date) -> Q:
    """The same for a day of the past, of rows with `then`, `due_then` and `paused_then`."""
    return ~Q(then=State.CLOSED) & Q(due_then__lt=day, paused_then=False)


def soon(today: date, calendar: WorkingCalendar | None = None) -> Q:
    """Due today or within the working days that the settings call soon."""
    last = (calendar or WorkingCalendar()).after(today, rectification_settings().soon_days)
    return RUNNING & Q(due_on__gte=today, due_on__lte=last)


def unknown_years(today: date, calendar: WorkingCalendar | None = None) -> list[int]:
    """Years into which due dates reach already and of which nobody knows the days off."""
    return (calendar or WorkingCalendar()).unknown_years(today, today + HORIZON)


class ServiceLevels:
    """Working days to resolve: the row that names most of severity, kind and channel; a kind weighs more
    than a channel; without a row the days of the severity."""

    def __init__(self, values: RuleValues) -> None:
        self._values = values
        rows = ServiceLevel.objects.values_list("severity", "kind", "channel", "days")
        self._days = {(severity, kind, channel): days for severity, kind, channel, days in rows}
        self.by_channel = any(channel for _severity, _kind, channel in self._days)

    def days(self, severity: str, kind: str = "", channel: str = "") -> int:
        for named in ((kind, channel), (kind, ""), ("", channel), ("", "")):
            if (severity, *named) in self._days:
                return self._days[severity, *named]
        return self._values.threshold(SLA, severity)


def channels_of(policy_ids: Collection[int]) -> dict[int, str]:
    return dict(Policy.objects.filter(pk__in=policy_ids).values_list("pk", "channel"))


def day_of(at: datetime) -> date:
    """The business day of a moment."""
    return localtime(at).date()


def effective(due_from: date | None, added_days: int, calendar: WorkingCalendar) -> date | None:
    """The due date with pauses and extensions."""
    return calendar.after(due_from, added_days) if due_from else None


def set_due(found: Rectification, due_from: date | None, calendar: WorkingCalendar) -> bool:
    """Whether anything moved; the caller saves `due_from` and `due_on`."""
    due_on = effective(due_from, found.added_days, calendar)
    moved = (found.due_from, found.due_on) != (due_from, due_on)
    found.due_from, found.due_on = due_from, due_on
    return moved


def add_days(found: Rectification, days: int, calendar: WorkingCalendar) -> None:
    """The caller saves `added_days` and `due_on`."""
    found.added_days += days
    set_due(found, found.due_from or found.due_on, calendar)


def begin_pause(
    found: Rectification, *, reason: PauseReason, actor: Staff | None, at: datetime, note: str = ""
) -> Pause:
    """The caller holds the row and saves `paused_at`."""
    found.paused_at = at
    return Pause.objects.create(
        rectification=found, reason=reason, note=note[:200], since=at, paused_by=actor
    )


def end_pause(found: Rectification, *, actor: Staff | None, at: datetime) -> int:
    """Its working days come on top of the due date. The caller holds the row and saves it; nothing when the
    clock runs."""
    if found.paused_at is None:
        return 0
    calendar = WorkingCalendar()
    running = Pause.objects.filter(rectification=found, until__isnull=True).first()
    since = running.since if running else found.paused_at
    until = max(at, since)
    days = calendar.between(day_of(since), day_of(until))
    if running:
        running.until, running.days, running.ended_by = until, days, actor
        running.save(update_fields=["until", "days", "ended_by"])
    found.paused_at = None
    add_days(found, days, calendar)
    return days


def withdraw_extension(found: Rectification, *, at: datetime) -> None:
    """What is asked for falls with the closure."""
    asked = Extension.objects.filter(rectification=found, state=ExtensionState.ASKED)
    asked.update(state=ExtensionState.WITHDRAWN, decided_at=at)


def reply_due(at: datetime, calendar: WorkingCalendar | None = None) -> date:
    """By when its owner must have begun, or have reached the customer."""
    days = rectification_settings().reply_days
    return (calendar or WorkingCalendar()).after(day_of(at), days)


def fresh_due(found: Rectification, at: datetime, calendar: WorkingCalendar) -> date | None:
    """The due date of one that a person reopens: by the gravest of its findings."""
    values = load_values(rules=(), today=day_of(at))
    levels = ServiceLevels(values)
    said = found.findings.exclude(severity=Severity.INFO)
    rows = list(said.values_list("severity", "kind", "answering_policy__channel"))
    days = [levels.days(severity, kind, channel or "") for severity, kind, channel in rows]
    return calendar.after(day_of(at), min(days, default=levels.days(Severity.ERROR)))


def move(found: Rectification, *, action: str, actor: Staff | None, at: datetime) -> dict[str, int]:
    """What a step does to the clock of the row that it holds and saves; for its line, the days of a pause."""
    days = end_pause(found, actor=actor, at=at) if action in ENDS_PAUSE else 0
    if action == StepAction.APPEAL:
        begin_pause(found, reason=PauseReason.APPEAL, actor=actor, at=at)
    if action in REPLIES and found.replied_at is None:
        found.replied_at = at
    return {"paused_days": days} if days else {}


def wind(found: Rectification, *, actor: Staff | None, at: datetime) -> None:
    """On reopening: anew, or on from where it stood when it closed.

    Where findings recur (`actor` is the machine), their own dates follow the same setting and come after.
    """
    calendar = WorkingCalendar()
    if rectification_settings().reopened_clock == ReopenClock.CONTINUE:
        stood = max(calendar.between(day_of(found.closed_at or at), day_of(at)), 0)
        if actor is not None and found.due_from is not None:
            set_due(found, calendar.after(found.due_from, stood), calendar)
        return
    found.added_days, found.replied_at = 0, None
    found.reply_due_on = reply_due(at, calendar)
    if actor is not None:
        set_due(found, fresh_due(found, at, calendar), calendar)


def days_left(due_on: date, today: date, calendar: WorkingCalendar | None = None) -> int:
    """Working days; below zero from the day after the due date on, a weekend included."""
    left = (calendar or WorkingCalendar()).between(today, due_on)
    return min(left, -1) if due_on < today else left


@dataclass(frozen=True)
class Standing:
    """Where the clock of one stands, in working days; `left` is below zero when it is late."""

    due_on: date | None
    left: int | None
    paused: Pause | None
    asked: Extension | None
    reply_due_on: date | None
    reply_late: bool

    @property
    def late(self) -> int:
        return -self.left if self.left is not None and self.left < 0 and self.paused is None else 0


def standing(found: Rectification, today: date, calendar: WorkingCalendar | None = None) -> Standing:
    running = None
    if found.paused_at:
        pauses = Pause.objects.filter(rectification=found, until__isnull=True)
        running = pauses.select_related("paused_by").first()
    asked = Extension.objects.filter(rectification=found, state=ExtensionState.ASKED)
    counts = found.due_on and found.state != State.CLOSED
    left = days_left(found.due_on, today, calendar) if found.due_on and counts else None
    waiting = found.replied_at is None and found.state != State.CLOSED
    return Standing(
        due_on=found.due_on,
        left=left,
        paused=running,
        asked=asked.first(),
        reply_due_on=found.reply_due_on if waiting else None,
        reply_late=bool(waiting and found.reply_due_on and found.reply_due_on < today),
    )


def may_answer(extension: Extension, staff: Staff) -> bool:
    """Whether a page should offer it; the operation decides again."""
    owner = extension.rectification.owner_id
    return staff.has_perm(ASSIGN) and staff.pk not in (extension.asked_by_id, owner)
