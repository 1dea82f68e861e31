"""Lists of rectifications: which there are, in which order, and what one line of them shows (masked)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audits.choices import FindingState
from audits.choices import RectificationState as State
from audits.clock import RUNNING, overdue, soon
from audits.models import Finding, Rectification
from audits.standing_in import owners_for
from audits.wording import field_label, finding_text
from authenticity.choices import Severity
from authenticity.masking import mask
from workplace.models import Staff

PAGE = 50
WORST_FIRST: dict[str, int] = {Severity.BLOCK: 0, Severity.ERROR: 1, Severity.WARN: 2, Severity.INFO: 3}
AT_WORK = (State.ASSIGNED, State.IN_PROGRESS, State.RETURNED)
Condition = Callable[[date], Q]

TABS: dict[str, tuple[str | Promise, Condition]] = {
    "today": (_("Due today"), lambda today: Q(state__in=AT_WORK, due_on=today) & RUNNING),
    "overdue": (_("Overdue"), lambda today: Q(state__in=AT_WORK) & overdue(today)),
    "returned": (_("Returned"), lambda today: Q(state=State.RETURNED)),
    "waiting": (_("Waiting for review"), lambda today: Q(state=State.IN_REVIEW)),
    "all": (_("All open"), lambda today: ~Q(state=State.CLOSED)),
    "closed": (_("Closed"), lambda today: Q(state=State.CLOSED)),
}
BOARD_TABS: dict[str, tuple[str | Promise, Condition]] = {
    "unassigned": (_("Unassigned"), lambda today: Q(state=State.OPEN)),
    "overdue": (_("Overdue"), overdue),
    "today": (_("Due today"), lambda today: RUNNING & Q(due_on=today)),
    "soon": (_("Due soon"), soon),
    "paused": (_("Paused"), lambda today: ~Q(state=State.CLOSED) & Q(paused_at__isnull=False)),
    "returned": (_("Returned"), lambda today: Q(state=State.RETURNED)),
    "reopened": (_("Reopened"), lambda today: ~Q(state=State.CLOSED) & Q(reopened__gt=0)),
    "waiting": (_("Waiting for review"), lambda today: Q(state=State.IN_REVIEW)),
    "all": (_("All open"), lambda today: ~Q(state=State.CLOSED)),
    "closed": (_("Closed"), lambda today: Q(state=State.CLOSED)),
}
# One is opened once and numbered as it is opened, so that its key tells the order.
ORDERS: dict[str, str | Promise] = {
    "due": _("Soonest due first"),
    "opened": _("Oldest first"),
    "newest": _("Newest first"),
    "number": _("By number"),
}
BY_COLUMN = {"opened": "pk", "newest": "-pk", "number": "number"}
FIELD_GROUPS: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "document": (_("Documents"), ("id_type", "id_no", "id_valid_from", "id_valid_to", "birth_date", "sex")),
    "phone": (_("Phones"), ("mobile", "landline")),
    "address": (_("Addresses"), ("address",)),
    "name": (_("Names"), ("name",)),
    "seller": (_("Sellers"), ("seller_no", "seller_name", "outlet_no", "outlet_name", "agency_no")),
    "relation": (_("Relations and shares"), ("relation", "order", "share")),
}


@dataclass(frozen=True)
class Line:
    """One rectification as a list shows it."""

    rectification: Rectification
    subject: str
    wrong: str
    more: int
    where: str
    severity: str
    policy: str


@dataclass(frozen=True)
class Page:
    """A page of lines; `older` is the cursor of the next one, empty at the end."""

    lines: list[Line]
    older: str = ""
    first: bool = True


@dataclass(frozen=True)
class Filters:
    """What the address of a list says besides its tab."""

    group: str = ""
    severity: str = ""
    search: str = ""
    owner: str = ""
    branch: str = ""
    agency: str = ""
    state: str = ""
    handled: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        return cls(**{name: str(given.get(name, "")).strip()[:60] for name in cls.__dataclass_fields__})

    def narrow(self, rows: QuerySet[Rectification]) -> QuerySet[Rectification]:
        if self.group in FIELD_GROUPS:
            names = Q()
            for name in FIELD_GROUPS[self.group][1]:
                names |= Q(field=name) | Q(field__endswith=f".{name}")
            rows = rows.filter(Exists(_open_findings().filter(names, rectification=OuterRef("pk"))))
        if self.severity in Severity.values:
            found = _open_findings().filter(severity=self.severity, rectification=OuterRef("pk"))
            rows = rows.filter(Exists(found))
        for name in ("owner", "branch", "agency"):
            if (chosen := getattr(self, name)).isdecimal():
                rows = rows.filter(**{f"{name}_id": int(chosen)})
        if self.state in State.values:
            rows = rows.filter(state=self.state)
        if self.handled == "1":
            rows = rows.filter(handled_by__isnull=False)
        return rows.filter(self._searched()) if self.search else rows

    def _searched(self) -> Q:
        """A number exactly as it stands on a screen: rectification, customer, policy."""
        said = self.search
        return (
            Q(number__iexact=said)
            | Q(customer__number=said)
            | Q(policy__number=said)
            | Q(Exists(_open_findings().filter(rectification=OuterRef("pk"), answering_policy__number=said)))
        )


def _open_findings() -> QuerySet[Finding]:
    return Finding.objects.filter(state=FindingState.OPEN)


def tab_of(name: str, tabs: Mapping[str, Any], otherwise: str) -> str:
    return name if name in tabs else otherwise


def counted(
    rows: QuerySet[Rectification], tabs: Mapping[str, tuple[Any, Condition]], today: date
) -> dict[str, int]:
    """How many each tab holds, in one query; closed ones are not counted, they only grow."""
    found: dict[str, int] = (
        rows.filter(~Q(state=State.CLOSED))
        .order_by()
        .aggregate(
            **{
                f"n_{name}": Count("pk", filter=condition(today))
                for name, (_label, condition) in tabs.items()
                if name != "closed"
            }
        )
    )
    return {name.removeprefix("n_"): number for name, number in found.items()}


def page_of(rows: QuerySet[Rectification], *, after: str = "", size: int = PAGE, order: str = "due") -> Page:
    """In one of ORDERS; keyset paging, so that the last page costs what the first does."""
    ordered, begun = _by_due(rows, after) if order not in BY_COLUMN else _by_column(rows, after, order)
    found = list(with_lines(ordered)[: size + 1])
    older = _place(found[size - 1], order) if len(found) > size else ""
    return Page([line_of(row) for row in found[:size]], older, not begun)


def _place(last: Rectification, order: str) -> str:
    if order in BY_COLUMN:
        return str(getattr(last, BY_COLUMN[order].lstrip("-")))
    return f"{last.due_on.isoformat() if last.due_on else '-'}_{last.pk}"


def _by_column(rows: QuerySet[Rectification], after: str, order: str) -> tuple[QuerySet[Rectification], bool]:
    """By a unique column; a place that is none of it is the top."""
    column = BY_COLUMN[order]
    name, down = column.lstrip("-"), column.startswith("-")
    if not after or (name == "pk" and not (after.isdecimal() and len(after) < 19)):
        return rows.order_by(column), False
    return rows.filter(**{f"{name}__{'lt' if down else 'gt'}": after}).order_by(column), True


def _by_due(rows: QuerySet[Rectification], after: str) -> tuple[QuerySet[Rectification], bool]:
    """The undated last."""
    ordered = rows.order_by(F("due_on").asc(nulls_last=True), "pk")
    cursor = _cursor(after)
    if cursor is not None:
        day, pk = cursor
        later = Q(due_on__isnull=True, pk__gt=pk)
        if day is not None:
            later = Q(due_on__gt=day) | Q(due_on=day, pk__gt=pk) | Q(due_on__isnull=True)
        ordered = ordered.filter(later)
    return ordered, cursor is not None


def _cursor(text: str) -> tuple[date | None, int] | None:
    day, _bar, pk = text.partition("_")
    if not pk.isdecimal():
        return None
    try:
        return (None if day == "-" else date.fromisoformat(day)), int(pk)
    except ValueError:
        return None


def with_lines(rows: QuerySet[Rectification]) -> QuerySet[Rectification]:
    """Everything that `line_of` reads, in a fixed number of queries."""
    opened = _open_findings().select_related("answering_policy").order_by("id")
    findings = Prefetch("findings", queryset=opened, to_attr="open_findings")
    return with_subjects(rows).prefetch_related("seller", findings)


def with_subjects(rows: QuerySet[Rectification]) -> QuerySet[Rectification]:
    """No more joins than these: planning nine takes longer than reading the page."""
    return rows.select_related("customer", "policy", "branch", "agency", "owner")


def line_of(rectification: Rectification) -> Line:
    found: Sequence[Finding] = sorted(
        getattr(rectification, "open_findings", []), key=lambda one: WORST_FIRST.get(one.severity, 9)
    )
    first = found[0] if found else None
    policies = [one.answering_policy.number for one in found if one.answering_policy is not None]
    own = [rectification.policy.number] if rectification.policy is not None else []
    return Line(
        rectification=rectification,
        subject=subject_masked(rectification),
        wrong=finding_text(first) if first else "",
        more=len(found) - 1 if found else 0,
        where=field_label(first) if first else "",
        severity=first.severity if first else "",
        policy=next(iter([*own, *policies]), ""),
    )


def subject_masked(rectification: Rectification) -> str:
    if rectification.customer is not None:
        return mask("name", rectification.customer.name) or rectification.customer.number
    if rectification.policy is not None:
        return rectification.policy.number
    return mask("name", rectification.seller.name) if rectification.seller else ""


def mine(staff: Staff) -> QuerySet[Rectification]:
    """One's own, and those of people for whom one stands in today."""
    return Rectification.objects.visible_to(staff).filter(owner__in=owners_for(staff))


