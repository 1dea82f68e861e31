"""The new customers of a day: were all of them checked, and who is still wrong (requirement 140)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.timezone import get_current_timezone

from audits.changed import base_of
from audits.choices import FindingState
from audits.models import Finding, SampleItem, SampleReview
from audits.sampling.choices import SamplePurpose, SampleReviewState
from customers.models import Customer
from workplace.models import Staff

PAGE = 50


@dataclass(frozen=True)
class Newcomers:
    """Of those whom the reader sees; `checked`: a sweep has surely looked at them."""

    day: date
    recorded: int
    checked: int
    faulty: int

    @property
    def share(self) -> int | None:
        """In whole percent, never rounded up to a hundred; None on a day without new customers."""
        return self.checked * 100 // self.recorded if self.recorded else None

    @property
    def right(self) -> int:
        return self.checked - self.faulty

    @property
    def unchecked(self) -> int:
        return self.recorded - self.checked


def of_day(staff: Staff, day: date) -> QuerySet[Customer]:
    zone = get_current_timezone()
    begin = datetime.combine(day, time.min, zone)
    end = datetime.combine(day + timedelta(days=1), time.min, zone)
    seen: QuerySet[Customer] = Customer.objects.visible_to(staff)
    return seen.filter(recorded_at__gte=begin, recorded_at__lt=end)


def newcomers_of(staff: Staff, day: date) -> Newcomers:
    """A customer counts as checked, and as wrong, only once a sweep has come by."""
    swept = Q(pk__lte=swept_until())
    faulty = Exists(_open_of(OuterRef("pk")))
    numbers = of_day(staff, day).aggregate(
        recorded=Count("pk"), checked=Count("pk", filter=swept), faulty=Count("pk", filter=Q(faulty) & swept)
    )
    return Newcomers(day, numbers["recorded"], numbers["checked"], numbers["faulty"])


def swept_until() -> int:
    """The greatest id of those whom a sweep has surely looked at: of a file, the rest comes in later.

    The time would not tell: all of a file are recorded at its beginning.
    """
    base = base_of()
    return base.keys.get(Customer._meta.db_table, 0) if base is not None else 0


def _open_of(customer: Any) -> QuerySet[Finding]:
    return Finding.objects.filter(customer=customer, state=FindingState.OPEN).order_by()


def queue_of(staff: Staff, day: date, *, after: str = "") -> tuple[list[Any], str]:
    """Those with something open, newest first, with `open_findings` and `samples`; then the next page."""
    rows = of_day(staff, day).filter(Exists(_open_of(OuterRef("pk")))).select_related("home_branch")
    if after.isdecimal():
        rows = rows.filter(pk__lt=int(after))
    findings = Finding.objects.filter(state=FindingState.OPEN).select_related("rectification").order_by("id")
    seen = SampleItem.objects.visible_to(staff)
    items = seen.filter(run__plan__purpose=SamplePurpose.NEWCOMERS).order_by("-id")
    given = SampleReview.objects.visible_to(staff).exclude(state=SampleReviewState.VOID)
    reviews = given.select_related("reviewer")
    found = list(
        rows.prefetch_related(
            Prefetch("findings", findings, to_attr="open_findings"),
            Prefetch(
                "sample_items",
                items.prefetch_related(Prefetch("reviews", reviews.order_by("round"), to_attr="given")),
                to_attr="samples",
            ),
        ).order_by("-pk")[: PAGE + 1]
    )
    return found[:PAGE], str(found[PAGE - 1].pk) if len(found) > PAGE else ""
