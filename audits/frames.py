"""The frame of a plan as a query: each record once, by its number, with the key of its stratum."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    CharField,
    Count,
    DecimalField,
    Exists,
    Expression,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from agents.choices import BranchLevel, Channel, Standing
from agents.models import Agency, Branch
from audits.catalogue import catalogue
from audits.choices import ChangeRequestState, ClosingCause, Cohort, FindingState, RectificationState
from audits.judging import notice_date
from audits.models import ChangeRequest, Finding, PlanVersion, Rectification
from audits.sampling.choices import StratumKey
from audits.sampling.frames import (
    NONE,
    PREMIUM_BANDS,
    SEPARATOR,
    FrameFilter,
    FrameSubject,
    Risk,
    subject_of,
)
from authenticity.choices import Severity
from authenticity.queries import load_values
from customers.models import Customer
from policies.models import Policy, Product
from policies.rules.scope import in_scope
from workplace.ids import AmongTexts

LOOKED_AT_AFTER = timedelta(days=182)
"""Requirement 162: what was closed is looked at again half a year later."""
WINDOW = timedelta(days=365)
"""How far back closed rectifications and handled changes are drawn from."""
ALL = "all"
"""The stratum of a plan that has none."""
BETWEEN = " · "
OWN_WORDS = (StratumKey.CHANNEL, StratumKey.COHORT, StratumKey.PREMIUM)
"""Strata named in the product's words; the others by names out of the book."""
HIGHEST_LEVELS = 4


@dataclass(frozen=True)
class Since:
    """New customers count from `at` on, but for `drawn`: the numbers that an earlier draw already had."""

    at: datetime
    drawn: frozenset[str]


def frame_of(
    version: PlanVersion, today: date, *, since: Since | None = None, until: datetime | None = None
) -> QuerySet[Any, Any]:
    """Rows of (id, number, stratum key). New customers are those between the two, else of today."""
    filters = FrameFilter.of_json(version.frame)
    subject = subject_of(version.plan.purpose)
    if subject == FrameSubject.CUSTOMER:
        return _rows(_newcomers(filters, today, since, until), version, "home_branch", today)
    if subject == FrameSubject.RECTIFICATION:
        return _rows(_closed(filters, today), version, "branch", today)
    if subject == FrameSubject.CHANGE:
        return _rows(_handled(filters, today), version, "customer__home_branch", today)
    return _rows(_policies(filters, today), version, "branch", today)


def has_newcomers(version: PlanVersion, today: date, *, since: Since | None, until: datetime) -> bool:
    """Whether the frame of a plan of new customers holds anybody; asks for no strata."""
    return bool(_newcomers(FrameFilter.of_json(version.frame), today, since, until).exists())


def frame_counts(version: PlanVersion, today: date) -> dict[str, tuple[str, int]]:
    """Label and size of each stratum, as the book is now."""
    rows = frame_of(version, today).values("frame_stratum").annotate(size=Count("pk")).order_by()
    sizes = {row["frame_stratum"]: row["size"] for row in rows}
    labels = labels_of(version.strata, sizes)
    return {key: (labels[key], sizes[key]) for key in sorted(sizes)}


def _rows(found: QuerySet[Any], version: PlanVersion, branch: str, today: date) -> QuerySet[Any, Any]:
    marked: QuerySet[Any] = found.order_by().annotate(frame_stratum=_stratum(version.strata, branch, today))
    return marked.values_list("pk", "number", "frame_stratum")


def _policies(filters: FrameFilter, today: date) -> QuerySet[Any]:
    found: QuerySet[Any] = Policy.objects.filter(in_scope())
    found = _of_units(found, filters, "branch", "agency")
    if filters.channels:
        found = found.filter(channel__in=filters.channels)
    if filters.products:
        found = found.filter(product__code__in=filters.products)
    if filters.cohort:
        newly = Q(issued_on__gte=_notice_date(today))
        found = found.filter(newly if filters.cohort == Cohort.NEW else ~newly, issued_on__isnull=False)
    if filters.issued_within_days:
        found = found.filter(issued_on__gt=today - timedelta(days=filters.issued_within_days))
    if filters.grey_list:
        found = found.filter(seller__standing=Standing.SUSPENDED)
    bounds = {
        "issued_on__gte": filters.issued_from,
        "issued_on__lte": filters.issued_to,
        "premium__gte": filters.premium_from,
        "premium__lte": filters.premium_to,
    }
    return _at_risk(found.filter(**{name: at for name, at in bounds.items() if at is not None}), filters.risk)


