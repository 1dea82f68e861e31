"""Which rectifications have reached a step of the ladder, by their present owner and due date.

A step belongs to a working day before or after the due date. It counts from that day on for a fortnight, and
only if the owner had it by then: whoever gets it later begins with the next step. Of the steps for the same
person only the last one reached counts, so that nothing is told late that is no longer so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localtime

from audits.choices import EscalationTo
from audits.choices import RectificationState as State
from audits.clock import RUNNING
from audits.models import Escalation, EscalationStep, Rectification
from audits.states import UNDER_WAY
from customers.choices import ContactChannel, ContactOutcome
from customers.models import ContactAttempt
from workplace.calendar import WorkingCalendar

LOOKED_BACK = timedelta(days=14)
VISIT_DAYS = 3
AT_WORK = (State.ASSIGNED, State.IN_PROGRESS, State.RETURNED)


@dataclass(frozen=True)
class Reached:
    """One rectification at one step; `late` is in working days, below zero before the due date."""

    pk: int
    number: str
    owner_id: int
    owner_name: str
    branch_id: int
    due_on: date
    step: EscalationStep
    late: int


def reached(today: date, calendar: WorkingCalendar) -> list[Reached]:
    """Not told yet; one query a step."""
    steps = list(EscalationStep.objects.filter(active=True).order_by("days"))
    days = _due_days(calendar, steps, today)
    found: list[Reached] = []
    for step in steps:
        found += _at(step, days[step.pk], calendar, today)
    return found


def _due_days(
    calendar: WorkingCalendar, steps: Collection[EscalationStep], today: date
) -> dict[int, dict[date, date]]:
    """Step → due date → the day of the step, for the due dates whose last step for that person it is."""
    span = max((abs(step.days) for step in steps), default=0) * 2 + 30
    first, last = today - LOOKED_BACK - timedelta(days=span), today + timedelta(days=span)
    due = (first + timedelta(days=number) for number in range((last - first).days + 1))
    found: dict[int, dict[date, date]] = {step.pk: {} for step in steps}
    for day in due:
        latest: dict[str, EscalationStep] = {}
        for step in steps:
            if calendar.after(day, step.days) <= today:
                latest[step.to] = step
        for step in latest.values():
            if (when := calendar.after(day, step.days)) >= today - LOOKED_BACK:
                found[step.pk][day] = when
    return found


def _at(
    step: EscalationStep, days: dict[date, date], calendar: WorkingCalendar, today: date
) -> Iterable[Reached]:
    told = Escalation.objects.filter(
        rectification=OuterRef("pk"), step=step, owner=OuterRef("owner"), due_on=OuterRef("due_on")
    )
    states = AT_WORK if step.to == EscalationTo.OWNER else UNDER_WAY
    rows = Rectification.objects.filter(
        RUNNING, ~Exists(told), due_on__in=list(days), owner__isnull=False, state__in=states
    )
    columns = ("pk", "number", "owner_id", "owner__name", "branch_id", "due_on", "assigned_at")
    for pk, number, owner, name, branch, due, assigned_at in rows.order_by("pk").values_list(*columns):
        if assigned_at is None or localtime(assigned_at).date() <= days[due]:
            yield Reached(pk, number, owner, name, branch, due, step, calendar.between(due, today))


@dataclass(frozen=True)
class ToVisit:
    pk: int
    number: str
    owner_id: int
    branch_id: int
    due_on: date


def to_visit(today: date, calendar: WorkingCalendar) -> list[ToVisit]:
    """Three working days before the end and later: calls have failed and nobody was reached (165)."""
    last = calendar.after(today, VISIT_DAYS)
    failed = _attempts(Q(channel=ContactChannel.CALL, outcome=ContactOutcome.FAILED))
    met = _attempts(
        Q(channel__in=(ContactChannel.CALL, ContactChannel.VISIT), outcome=ContactOutcome.DELIVERED)
    )
    tried = _attempts(Q(channel=ContactChannel.VISIT))
    rows = Rectification.objects.filter(
        RUNNING,
        Exists(failed),
        ~Exists(met),
        ~Exists(tried),
        due_on__range=(today - LOOKED_BACK, last),
        owner__isnull=False,
        state__in=AT_WORK,
    )
    columns = ("pk", "number", "owner_id", "branch_id", "due_on")
    return [ToVisit(*row) for row in rows.order_by("pk").values_list(*columns)]


def _attempts(kind: Q) -> QuerySet[ContactAttempt]:
    """At its customer, since it was opened."""
    return ContactAttempt.objects.filter(
        kind, customer=OuterRef("customer"), tried_at__gte=OuterRef("opened_at")
    )