def neighbours_of(rectification: Rectification, staff: Staff) -> tuple[int | None, int | None]:
    """The ones before and after it among what the person has to work on, in the order of the list."""
    rows = mine(staff).filter(state__in=AT_WORK).exclude(pk=rectification.pk)
    day, pk = rectification.due_on, rectification.pk
    undated = Q(due_on__isnull=True)
    if day is None:
        before, after = ~undated | Q(undated, pk__lt=pk), Q(undated, pk__gt=pk)
    else:
        before = Q(due_on__lt=day) | Q(due_on=day, pk__lt=pk)
        after = Q(due_on__gt=day) | Q(due_on=day, pk__gt=pk) | undated
    last = rows.filter(before).order_by(F("due_on").desc(nulls_first=True), "-pk")
    first = rows.filter(after).order_by(F("due_on").asc(nulls_last=True), "pk")
    return last.values_list("pk", flat=True).first(), first.values_list("pk", flat=True).first()


def next_for(staff: Staff, *, but: int) -> Rectification | None:
    """What the owner takes up after this one."""
    waiting = mine(staff).filter(state__in=AT_WORK).exclude(pk=but)
    return waiting.order_by(F("due_on").asc(nulls_last=True), "pk").first()


@dataclass
class Load:
    """What one person has in hand."""

    staff: Staff
    open: int = 0
    soon: int = 0
    overdue: int = 0
    returned: int = 0
    waiting: int = 0
    days: float | None = None
    units: list[str] = field(default_factory=list)