def _at_risk(policies: QuerySet[Any], risk: str) -> QuerySet[Any]:
    if not risk:
        return policies
    open_ones = Finding.objects.filter(answering_policy_id=OuterRef("pk"), state=FindingState.OPEN)
    if risk == Risk.BLOCKING:
        open_ones = open_ones.filter(severity=Severity.BLOCK)
    held = Exists(open_ones.order_by())
    return policies.filter(~held if risk == Risk.CLEAN else held)


def _newcomers(
    filters: FrameFilter, today: date, since: Since | None, until: datetime | None
) -> QuerySet[Any]:
    end = until or start_of(today + timedelta(days=1))
    found = Customer.objects.filter(
        recorded_at__gt=since.at if since else start_of(today), recorded_at__lte=end
    )
    if since and since.drawn:
        found = found.exclude(AmongTexts("number", since.drawn))
    return _of_units(found, filters, "home_branch")


def start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, get_current_timezone())


def _closed(filters: FrameFilter, today: date) -> QuerySet[Any]:
    """Closed by a person half a year ago, and not much longer."""
    last = datetime.combine(today - LOOKED_AT_AFTER, time.max, get_current_timezone())
    by_a_person = (ClosingCause.ACCEPTED, ClosingCause.WAIVED, ClosingCause.CANNOT)
    found = Rectification.objects.filter(
        state=RectificationState.CLOSED,
        closing_cause__in=by_a_person,
        closed_at__lte=last,
        closed_at__gt=last - WINDOW,
    )
    return _of_units(found, filters, "branch", "agency")


def _handled(filters: FrameFilter, today: date) -> QuerySet[Any]:
    """Changes that came through a seller's hands and were accepted (requirement 114)."""
    last = datetime.combine(today, time.max, get_current_timezone())
    found = ChangeRequest.objects.filter(
        handled_by__isnull=False,
        state=ChangeRequestState.ACCEPTED,
        decided_at__lte=last,
        decided_at__gt=last - WINDOW,
    )
    return _of_units(found, filters, "customer__home_branch")


def _of_units(found: QuerySet[Any], filters: FrameFilter, branch: str, agency: str = "") -> QuerySet[Any]:
    if filters.branches:
        found = found.filter(**{f"{branch}_id__in": branches_below(filters.branches)})
    if filters.agencies and agency:
        found = found.filter(**{f"{agency}__number__in": filters.agencies})
    return found


