"""What agencies and branches answer for, as of any day: policies in scope, defects, rectifications.

One predicate a measure: the figure counts what it selects, the list behind the figure shows what it selects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from agents.models.reach import reach_of
from audits.asof import counted_as_of
from audits.catalogue import catalogue
from audits.choices import ClosingCause, RectificationState, TimelineKind
from audits.clock import overdue_then
from audits.models import FindingEpisode, Pause, Rectification, TimelineEntry
from authenticity.choices import Kind, Severity
from policies.models import Policy, PolicyParty, PolicyState
from policies.rules.scope import in_roles
from workplace.models import Staff

FIRST = date(1900, 1, 1)
"""Before every book; from here on a day has weeks and months before it."""
SEVERE = (Severity.BLOCK, Severity.ERROR)
# Changed data are untrue data: the inspection of 2014 knew only missing and false.
KINDS = {"missing": (Kind.MISSING,), "false": (Kind.FALSE, Kind.CHANGED)}
POLICY_MEASURES = ("scope", "defective", "missing", "false", "touched")
RECTIFICATION_MEASURES = ("open", "overdue", "closed", "on_time", "replies", "replied")
RectificationEvent: Any = Rectification.past.rel.related_model  # type: ignore[attr-defined]  # made by pghistory


@dataclass(frozen=True)
class AsOf:
    """A day, and its last moment: now for today, the end of the day for an earlier one."""

    day: date
    at: datetime
    live: bool


def as_of(day: date | None, *, now: datetime) -> AsOf:
    """Today for no day and for one still to come; no day before FIRST."""
    today = timezone.localdate(now)
    if day is None or day >= today:
        return AsOf(today, now, live=True)
    day = max(day, FIRST)
    end = datetime.combine(day, time.max, tzinfo=timezone.get_default_timezone())
    return AsOf(day, end, live=False)


@dataclass(frozen=True)
class Tally:
    """Counts of one unit; they add up over units."""

    scope: int = 0
    defective: int = 0
    missing: int = 0
    false: int = 0
    touched: int = 0
    open: int = 0
    overdue: int = 0
    closed: int = 0
    on_time: int = 0
    replies: int = 0
    replied: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)})

    @property
    def share(self) -> float | None:
        """Of the policies in scope those with open defects, in percent."""
        return 100 * self.defective / self.scope if self.scope else None

    @property
    def missing_share(self) -> float | None:
        return 100 * self.missing / self.scope if self.scope else None

    @property
    def false_share(self) -> float | None:
        return 100 * self.false / self.scope if self.scope else None

    @property
    def on_time_share(self) -> float | None:
        """Of the closed rectifications those closed by their due date, in percent."""
        return 100 * self.on_time / self.closed if self.closed else None

    @property
    def anything(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))


@dataclass(frozen=True)
class Tallies:
    """By the pair (branch, agency) that answers."""

    by_pair: dict[tuple[int, int | None], Tally] = field(default_factory=dict)

    def of_branches(self) -> dict[int, Tally]:
        return self._by(pair[0] for pair in self.by_pair)

    def of_agencies(self) -> dict[int | None, Tally]:
        return self._by(pair[1] for pair in self.by_pair)

    def total(self) -> Tally:
        return sum(self.by_pair.values(), Tally())

    def _by(self, keys: Iterable[Any]) -> dict[Any, Tally]:
        found: dict[Any, Tally] = {}
        for key, tally in zip(keys, self.by_pair.values(), strict=True):
            found[key] = found.get(key, Tally()) + tally
        return found


def tallies(*, staff: Staff, moment: AsOf, works: bool = True) -> Tallies:
    """Two statements, whatever the size of the house; without `works` one, of policies alone."""
    found: defaultdict[tuple[int, int | None], Tally] = defaultdict(Tally)
    for branch, agency, *numbers in _counted_policies(staff, moment):
        found[branch, agency] += Tally(**dict(zip(POLICY_MEASURES, numbers, strict=True)))
    for branch, agency, *numbers in _counted_rectifications(staff, moment) if works else ():
        found[branch, agency] += Tally(**dict(zip(RECTIFICATION_MEASURES, numbers, strict=True)))
    return Tallies(dict(found))


# -- policies --------------------------------------------------------------------------------------


def policy_states(*, staff: Staff, moment: AsOf) -> QuerySet[PolicyState]:
    """The policies in scope on that day that the person may see, with the unit each then belonged to."""
    lasted = Q(recorded_to__isnull=True) | Q(recorded_to__gt=moment.at)
    states = PolicyState.objects.filter(lasted, recorded_from__lte=moment.at, in_scope=True).order_by()
    reach = reach_of(staff)
    if reach.everything:
        return states
    within = Q(branch_id__in=reach.branch_ids) | Q(agency_id__in=reach.agency_ids)
    return states.filter(within, policy__in=Policy.objects.visible_to(staff).order_by().values("pk"))


def policy_measure(measure: str, *, moment: AsOf) -> Q:
    """Which rows of `policy_states` a figure counts; raises KeyError for a word that is no measure."""
    defective = Q(policy__in=_answered_for(moment, tuple(Kind)))
    if measure == "scope":
        return Q()
    if measure == "defective":
        return defective
    if measure == "touched":
        return Q(policy__in=_of_concerned_customers(moment)) & ~defective
    return Q(policy__in=_answered_for(moment, KINDS[measure]))


def counted_episodes(moment: AsOf, kinds: Iterable[str] = tuple(Kind)) -> QuerySet[FindingEpisode]:
    """Findings open on that day that count against the policy they name as answering: its own, and those of
    its parties in a role that the rule covers."""
    party = PolicyParty.objects.filter(
        policy=OuterRef("answering_policy"), customer=OuterRef("finding__customer")
    )
    counts = Q(finding__policy=F("answering_policy"))
    known: list[str] = []
    for roles, codes in _codes_by_roles().items():
        known += codes
        counts |= Q(Exists(party.filter(in_roles(roles))), finding__rule__in=codes)
    counts |= Q(Exists(party)) & ~Q(finding__rule__in=known)
    severe = counted_as_of(moment.at).filter(severity__in=SEVERE, kind__in=kinds)
    return severe.filter(counts, answering_policy__isnull=False).order_by()


def _codes_by_roles() -> dict[tuple[str, ...], list[str]]:
    """A rule that names no role, or that is in the catalogue no more, counts in every role."""
    found: dict[tuple[str, ...], list[str]] = {}
    for code, rule in catalogue().items():
        if rule.roles:
            found.setdefault(tuple(sorted(rule.roles)), []).append(code)
    return found


def _answered_for(moment: AsOf, kinds: Iterable[str]) -> QuerySet[FindingEpisode, Any]:
    return counted_episodes(moment, kinds).values("answering_policy")


def _of_concerned_customers(moment: AsOf) -> QuerySet[PolicyParty, Any]:
    """Every policy of a customer with an open defect, in whatever role."""
    severe = counted_as_of(moment.at).filter(severity__in=SEVERE)
    customers = severe.filter(finding__customer__isnull=False).order_by().values("finding__customer")
    return PolicyParty.objects.filter(customer__in=customers).order_by().values("policy")


def _counted_policies(staff: Staff, moment: AsOf) -> Iterable[tuple[Any, ...]]:
    measured = {
        measure: Count("pk", filter=policy_measure(measure, moment=moment)) for measure in POLICY_MEASURES[1:]
    }
    states = policy_states(staff=staff, moment=moment).values("branch_id", "agency_id")
    counted = states.annotate(scope=Count("pk"), **measured)
    return counted.values_list("branch_id", "agency_id", *POLICY_MEASURES)


# -- rectifications --------------------------------------------------------------------------------


def rectifications(*, staff: Staff, moment: AsOf) -> QuerySet[Rectification]:
    """Those the person may see that existed on that day, each with `then`, `closed_on`, `due_then`,
    `paused_then`, `reply_due_then` and `replied_on` (which may be later than that day); one that fell with
    an appeal was never any."""
    found = Rectification.objects.visible_to(staff).filter(opened_at__lte=moment.at)
    found = found.exclude(closing_cause=ClosingCause.APPEALED)
    if moment.live:
        return found.annotate(
            then=F("state"),
            closed_on=TruncDate("closed_at"),
            due_then=F("due_on"),
            paused_then=Q(paused_at__isnull=False),
            reply_due_then=F("reply_due_on"),
            replied_on=TruncDate("replied_at"),
        )
    steps = TimelineEntry.objects.filter(
        rectification=OuterRef("pk"), kind=TimelineKind.STEP, at__lte=moment.at
    ).exclude(to_state="")
    last = steps.order_by("-at", "-id")
    later = RectificationEvent.objects.filter(pgh_obj=OuterRef("pk"), pgh_created_at__gt=moment.at)
    pauses = Pause.objects.filter(
        Q(until__isnull=True) | Q(until__gt=moment.at), rectification=OuterRef("pk"), since__lte=moment.at
    )
    return found.annotate(
        then=Coalesce(Subquery(last.values("to_state")[:1]), Value(RectificationState.OPEN.value)),
        closed_on=Subquery(last.annotate(day=TruncDate("at")).values("day")[:1]),
        due_then=Coalesce(Subquery(later.order_by("pgh_id").values("due_on")[:1]), F("due_on")),
        paused_then=Exists(pauses),
        reply_due_then=Coalesce(
            Subquery(later.order_by("pgh_id").values("reply_due_on")[:1]), F("reply_due_on")
        ),
        replied_on=TruncDate(
            Coalesce(Subquery(later.order_by("pgh_id").values("replied_at")[:1]), F("replied_at"))
        ),
    )


def rectification_measure(measure: str, *, moment: AsOf) -> Q:
    """Which rows of `rectifications` a figure counts; raises KeyError for a word that is no measure."""
    closed = Q(then=RectificationState.CLOSED)
    in_time = Q(due_then__isnull=True) | Q(closed_on__lte=F("due_then"))
    replied = Q(replied_on__lte=moment.day)
    unanswered = (closed & Q(reply_due_then__lt=F("closed_on"))) | (
        ~closed & Q(reply_due_then__lt=moment.day)
    )
    return {
        "open": ~closed,
        "overdue": overdue_then(moment.day),
        "closed": closed,
        "on_time": closed & in_time,
        "replies": replied | unanswered,
        "replied": replied & (Q(reply_due_then__isnull=True) | Q(replied_on__lte=F("reply_due_then"))),
    }[measure]


def _counted_rectifications(staff: Staff, moment: AsOf) -> Iterable[tuple[Any, ...]]:
    measured = {
        measure: Count("pk", filter=rectification_measure(measure, moment=moment))
        for measure in RECTIFICATION_MEASURES
    }
    found = rectifications(staff=staff, moment=moment).order_by().values("branch_id", "agency_id")
    return found.annotate(**{f"n_{name}": count for name, count in measured.items()}).values_list(
        "branch_id", "agency_id", *(f"n_{name}" for name in RECTIFICATION_MEASURES)
    )
