"""The plan of a year's inspections: every open branch in it, decided by a second person (82号 art. 16)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agents.models import Branch
from audits.inspecting import INSPECT, homes_of, inspectors, missed_by, open_branches, posted_in
from audits.models import BranchInspection, ChecklistVersion, InspectionYear
from audits.sampling.choices import InspectionState, PlanState
from workplace.calendar import WorkingCalendar
from workplace.models import Staff
from workplace.operations.staff import recorded

APPROVE = "audits.approve_inspectionyear"
WEEKS = timedelta(days=28)
NOVEMBER = 11


class InspectionRefused(Exception):
    """The step cannot be taken; its text says why, `field` where."""

    def __init__(self, text: str, *, field: str = "") -> None:
        super().__init__(text)
        self.field = field


def plan_year(*, year: int, checklist: ChecklistVersion, actor: Staff, at: datetime) -> InspectionYear:
    """A draft that names every open branch, spread over what is left of the year and over the inspectors."""
    may_inspect(actor)
    today = localdate(at)
    if year not in (today.year, today.year + 1):
        raise InspectionRefused(_("Plan this year or the next one."), field="year")
    if checklist.approved_at is None:
        raise InspectionRefused(_("This version of the checklist is not approved."), field="checklist")
    try:
        with transaction.atomic(), recorded(actor, "inspections planned"):
            made = InspectionYear.objects.create(
                year=year, checklist=checklist, written_by=actor, written_at=at
            )
            _add(made, list(open_branches(year, today).order_by("number")), today)
    except IntegrityError as error:
        raise InspectionRefused(_("This year has its plan already."), field="year") from error
    return made


def cover_missed(*, year: InspectionYear, actor: Staff, at: datetime) -> int:
    """Branches that opened since join the plan, also an approved one; says how many."""
    may_inspect(actor)
    today = localdate(at)
    with transaction.atomic(), recorded(actor, "branches added"):
        found = _locked(year)
        if found.state == PlanState.DRAFT:
            _is_writer(found, actor)
        if found.state not in (PlanState.DRAFT, PlanState.APPROVED):
            raise InspectionRefused(_("The plan waits for its decision."))
        missed = missed_by(found, today)
        _add(found, missed, today)
    return len(missed)


def send_year(*, year: InspectionYear, actor: Staff, at: datetime) -> InspectionYear:
    """To a second person, once every open branch has an inspector and a day within the year."""
    may_inspect(actor)
    today = localdate(at)
    with transaction.atomic(), recorded(actor, "inspections sent"):
        found = _locked(year)
        _is_writer(found, actor)
        if found.state == PlanState.SENT:
            return found
        _must_be(found, PlanState.DRAFT)
        if missed := missed_by(found, today):
            names = pgettext("between names", ", ").join(branch.name for branch in missed[:5])
            text = _("%(count)s open branches are not in the plan: %(names)s.")
            raise InspectionRefused(text % {"count": len(missed), "names": names})
        if loose := found.inspections.filter(inspector__isnull=True).count():
            text = _("%(count)s branches have no inspector yet.")
            raise InspectionRefused(text % {"count": loose})
        found.state = PlanState.SENT
        found.save(update_fields=["state"])
    return found


def decide_year(
    *, year: InspectionYear, approve: bool, note: str, actor: Staff, at: datetime
) -> InspectionYear:
    """By somebody else than who wrote it; a refusal says why."""
    if not actor.is_active or not actor.has_perm(APPROVE):
        raise InspectionRefused(_("Your role does not decide about plans."))
    if not approve and not note.strip():
        raise InspectionRefused(_("Give the reason for refusing."), field="note")
    with transaction.atomic(), recorded(actor, "inspections decided"):
        found = _locked(year)
        if found.written_by_id == actor.pk:
            raise InspectionRefused(_("Another person decides about what you wrote."))
        _must_be(found, PlanState.SENT)
        found.state = PlanState.APPROVED if approve else PlanState.REFUSED
        found.decided_by, found.decided_at, found.decision_note = actor, at, note.strip()
        found.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    return found


def reopen_year(*, year: InspectionYear, actor: Staff, at: datetime) -> InspectionYear:
    """A refused or sent plan is a draft again, for who wrote it."""
    may_inspect(actor)
    with transaction.atomic(), recorded(actor, "inspections drafted anew"):
        found = _locked(year)
        _is_writer(found, actor)
        _must_be(found, PlanState.SENT, PlanState.REFUSED)
        found.state, found.written_at = PlanState.DRAFT, at
        found.save(update_fields=["state", "written_at"])
    return found


def set_inspection(
    *,
    inspection: BranchInspection,
    inspector: Staff | None,
    planned_from: date | None,
    due_on: date | None,
    version: int,
    actor: Staff,
    at: datetime,
) -> BranchInspection:
    """In a draft its writer sets all three; once approved the days stay and only the inspector changes."""
    may_inspect(actor)
    today = localdate(at)
    with transaction.atomic(), recorded(actor, "inspection set"):
        found = locked_inspection(inspection)
        if found.version != version:
            raise InspectionRefused(_("Somebody changed it in the meantime; look at it again."))
        if found.state == InspectionState.DONE:
            raise InspectionRefused(_("This inspection is done."))
        if found.year.state == PlanState.DRAFT:
            _is_writer(found.year, actor)
            _check_days(found.year.year, planned_from, due_on)
            found.planned_from, found.due_on = planned_from, due_on
        elif found.year.state != PlanState.APPROVED:
            raise InspectionRefused(_("The plan waits for its decision."))
        elif (planned_from, due_on) != (found.planned_from, found.due_on):
            raise InspectionRefused(_("An approved plan keeps its days."), field="due_on")
        if inspector is not None:
            _check_inspector(found, inspector, today)
        found.inspector, found.version = inspector, found.version + 1
        found.save(update_fields=["inspector", "planned_from", "due_on", "version"])
    return found


def may_inspect(actor: Staff) -> None:
    if not actor.is_active or not actor.has_perm(INSPECT):
        raise InspectionRefused(_("Your role does not inspect branches."))


def locked_inspection(inspection: BranchInspection) -> BranchInspection:
    rows = BranchInspection.objects.select_for_update(of=("self",))
    found: BranchInspection = rows.select_related("year", "branch", "inspector").get(pk=inspection.pk)
    return found


def _locked(year: InspectionYear) -> InspectionYear:
    found: InspectionYear = InspectionYear.objects.select_for_update(of=("self",)).get(pk=year.pk)
    return found


def _is_writer(year: InspectionYear, actor: Staff) -> None:
    if year.written_by_id != actor.pk:
        raise InspectionRefused(_("Only who wrote the plan changes it before it is approved."))


def _must_be(year: InspectionYear, *states: str) -> None:
    if year.state not in states:
        raise InspectionRefused(_("The plan is %(state)s by now.") % {"state": year.get_state_display()})


def _check_days(year: int, planned_from: date | None, due_on: date | None) -> None:
    if due_on is None or due_on.year != year:
        raise InspectionRefused(_("The inspection ends within its year."), field="due_on")
    if planned_from is not None and planned_from > due_on:
        raise InspectionRefused(_("It begins before it is due."), field="planned_from")


def _check_inspector(inspection: BranchInspection, inspector: Staff, today: date) -> None:
    if not inspectors().filter(pk=inspector.pk).exists():
        raise InspectionRefused(_("This person does not inspect branches."), field="inspector")
    if inspector.pk in posted_in([inspection.branch_id], today):
        raise InspectionRefused(_("Nobody inspects the branch they work in."), field="inspector")


def _add(year: InspectionYear, branches: Sequence[Branch], today: date) -> None:
    """One inspection a branch; the days are spread evenly, the inspectors take turns."""
    days = spread(year.year, len(branches), today)
    people = list(inspectors())
    turns = _turns(branches, people, homes_of(people, today))
    BranchInspection.objects.bulk_create(
        BranchInspection(
            year=year,
            branch=branch,
            inspector=turns.get(branch.pk),
            planned_from=max(due - WEEKS, min(due, max(today, date(year.year, 1, 1)))),
            due_on=due,
        )
        for branch, due in zip(branches, days, strict=True)
    )


def spread(year: int, count: int, today: date) -> list[date]:
    """Working days from now, or from January, to the end of November; of the year when that is past."""
    first = max(today, date(year, 1, 1))
    last = date(year, NOVEMBER, 30) if first.month < NOVEMBER else date(year, 12, 31)
    calendar, span = WorkingCalendar(), (last - first).days
    days = [first + timedelta(days=round(span * (place + 1) / count)) for place in range(count)]
    return [day if calendar.is_working(day) else calendar.after(day, -1) for day in days]


def _turns(
    branches: Iterable[Branch], people: Sequence[Staff], homes: Mapping[int, frozenset[int]]
) -> dict[int, Staff]:
    """Round the inspectors; nobody for a branch that they are posted to or that lies above theirs."""
    above = dict(Branch.objects.values_list("pk", "parent_id"))
    found, turn = {}, 0
    for branch in branches:
        for step in range(len(people)):
            person = people[(turn + step) % len(people)]
            if not any(branch.pk in _upward(home, above) for home in homes.get(person.pk, ())):
                found[branch.pk], turn = person, turn + step + 1
                break
    return found


def _upward(branch: int, above: Mapping[int, int | None]) -> set[int]:
    """A branch and all above it."""
    found: set[int] = set()
    here: int | None = branch
    while here is not None and here not in found:
        found.add(here)
        here = above.get(here)
    return found