def branches_below(numbers: Iterable[str]) -> set[int]:
    """The ids of these branches and of all below them."""
    parents = dict(Branch.objects.values_list("pk", "parent_id"))
    found = set(Branch.objects.filter(number__in=list(numbers)).values_list("pk", flat=True))
    while more := {pk for pk, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _notice_date(today: date) -> date:
    return notice_date(load_values(rules=catalogue().values(), today=today))


def _stratum(keys: list[str], branch: str, today: date) -> Expression:
    parts = [_part(key, branch, today) for key in keys]
    if not parts:
        return Value(ALL, output_field=CharField())
    between: list[Any] = [parts[0]]
    for part in parts[1:]:
        between += [Value(SEPARATOR), part]
    return _Joined(*between, output_field=CharField()) if len(between) > 1 else parts[0]


class _Joined(Func):
    """Parts that are never null; `Concat` would look at each for that."""

    template = "(%(expressions)s)"
    arg_joiner = " || "


def _part(key: str, branch: str, today: date) -> Expression:
    if key == StratumKey.BRANCH:
        return _plain(F(f"{branch}__number"))
    if key == StratumKey.PROVINCE:
        return _province(branch)
    if key == StratumKey.COHORT:
        newly = When(issued_on__gte=_notice_date(today), then=Value(Cohort.NEW.value))
        known = When(issued_on__isnull=False, then=Value(Cohort.HISTORICAL.value))
        return Case(newly, known, default=Value(NONE), output_field=CharField())
    if key == StratumKey.PREMIUM:
        bounds = Value("{" + ",".join(map(str, PREMIUM_BANDS)) + "}")
        band = Func(
            F("premium"),
            Cast(bounds, ArrayField(DecimalField(max_digits=14, decimal_places=2))),
            function="width_bucket",
        )
        return _text(Cast(band, CharField()))
    if key == StratumKey.CHANNEL:
        return _plain(F("channel"))
    paths = {
        StratumKey.AGENCY: "agency__number",
        StratumKey.PRODUCT: "product__code",
    }
    return _text(F(paths[StratumKey(key)]))


def _plain(value: Any) -> Expression:
    """A column that is never null."""
    return Cast(value, CharField())


def _text(value: Any) -> Expression:
    return Coalesce(value, Value(NONE), output_field=CharField())


def _province(branch: str) -> Expression:
    """The provincial branch above, or the head office where there is none."""
    path, whens = branch, []
    for _level in range(HIGHEST_LEVELS):
        top = Q(**{f"{path}__level__in": (BranchLevel.PROVINCE, BranchLevel.HEAD)})
        whens.append(When(top, then=F(f"{path}__number")))
        path += "__parent"
    return Case(*whens, default=Value(NONE), output_field=CharField())


def labels_of(strata: list[str], keys: Iterable[str]) -> dict[str, str]:
    """In the words of whoever asks: names of units and products stand for their numbers."""
    known = list(keys)
    if not strata:
        return dict.fromkeys(known, _("Whole frame"))
    split = {key: key.split(SEPARATOR) for key in known}
    names = [
        _names(stratum, {parts[place] for parts in split.values()}) for place, stratum in enumerate(strata)
    ]
    return {
        key: BETWEEN.join(names[place](part) for place, part in enumerate(parts))
        for key, parts in split.items()
    }


def label_now(strata: list[str], key: str, kept: str) -> str:
    """A label kept with a draw, for the reader: names of units and products stay as they were then."""
    if not strata:
        return _("Whole frame")
    parts, names = key.split(SEPARATOR), kept.split(BETWEEN)
    if not len(strata) == len(parts) == len(names):
        return kept
    return BETWEEN.join(
        _names(stratum, set())(part) if stratum in OWN_WORDS or part == NONE else name
        for stratum, part, name in zip(strata, parts, names, strict=True)
    )


def _names(stratum: str, values: set[str]) -> Callable[[str], str]:
    by_number: dict[str, Mapping[str, str]] = {
        StratumKey.CHANNEL: {value: str(label) for value, label in Channel.choices},
        StratumKey.COHORT: {value: str(label) for value, label in Cohort.choices},
        StratumKey.PREMIUM: {str(place): _band(place) for place in range(len(PREMIUM_BANDS) + 1)},
    }
    if stratum in (StratumKey.BRANCH, StratumKey.PROVINCE):
        by_number[stratum] = dict(Branch.objects.filter(number__in=values).values_list("number", "name"))
    if stratum == StratumKey.AGENCY:
        by_number[stratum] = dict(Agency.objects.filter(number__in=values).values_list("number", "name"))
    if stratum == StratumKey.PRODUCT:
        by_number[stratum] = dict(Product.objects.filter(code__in=values).values_list("code", "name"))
    return partial(_named, by_number[stratum])


def _named(names: Mapping[str, str], value: str) -> str:
    return _("none") if value == NONE else names.get(value, value)


def _band(place: int) -> str:
    if place == 0:
        return _("premium below %(amount)s") % {"amount": f"{PREMIUM_BANDS[0]:,}"}
    if place == len(PREMIUM_BANDS):
        return _("premium from %(amount)s") % {"amount": f"{PREMIUM_BANDS[-1]:,}"}
    low, high = PREMIUM_BANDS[place - 1], PREMIUM_BANDS[place]
    return _("premium %(low)s to %(high)s") % {"low": f"{low:,}", "high": f"{high:,}"}
