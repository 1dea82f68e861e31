"""The reviews in one's hands, soonest due first, as a list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from audits.models import SampleReview
from audits.sample_reviews import numbers_of, own, waiting
from audits.sampling.choices import SamplePurpose, SampleReviewState
from workplace.models import Staff
from workplace.paging import day_page

PAGE = 50
TABS = ("all", "today", "overdue", "done")


def queue_context(staff: Staff, asked: Mapping[str, str], *, today: date) -> dict[str, Any]:
    tab = asked.get("tab", "all")
    purpose = asked.get("purpose", "")
    rows = _of_tab(staff, tab if tab in TABS else "all", today)
    if purpose in SamplePurpose.values:
        rows = rows.filter(item__run__plan__purpose=purpose)
    found, older = _page(rows, asked.get("after", ""), done=tab == "done")
    return {
        "numbers": numbers_of(staff, today=today),
        "tab": tab,
        "purpose": purpose,
        "purposes": _purposes(staff),
        "lines": found,
        "older": older,
        "first": not asked.get("after"),
    }


def _of_tab(staff: Staff, tab: str, today: date) -> QuerySet[SampleReview]:
    if tab == "done":
        return own(staff).filter(state=SampleReviewState.DONE)
    rows = waiting(staff)
    if tab == "today":
        return rows.filter(due_on=today)
    return rows.filter(due_on__lt=today) if tab == "overdue" else rows


def _purposes(staff: Staff) -> list[tuple[str, str, int]]:
    """Those of which something waits."""
    rows = waiting(staff).order_by().values_list("item__run__plan__purpose").annotate(n=Count("pk"))
    return [(value, str(SamplePurpose(value).label), count) for value, count in sorted(rows)]


def _page(rows: QuerySet[SampleReview], after: str, *, done: bool) -> tuple[list[Any], str]:
    """What was done last stands first; else by due date. The second is where the next page begins."""
    told = rows.select_related("item__run__plan", "item__run__version", "item__stratum").annotate(
        typed=Count("fields", distinct=True)
    )
    if done:
        if after.isdecimal():
            told = told.filter(pk__lt=int(after))
        found = list(told.order_by("-pk")[: PAGE + 1])
        return found[:PAGE], str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    return day_page(told, after, size=PAGE)
