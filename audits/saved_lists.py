"""The lists of this app that people keep as views: what of their address is kept, and what a count counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from agents.models import Agency, Branch
from audits.board import AGES, NOBODY, BoardFilters, on_board
from audits.catalogue import catalogue
from audits.choices import FindingState
from audits.choices import RectificationState as State
from audits.clock import overdue
from audits.finding_lists import finding_rows
from audits.models import Rectification
from audits.reviewing import for_others_eyes, own, waiting
from audits.states import ASSIGN, REVIEW, WORK
from audits.worklists import BOARD_TABS, FIELD_GROUPS, ORDERS, TABS, Filters, mine, tab_of
from authenticity.choices import Kind, Severity, Tag
from authenticity.models import Article
from workplace.models import Staff
from workplace.saved_views import Fits, SavedList, a_key, one_of, register_list

Given = Mapping[str, Any]
ORDERED: Any = ORDERS
COLUMNS = {
    "number": _("Rectification number"),
    "where": _("Where"),
    "policy": _("Policy"),
    "branch": _("Branch"),
    "owner": _("Owner"),
    "opened": _("Opened at"),
    "state": _("State"),
}
FINDING_COLUMNS = {
    "field": _("Field"),
    "value": _("Value"),
    "subject": _("Subject"),
    "branch": _("Branch"),
    "agency": _("Agency"),
    "first_seen": _("First seen"),
    "due": _("Due"),
    "state": _("State"),
}


def queue_asked(staff: Staff, given: Given) -> tuple[QuerySet[Rectification], bool]:
    """The rows before tab and filters, and whether they are everybody's."""
    everybody = not staff.has_perm(WORK) or given.get("whose") == "all"
    return (Rectification.objects.visible_to(staff) if everybody else mine(staff)), everybody


def queue_rows(staff: Staff, given: Given, today: date) -> QuerySet[Rectification]:
    rows, _everybody = queue_asked(staff, given)
    tab = tab_of(given.get("tab", ""), TABS, "all")
    return Filters.of(given).narrow(rows.filter(TABS[tab][1](today)))


def board_rows(staff: Staff, given: Given, today: date) -> QuerySet[Rectification]:
    return on_board(staff, BoardFilters.of(given), today)


def review_rows(staff: Staff, given: Given, today: date) -> QuerySet[Rectification]:
    """What waits for a second person; `show=own` are the person's own, for somebody else."""
    shown = given.get("show", "")
    rows = waiting(staff).filter(own(staff)) if shown == "own" else for_others_eyes(staff)
    return Filters.of(given).narrow(rows.filter(overdue(today)) if shown == "overdue" else rows)


def _numbered(model: type[Branch] | type[Agency]) -> Fits:
    return lambda value: model.objects.filter(number=value).exists()


def _key_or_nobody(value: str) -> bool:
    return value == NOBODY or a_key(value)


NARROWING: dict[str, Fits] = {
    "group": one_of(FIELD_GROUPS),
    "severity": one_of(Severity.values),
    "owner": _key_or_nobody,
    "branch": a_key,
    "agency": _key_or_nobody,
    "state": one_of(State.values),
    "handled": one_of(["1"]),
}


def _queue() -> SavedList:
    return SavedList(
        page="rectifications",
        title=_("Rectifications"),
        icon="assignment",
        url="rectification_queue",
        permissions=("audits.view_rectification", WORK),
        filters={"tab": one_of(TABS), "whose": one_of(["all"]), **NARROWING},
        search=("search",),
        rows=queue_rows,
        columns=COLUMNS,
        at_first=("where", "policy", "branch", "opened", "state"),
        orders=ORDERED,
    )


def _board() -> SavedList:
    own: dict[str, Fits] = {
        "tab": one_of(BOARD_TABS),
        "rule": lambda value: value in catalogue(),
        "age": one_of(AGES),
    }
    return SavedList(
        page="board",
        title=_("Team board"),
        icon="groups",
        url="team_board",
        permissions=(ASSIGN,),
        filters={**own, **NARROWING},
        search=("search",),
        rows=board_rows,
        columns=COLUMNS,
        at_first=("where", "policy", "branch", "owner", "opened", "state"),
        orders=ORDERED,
    )


def _review() -> SavedList:
    return SavedList(
        page="review",
        title=_("To review"),
        icon="rule",
        url="review_queue",
        permissions=(REVIEW,),
        filters={"show": one_of(["own", "overdue"]), **NARROWING},
        search=("search",),
        rows=review_rows,
        columns={
            "where": _("Where"),
            "branch": _("Branch"),
            "submitted_by": _("Submitted by"),
            "submitted_at": _("Submitted at"),
            "evidence": _("Evidence"),
        },
        at_first=("where", "branch", "submitted_by", "submitted_at", "evidence"),
        orders=ORDERED,
    )


def _findings() -> SavedList:
    filters: dict[str, Fits] = {
        "state": one_of(["all", *FindingState.values]),
        "severity": one_of(Severity.values),
        "kind": one_of(Kind.values),
        "tag": one_of(Tag.values),
        "rule": lambda value: value in catalogue(),
        "article": lambda value: Article.objects.filter(code=value).exists(),
        "branch": _numbered(Branch),
        "agency": _numbered(Agency),
    }
    return SavedList(
        page="findings",
        title=_("Findings"),
        icon="error",
        url="findings",
        permissions=("audits.view_finding",),
        filters=filters,
        rows=finding_rows,
        columns=FINDING_COLUMNS,
        at_first=tuple(FINDING_COLUMNS),
        orders={"newest": _("Newest first"), "oldest": _("Oldest first")},
    )


def register() -> None:
    for saved in (_queue(), _board(), _review(), _findings()):
        register_list(saved)
