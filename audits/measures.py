"""How well rectifications are worked off: each measure defined once (docs/measures.md).

One predicate a measure over the rows of `worked`: the figure counts what it selects, the list behind the
figure shows what it selects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from audits.choices import RectificationState as State
from audits.choices import StepAction, TimelineKind
from audits.measures_sum import sums
from audits.models import Finding, Pause, Rectification, RectificationSettings, TimelineEntry
from audits.performance import AsOf, RectificationEvent, Tally, as_of, rectification_measure, rectifications
from audits.working_hours import Span, WorkingHours
from workplace.models import Staff

MEASURES = ("closed", "on_time", "accepted", "first_right", "reviewed", "returned", "ended", "reopened")
KEYS = {"clerk": "clerk", "branch": "branch_id", "agency": "agency_id"}
BY = (*KEYS, "rule")
USUAL_DAYS = 90


# -- the composite rate ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Composite:
    """In percent, with its three parts; nothing found is all a hundred."""

    clean: float
    replied: float
    closed: float
    rate: float


def composite(tally: Tally, weights: RectificationSettings) -> Composite:
    clean = 100 - _percent(tally.defective, tally.scope, empty=0)
    replied = _percent(tally.replied, tally.replies)
    closed = _percent(tally.closed, tally.closed + tally.open)
    parts = (
        (clean, weights.clean_weight),
        (replied, weights.reply_weight),
        (closed, weights.closed_weight),
    )
    return Composite(clean, replied, closed, sum(part * weight for part, weight in parts) / 100)


def _percent(part: int, whole: int, *, empty: float = 100) -> float:
    return 100 * part / whole if whole else empty


# -- what was worked off in a period -----------------------------------------------------------------


@dataclass(frozen=True)
class Period:
    """From the beginning of a day to the end of another, or to now."""

    since: date
    until: AsOf

    @property
    def start(self) -> datetime:
        return datetime.combine(self.since, time.min, tzinfo=timezone.get_default_timezone())


def period(since: date | None, until: date | None, *, now: datetime) -> Period:
    """Ninety days for none; never one that ends before it begins."""
    moment = as_of(until, now=now)
    return Period(min(since or moment.day - timedelta(days=USUAL_DAYS), moment.day), moment)


@dataclass(frozen=True)
class Worked:
    """Counts of one clerk, unit, agency or rule; they add up, `hours` are of all its closed ones."""

    closed: int = 0
    on_time: int = 0
    accepted: int = 0
    first_right: int = 0
    reviewed: int = 0
    returned: int = 0
    ended: int = 0
    reopened: int = 0
    hours: float = 0.0

    def __add__(self, other: Worked) -> Worked:
        return Worked(
            **{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)}
        )

    @property
    def on_time_share(self) -> float | None:
        return 100 * self.on_time / self.closed if self.closed else None

    @property
    def first_right_share(self) -> float | None:
        return 100 * self.first_right / self.accepted if self.accepted else None

    @property
    def return_share(self) -> float | None:
        return 100 * self.returned / self.reviewed if self.reviewed else None

    @property
    def reopen_share(self) -> float | None:
        return 100 * self.reopened / self.ended if self.ended else None

    @property
    def hours_each(self) -> float | None:
        """Working hours from opening, or the last reopening, to closing, on average."""
        return self.hours / self.closed if self.closed else None


def worked(*, staff: Staff, during: Period) -> QuerySet[Rectification, Any]:
    """Those within sight that were closed, accepted or returned in the period, each with a column a measure,
    `clerk`, `began` and `ended_at`."""
    moment = during.until
    steps = _steps(moment)
    within = steps.filter(at__gte=during.start)
    closings = within.filter(to_state=State.CLOSED)
    reviews = within.filter(action__in=(StepAction.ACCEPT, StepAction.RETURN))
    happened = within.filter(Q(to_state=State.CLOSED) | Q(action=StepAction.RETURN))
    found = rectifications(staff=staff, moment=moment).filter(Exists(happened))
    last, first = steps.order_by("-at", "-id"), Q(then=State.CLOSED, closed_on__gte=during.since)
    accepted = first & Q(ended_by=StepAction.ACCEPT)
    opened = last.filter(action=StepAction.REOPEN).values("at")[:1]
    return found.annotate(
        ended_by=Subquery(last.values("action")[:1]),
        ended_at=Subquery(last.values("at")[:1]),
        began=Case(
            When(reopened__gt=0, then=Coalesce(Subquery(opened), F("opened_at"))), default="opened_at"
        ),
        clerk=_clerk(last, moment),
        m_closed=_flag(first),
        m_on_time=_flag(first & rectification_measure("on_time", moment=moment)),
        m_accepted=_flag(accepted),
        m_first_right=_flag(accepted & ~Exists(steps.filter(action=StepAction.RETURN))),
        m_reviewed=_flag(Exists(reviews)),
        m_returned=_flag(Exists(within.filter(action=StepAction.RETURN))),
        m_ended=_flag(Exists(closings)),
        m_reopened=_flag(Exists(closings.filter(Exists(_reopenings(moment))))),
    )


def measured(measure: str) -> Q:
    """Which rows of `worked` a figure counts; raises KeyError for a word that is no measure."""
    if measure not in MEASURES:
        raise KeyError(measure)
    return Q(**{f"m_{measure}": True})


def of_rule(code: str) -> Q:
    return Q(Exists(Finding.objects.filter(rectification=OuterRef("pk"), rule=code)))


def figures(rows: QuerySet[Rectification, Any], *, by: str, moment: AsOf) -> dict[Any, Worked]:
    """Clerk, branch, agency or rule → what `rows` of `worked` come to; a rectification counts once for each
    rule of its findings. Added up by the database."""
    told = sums(rows, key=KEYS.get(by, ""), measures=MEASURES, at=moment.at)
    return {
        place: Worked(**dict(zip(MEASURES, counts, strict=True)), hours=hours)
        for place, *counts, hours in told
    }


def hours_of(rows: Iterable[Any], *, moment: AsOf) -> dict[int, float]:
    """Working hours that each closed row of `worked` took, by its key."""
    closed = [row for row in rows if row.m_closed]
    pauses, hours = _pauses([row.pk for row in closed], moment), WorkingHours()
    return {row.pk: hours.between(row.began, row.ended_at, pauses.get(row.pk, ())) for row in closed}


def _pauses(ids: Collection[int], moment: AsOf) -> dict[int, list[Span]]:
    found: defaultdict[int, list[Span]] = defaultdict(list)
    pauses = Pause.objects.filter(rectification__in=ids, since__lte=moment.at).order_by()
    for pk, since, until in pauses.values_list("rectification", "since", "until"):
        found[pk].append((since, until or moment.at))
    return found


def _steps(moment: AsOf) -> QuerySet[TimelineEntry]:
    return TimelineEntry.objects.filter(
        rectification=OuterRef("pk"), kind=TimelineKind.STEP, at__lte=moment.at
    ).order_by()


def _reopenings(moment: AsOf) -> QuerySet[TimelineEntry]:
    return TimelineEntry.objects.filter(
        rectification=OuterRef("rectification"),
        kind=TimelineKind.STEP,
        action=StepAction.REOPEN,
        at__lte=moment.at,
        pk__gt=OuterRef("pk"),
    ).order_by()


def _clerk(last: QuerySet[TimelineEntry], moment: AsOf) -> Coalesce:
    """Who handed it in last; who then owned what nobody handed in."""
    owner: Any = F("owner_id")
    if not moment.live:
        later = RectificationEvent.objects.filter(pgh_obj=OuterRef("pk"), pgh_created_at__gt=moment.at)
        then = Subquery(later.order_by("pgh_id").values("owner")[:1])
        owner = Case(When(Exists(later), then=then), default=F("owner_id"), output_field=BigIntegerField())
    handed_in = Subquery(last.filter(action=StepAction.SUBMIT).values("actor")[:1])
    return Coalesce(handed_in, owner, output_field=BigIntegerField())


def _flag(condition: Any) -> Any:
    """Never NULL: what is unknown is not counted."""
    return Coalesce(ExpressionWrapper(Q(condition), output_field=BooleanField()), Value(value=False))
