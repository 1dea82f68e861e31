"""What one may see, found from any page by its number, its name, or a person's document or phone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agents.models import Agency, Branch, Outlet, SalesAgent
from audits.choices import FindingState
from audits.models import Finding, Rectification
from audits.wording import field_label, finding_text
from audits.worklists import subject_masked
from authenticity import documents, phones
from authenticity.choices import DocumentType
from authenticity.texts import compact, fold
from customers.editions import phone_of
from customers.models import Customer
from customers.personal import masked
from customers.queries import EXACT_FROM, as_a_whole, asked_for, document_keys
from policies.models import Policy, PolicyParty
from workplace.models import Staff

SHOWN = 10
AT_MOST = 100
PREFIX_FROM = 4
BY_WHOLE = 1  # the step of persons that compares a document or phone
Rows = QuerySet[Any]


@dataclass(frozen=True)
class Hit:
    """One line of the answer, masked. `exact`: its number, document, phone or whole name was asked for;
    `whole`: it was a document or phone."""

    pk: int
    title: str
    note: str
    link: str
    exact: bool
    whole: bool


@dataclass(frozen=True)
class Found:
    """What was found of one kind; `more` when there is more than is shown."""

    kind: str
    title: str | Promise
    icon: str
    hits: list[Hit]
    more: bool


@dataclass(frozen=True)
class Asked:
    """A text as it is compared: as typed and folded, and as numbers are written."""

    text: str
    upper: str = field(init=False)
    name: str = field(init=False)
    numeric: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "upper", compact(self.text).upper())
        object.__setattr__(self, "name", "" if self.text.isascii() else compact(self.text))
        object.__setattr__(self, "numeric", any(one.isdigit() for one in self.text))

    def as_number(self, column: str = "number") -> Q:
        return Q(**{f"{column}__in": sorted({self.text, self.upper})})

    def as_beginning(self, column: str = "number") -> Q:
        """A few characters would be the beginning of everything; nothing then."""
        if not self.numeric or len(self.upper) < PREFIX_FROM:
            return Q(pk__in=[])
        return Q(**{f"{column}__startswith": self.upper})


@dataclass(frozen=True)
class Kind:
    """How one kind of record is found: `steps` in order, the first `exact` ones being what was asked for."""

    kind: str
    title: str | Promise
    icon: str
    permission: str
    steps: Callable[[Asked, Staff], list[Rows]]
    shown: Callable[[Any], tuple[str, str, str]]
    exact: int = 1


def _customers(asked: Asked, staff: Staff) -> list[Rows]:
    """A document or phone only as a whole: else its digits could be guessed one by one."""
    seen = Customer.objects.visible_to(staff).select_related("home_branch").order_by()
    if asked.numeric:
        whole = seen.filter(as_a_whole(asked.text)) if len(asked.upper) >= EXACT_FROM else seen.none()
        return [seen.filter(asked.as_number()), whole, seen.filter(asked.as_beginning())]
    if not asked.name:
        return [seen.filter(name=asked.text)]
    return [seen.filter(name=asked.name), seen.none(), seen.named(asked.name)]


def _policies(asked: Asked, staff: Staff) -> list[Rows]:
    seen = Policy.objects.visible_to(staff).select_related("product", "branch").order_by()
    return [seen.filter(asked.as_number()), seen.filter(asked.as_beginning())] if asked.numeric else []


def _parties(asked: Asked, staff: Staff) -> list[Rows]:
    """People who stand on a policy as written and are no customers: by whole name, document or phone."""
    seen = PolicyParty.objects.visible_to(staff).filter(customer__isnull=True)
    seen = seen.select_related("policy").order_by()
    if not asked.numeric:
        return [seen.filter(name=asked.name or asked.text, name__gt="")]
    if len(asked.upper) < EXACT_FROM:
        return []
    written = {asked.text, asked.upper, phone_of(asked.text).normal} - {""}
    by_document = seen.filter(id_key__in=document_keys(asked.text), id_key__gt="")
    return [by_document, seen.filter(phone__in=sorted(written), phone__gt="")]


def _rectifications(asked: Asked, staff: Staff) -> list[Rows]:
    """By their own number, and those of the customer or policy whose number was given."""
    if not asked.numeric:
        return []
    seen = Rectification.objects.visible_to(staff).select_related("customer", "policy", "seller", "branch")
    seen = seen.order_by()
    number = asked.as_number()
    return [
        seen.filter(number),
        seen.filter(customer__in=Customer.objects.filter(number)),
        seen.filter(policy__in=Policy.objects.filter(number)),
        seen.filter(asked.as_beginning()),
    ]


def _findings(asked: Asked, staff: Staff) -> list[Rows]:
    """Those of a rectification, the open ones first."""
    if not asked.numeric:
        return []
    of = Rectification.objects.visible_to(staff).filter(asked.as_number()).order_by()
    seen = Finding.objects.visible_to(staff).filter(rectification__in=of).order_by()
    return [seen.filter(state=FindingState.OPEN), seen.exclude(state=FindingState.OPEN)]


def _units(model: type[Model], *related: str) -> Callable[[Asked, Staff], list[Rows]]:
    """By number or name; there are some thousands of them, so that a part of a name may be asked for."""

    def steps(asked: Asked, staff: Staff) -> list[Rows]:
        manager: Any = model._default_manager
        seen = manager.visible_to(staff).select_related(*related).order_by()
        part = asked.as_beginning() | Q(name__icontains=asked.text)
        return [seen.filter(asked.as_number() | Q(name=asked.text)), seen.filter(part)]

    return steps


def _sellers(asked: Asked, staff: Staff) -> list[Rows]:
    seen = SalesAgent.objects.visible_to(staff).select_related("branch", "agency").order_by()
    if not asked.numeric:
        return [seen.filter(name=asked.text), seen.none(), seen.filter(name__startswith=asked.text)]
    whole = seen.none()
    if len(asked.upper) >= EXACT_FROM:
        number = documents.key(
            DocumentType.RESIDENT_ID, documents.normalise(DocumentType.RESIDENT_ID, asked.text)
        )
        called = SalesAgent.objects.filter(phones__phone_norm=phones.facts(asked.text).normal)
        whole = seen.filter(Q(id_norm=number) | Q(pk__in=called.order_by().values("pk")))
    return [seen.filter(asked.as_number("staff_no")), whole, seen.filter(asked.as_beginning("staff_no"))]


def _staff(asked: Asked, staff: Staff) -> list[Rows]:
    seen = Staff.objects.visible_to(staff).order_by()
    whole = Q(username__iexact=asked.text) | Q(staff_no=asked.upper, staff_no__gt="") | Q(name=asked.text)
    return [seen.filter(whole), seen.filter(name__startswith=asked.text)]


def _customer(row: Customer) -> tuple[str, str, str]:
    said = [row.number, masked(row, "id_no"), masked(row, "mobile"), row.home_branch.name]
    return masked(row, "name") or row.number, _joined(said), reverse("customer", args=[row.pk])


def _policy(row: Policy) -> tuple[str, str, str]:
    said = [row.product.name, row.get_status_display(), row.branch.name]
    return row.number, _joined(said), reverse("policy", args=[row.pk])


def _party(row: PolicyParty) -> tuple[str, str, str]:
    said = [row.get_role_display(), row.policy.number, masked(row, "id_no")]
    return masked(row, "name") or row.policy.number, _joined(said), reverse("policy", args=[row.policy_id])


def _rectification(row: Rectification) -> tuple[str, str, str]:
    said = [subject_masked(row), row.get_state_display(), row.branch.name]
    return row.number, _joined(said), reverse("rectification", args=[row.pk])


def _finding(row: Finding) -> tuple[str, str, str]:
    said = [row.rule, field_label(row), row.get_state_display()]
    return finding_text(row), _joined(said), reverse("rectification", args=[row.rectification_id])


def _agency(row: Agency) -> tuple[str, str, str]:
    return row.name, _joined([row.number, row.branch.name]), reverse("agency", args=[row.pk])


def _branch(row: Branch) -> tuple[str, str, str]:
    return (
        row.name,
        _joined([row.number, row.get_level_display()]),
        f"{reverse('branches')}#branch-{row.pk}",
    )


def _outlet(row: Outlet) -> tuple[str, str, str]:
    return (
        row.name,
        _joined([row.number, row.agency.name]),
        reverse("admin:agents_outlet_change", args=[row.pk]),
    )


def _seller(row: SalesAgent) -> tuple[str, str, str]:
    unit = row.agency.name if row.agency else row.branch.name
    return row.name, _joined([row.staff_no, unit]), reverse("seller", args=[row.pk])


def _colleague(row: Staff) -> tuple[str, str, str]:
    said = [row.username, row.get_role_display()]
    return row.name, _joined(said), reverse("staff_member", args=[row.pk])


def _joined(parts: Iterable[object]) -> str:
    return " · ".join(str(part) for part in parts if part)


KINDS: tuple[Kind, ...] = (
    Kind("customer", _("Customers"), "person", "customers.view_customer", _customers, _customer, 2),
    Kind(
        "party",
        _("People on policies who are no customers"),
        "group",
        "policies.view_policy",
        _parties,
        _party,
        2,
    ),
    Kind("policy", _("Policies"), "description", "policies.view_policy", _policies, _policy),
    Kind(
        "rectification",
        _("Rectifications"),
        "assignment",
        "audits.view_rectification",
        _rectifications,
        _rectification,
    ),
    Kind("finding", _("Findings"), "error", "audits.view_finding", _findings, _finding, 0),
    Kind("agency", _("Agencies"), "handshake", "agents.view_agency", _units(Agency, "branch"), _agency),
    Kind("branch", _("Branches"), "account_tree", "agents.view_branch", _units(Branch), _branch),
    Kind("outlet", _("Outlets"), "storefront", "agents.view_outlet", _units(Outlet, "agency"), _outlet),
    Kind("seller", _("Sellers"), "badge", "agents.view_salesagent", _sellers, _seller, 2),
    Kind("staff", _("Staff"), "manage_accounts", "workplace.view_staff", _staff, _colleague),
)


def search(*, text: str, staff: Staff, only: str = "") -> list[Found]:
    """Nothing of what the person may not see, nor how much there is. `only`: of one kind, and more of it."""
    asked = Asked(fold(text)[:60])
    if not asked.text:
        return []
    limit = AT_MOST if only else SHOWN
    chosen = [kind for kind in KINDS if only in ("", kind.kind) and staff.has_perm(kind.permission)]
    answers = (_of(kind, asked, staff, limit) for kind in chosen)
    return [found for found in answers if found.hits]


def _of(kind: Kind, asked: Asked, staff: Staff, limit: int) -> Found:
    hits: dict[int, Hit] = {}
    for place, rows in enumerate(kind.steps(asked, staff)):
        if len(hits) > limit:
            break
        for row in rows[: limit + 1]:
            title, note, link = kind.shown(row)
            exact, whole = place < kind.exact, place == BY_WHOLE and kind.exact > BY_WHOLE
            hits.setdefault(row.pk, Hit(row.pk, title, note, link, exact, whole))
    found = list(hits.values())
    return Found(kind.kind, kind.title, kind.icon, found[:limit], len(found) > limit)


def the_one(found: list[Found]) -> Hit | None:
    """What was surely meant: the only exact hit of all kinds."""
    exact = [hit for group in found for hit in group.hits if hit.exact]
    return exact[0] if len(exact) == 1 else None


def person_asked_for(text: str, found: list[Found]) -> str:
    """Name, document or phone, as the name of a column; nothing where the text was another number."""
    column = asked_for(text)
    exact = [hit for group in found for hit in group.hits if hit.exact]
    return "" if column != "name" and exact and not any(hit.whole for hit in exact) else column
