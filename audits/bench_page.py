"""Everything that the page of one rectification shows, and the pane beside the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.timezone import localdate

from audits.choices import (
    Applicant,
    EvidenceKind,
    ExemptionRelation,
    StepAction,
    Will,
)
from audits.choices import RectificationState as State
from audits.clock import days_left
from audits.contact_log import SEE, attempts_of, customer_to_ask, log_of
from audits.forms import ContactForm, DisputeForm, ReasonForm
from audits.forms_beside import forms_beside
from audits.models import Finding, Rectification
from audits.operations.evidence import may_withdraw
from audits.operations.exemptions import USUAL_DAYS
from audits.operations.limits import limits_of
from audits.operations.will import has_reached
from audits.shared_contacts import RULES, Member, members
from audits.sight import Sight, people_about, shows_scans
from audits.standing_in import works_for_owner
from audits.states import REVIEW, UNDER_WAY
from audits.timeline import last_return, timeline_of, was_tried
from audits.transitions import may_step
from audits.will import ORAL, USUAL_SOURCE, said_beside
from audits.workbench import Bench, Builder, Input, policies_beside
from audits.worklists import neighbours_of, subject_masked
from customers.models import ContactAttempt
from workplace.calendar import WorkingCalendar
from workplace.choices import SourceChannel
from workplace.models import Staff

MENDABLE = (State.ASSIGNED, State.IN_PROGRESS, State.RETURNED)
SHARERS = 5
# The contact log of the customer, or the plain note where there is none.
CONTACT_PARTS = ("audits/parts/contacts.html", "audits/parts/contact.html")


@dataclass(frozen=True)
class Sharing:
    """Others within the reader's scope who have the value that a finding is about."""

    finding: Finding
    others: list[Member]
    more: int


@dataclass(frozen=True)
class WillAsked:
    """The customer's will as the form asks for it; today and the customer are what is usual."""

    row: Rectification
    day: date | None
    spoken: ContactAttempt | None
    confirmed_by: str
    confirmed: bool
    usual: dict[str, str]

    applicant: str = Applicant.SELF
    wills = Will.choices
    applicants = Applicant.choices
    oral = " ".join(sorted(ORAL))

    @property
    def seen(self) -> str:
        return said_beside(self.row)


def bench_context(found: Rectification, staff: Staff, *, works: bool, at: datetime) -> dict[str, Any]:
    today = localdate(at)
    sight = Sight(staff, today, revealed=works)
    bench = Builder(found, sight).build()
    inputs = [one for fault in bench.faults for one in fault.inputs]
    beside = policies_beside(found, staff)
    lines, calendar, evidence = timeline_of(found), WorkingCalendar(), _evidence(found, staff, today)
    customer = customer_to_ask(found)
    attempts = attempts_of([customer.pk]) if customer else []
    tried = was_tried(
        found, entries=[one.entry for one in lines], evidence=evidence["evidence"], attempts=attempts
    )
    context = {
        "r": found,
        "subject": subject_masked(found),
        "works": works,
        "bench": bench,
        "policies": beside,
        "forms": forms_beside(found, beside, [one.field for one in inputs], sight),
        **evidence,
        "timeline": lines,
        "returned": last_return(lines) if found.state in {State.RETURNED, State.IN_PROGRESS} else None,
        "sharing": _sharing(bench, found, staff),
        "log": log_of(customer, attempts, at=at) if customer and staff.has_perm(SEE) else None,
        "calendar": calendar,
        "tried": tried,
        **_days(found, today, calendar),
        **_steps(found, staff, works),
    }
    if works:
        _limit([*inputs, *bench.others])
        context |= {
            "will": _will(found, bench, attempts, today),
            "channels": [(value, str(label)) for value, label in SourceChannel.choices],
            "kinds": EvidenceKind.choices,
            "relations": ExemptionRelation,
            "until": today + timedelta(days=USUAL_DAYS),
            "neighbours": neighbours_of(found, staff),
        }
    return context


def _days(found: Rectification, today: date, calendar: WorkingCalendar) -> dict[str, Any]:
    """Working days; a clock that stands still is never late."""
    counts = found.due_on is not None and found.state != State.CLOSED and found.paused_at is None
    days = days_left(found.due_on, today, calendar) if counts and found.due_on else None
    return {"days": days, "late": -days if days is not None and days < 0 else 0}


def _steps(found: Rectification, staff: Staff, works: bool) -> dict[str, Any]:
    owns = works_for_owner(rectification=found, staff=staff)
    return {
        "contact_form": ContactForm(),
        "contact_parts": CONTACT_PARTS,
        "dispute_form": DisputeForm(),
        "reopen_form": ReasonForm(),
        "may_reopen": may_step(rectification=found, action=StepAction.REOPEN, actor=staff),
        "may_review": found.state == State.IN_REVIEW and staff.has_perm(REVIEW),
        "may_note": works or (found.state in UNDER_WAY and owns),
    }


def _evidence(found: Rectification, staff: Staff, today: date) -> dict[str, Any]:
    """`withdrawable`: what the reader may still take back."""
    rows = list(found.evidence.prefetch_related("file__owner"))
    mine = {one.pk for one in rows if one.file.owner_id == staff.pk}
    takeable = {one.pk for one in rows if one.pk in mine and may_withdraw(evidence=one, actor=staff)}
    scans = not rows or shows_scans(staff, today, people_about("rectification", found.pk))
    return {"evidence": rows, "withdrawable": takeable, "scans": scans}


def _limit(inputs: Sequence[Input]) -> None:
    """Says beside each field how often a signed form may be corrected there."""
    limits = limits_of([one.place.spot for one in inputs])
    for one in inputs:
        one.limit = limits.get(one.place.spot)


def _will(found: Rectification, bench: Bench, attempts: Sequence[ContactAttempt], today: date) -> WillAsked:
    drafts = [one.draft for one in bench.inputs if one.draft]
    said = next((row.note for row in drafts if row.note), "")
    since = found.assigned_at or found.opened_at
    mine = (one for one in attempts if one.customer_id == found.customer_id)
    return WillAsked(
        row=found,
        day=found.applied_on or (None if found.will else today),
        spoken=next((one for one in mine if one.tried_at >= since and has_reached(one)), None),
        confirmed_by=said,
        confirmed=bool(said),
        usual=USUAL_SOURCE,
        applicant=found.applicant or Applicant.SELF,
    )


def _sharing(bench: Bench, found: Rectification, staff: Staff) -> list[Sharing]:
    """Only for findings about a value that several people have."""
    shared: list[Sharing] = []
    seen: set[tuple[str, str]] = set()
    for fault in bench.faults:
        one = fault.finding
        if one.rule not in RULES or not one.value_hash or (one.field, one.value_hash) in seen:
            continue
        seen.add((one.field, one.value_hash))
        rows = members(staff, one.field, one.value_hash)
        others = [row for row in rows if row.finding.subject_key != one.subject_key]
        if others:
            shared.append(Sharing(one, others[:SHARERS], max(len(others) - SHARERS, 0)))
    return shared
