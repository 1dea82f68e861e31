"""Call-backs as their readers meet them: which wait, how long there still is, and when a visit is asked for.

The cooling-off period is counted in calendar days from the day of issue: a policy is never handed over before
that day, so the period ends no earlier.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from agents.models import Branch
from agents.models.reach import subtree_of
from audits.choices import CallBackOutcome, CallBackState
from audits.models import CallBack, Finding, RectificationSettings
from authenticity.masking import mask
from customers.choices import ContactChannel, ContactResult
from customers.models import ContactAttempt, Customer
from policies.choices import PartyRole
from policies.models import Policy, PolicyParty
from workplace.models import Staff

ORDER = ("ends_on", "pk")
LOOKED_BACK = timedelta(days=90)
RULES = MISSED, NOT_WITH_HOLDER = "PO-002", "PO-003"
WAITING = ~Q(state=CallBackState.DONE)
ABOUT = ("policy__product", "policy__branch", "policy__seller", "done_by")
# What may be said of a contact: an outcome that ends the call-back, or why nobody was reached this time.
FAILED = (CallBackOutcome.DENIED, CallBackOutcome.UNKNOWN, CallBackOutcome.ANOTHER)
SAID_AT_ONCE = (CallBackOutcome.CONFIRMED, *FAILED)
NOT_REACHED = (ContactResult.NO_ANSWER, ContactResult.BUSY, ContactResult.MOVED, ContactResult.REFUSED)


def results() -> list[tuple[str, str]]:
    return [(str(one.value), str(one.label)) for one in (*SAID_AT_ONCE, *NOT_REACHED)]


def logged_as(result: str) -> str:
    """How the contact log says it: whoever is not known to be the customer is another."""
    if result in (CallBackOutcome.CONFIRMED, CallBackOutcome.DENIED):
        return ContactResult.REACHED
    return ContactResult.WRONG if result in SAID_AT_ONCE else result


def visit_is_asked(*, calls: int, ends_on: date, today: date, settings: RectificationSettings) -> bool:
    """So many calls in vain, or so few days left (requirement 165)."""
    return calls >= settings.calls_before_visit or ends_on <= today + timedelta(days=settings.visit_days)


def of_tab(tab: str, today: date, days: int) -> Q:
    return {
        "soon": WAITING & Q(ends_on__gte=today, ends_on__lte=today + timedelta(days=days)),
        "unreached": Q(state=CallBackState.UNREACHED),
        "visit": Q(state=CallBackState.VISIT),
        "overdue": WAITING & Q(ends_on__lt=today),
        "done": ~WAITING,
    }.get(tab, WAITING)


def waiting(staff: Staff) -> QuerySet[CallBack]:
    found: QuerySet[CallBack] = CallBack.objects.visible_to(staff).filter(WAITING)
    return found.order_by(*ORDER)


def numbers_of(staff: Staff, *, today: date, days: int) -> dict[str, int]:
    tabs = ("all", "soon", "unreached", "visit", "overdue")
    rows = waiting(staff).order_by()
    return rows.aggregate(**{tab: Count("pk", filter=of_tab(tab, today, days)) for tab in tabs})


@dataclass(frozen=True)
class Share:
    """Of the policies in force whose cooling-off ended in the last 90 days, once they were here."""

    made: int
    of: int

    @property
    def percent(self) -> int:
        """Never rounded up to a hundred."""
        return self.made * 100 // self.of if self.of else 0


def made_in_time(staff: Staff, *, today: date) -> Share:
    """Confirmed by the holder no later than the last day of the period."""
    ended = CallBack.objects.visible_to(staff).filter(ends_on__gte=today - LOOKED_BACK, ends_on__lt=today)
    seen = ended.filter(opened_at__date__lte=F("ends_on"))
    confirmed = Q(outcome=CallBackOutcome.CONFIRMED, done_at__date__lte=F("ends_on"))
    over = seen.filter(~WAITING).exclude(outcome=CallBackOutcome.ENDED).order_by()
    done = over.aggregate(made=Count("pk", filter=confirmed), of=Count("pk"))
    return Share(done["made"], done["of"] + seen.filter(WAITING).count())


def branches_of(staff: Staff) -> list[tuple[int, str]]:
    """Those of which something waits."""
    held = waiting(staff).order_by().values("policy__branch")
    return list(Branch.objects.filter(pk__in=held).order_by("number").values_list("pk", "name"))


def within(rows: QuerySet[CallBack], branch: int) -> QuerySet[CallBack]:
    return rows.filter(policy__branch__in=subtree_of([branch])) if branch else rows


def neighbour(staff: Staff, found: CallBack) -> CallBack | None:
    """The next that waits, after the last one the first that is left."""
    rows = waiting(staff).exclude(pk=found.pk)
    after = Q(ends_on__gt=found.ends_on) | Q(ends_on=found.ends_on, pk__gt=found.pk)
    return rows.filter(after).first() or rows.first()


# -- one call-back -----------------------------------------------------------------------------------


def holder_of(policy: Policy) -> Customer | None:
    party = _holders([policy.pk]).first()
    return party.customer if party is not None else None


def _holders(policies: list[int]) -> QuerySet[PolicyParty]:
    rows = PolicyParty.objects.filter(policy__in=policies, role=PartyRole.HOLDER, customer__isnull=False)
    return rows.select_related("customer").order_by("position", "pk")


def sold_by(policy: Policy) -> set[str]:
    """The seller's numbers, as recorded and as matched."""
    return {policy.seller_no, policy.seller.staff_no if policy.seller else ""} - {""}


def attempts_for(found: CallBack, holder: Customer | None) -> list[ContactAttempt]:
    """Those of this call-back, newest first."""
    rows = ContactAttempt.objects.filter(customer=holder, origin=found.origin).select_related("by")
    return list(rows.order_by("-tried_at", "-id")) if holder is not None else []


def calls_in_vain(found: CallBack, holder: Customer) -> int:
    """One that was not in vain has ended it."""
    calls = ContactAttempt.objects.filter(channel=ContactChannel.CALL, origin=found.origin)
    return calls.filter(customer=holder).count()


def findings_of(found: CallBack, staff: Staff) -> QuerySet[Finding]:
    """What came of it, each with its rectification."""
    seen: QuerySet[Finding] = Finding.objects.visible_to(staff).filter(policy=found.policy_id, rule__in=RULES)
    return seen.filter(rectification__isnull=False).select_related("rectification").order_by("pk")


@dataclass(frozen=True)
class Line:
    """One call-back as the list shows it; `days` are left, negative once it is over."""

    found: CallBack
    holder: str
    days: int


def lines_of(rows: list[Any], *, today: date) -> list[Line]:
    names: dict[int, str] = {}
    for party in _holders([row.policy_id for row in rows]):
        names.setdefault(party.policy_id, party.customer.name if party.customer else "")
    return [Line(row, mask("name", names.get(row.policy_id, "")), (row.ends_on - today).days) for row in rows]
