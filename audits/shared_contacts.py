"""Holders who share a contact or an account, as their findings tell it, within one's own scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Count, Q, When

from audits.choices import ExemptionState, FindingState
from audits.models import Exemption, Finding
from audits.wording import finding_text
from authenticity.masking import mask
from customers.models import Customer
from policies.choices import PartyRole
from policies.models import Policy, PolicyParty
from policies.rules.scope import in_scope
from workplace.models import Staff

# Rules whose findings name one value that several people have.
RULES = ("PH-022", "PH-023", "PH-024", "AD-009", "BK-004")
SHOWN = 100
PENDING = (ExemptionState.PROPOSED, ExemptionState.APPROVED)


@dataclass(frozen=True)
class Cluster:
    """One shared value: how many findings of it are open and closed within the reader's scope."""

    field: str
    value_hash: str
    value_masked: str
    open: int
    members: int


@dataclass(frozen=True)
class Place:
    """A policy of a member, and who sold it."""

    policy: Policy
    seller: str


@dataclass
class Member:
    """One finding of the cluster with its person, policies and what was decided."""

    finding: Finding
    customer: Customer | None
    name: str
    text: str
    places: list[Place] = field(default_factory=list)
    exemption: Exemption | None = None

    @property
    def decidable(self) -> bool:
        return self.finding.state == FindingState.OPEN and self.exemption is None


def clusters(staff: Staff, only_field: str = "", *, page: int = 0) -> tuple[list[Cluster], int]:
    """The largest with an open finding first, one page of them, and how many there are in all."""
    found = _findings(staff)
    if only_field:
        found = found.filter(field=only_field)
    rows = (
        found.values("field", "value_hash", "value_masked")
        .annotate(
            open=Count("subject_key", filter=Q(state=FindingState.OPEN), distinct=True),
            members=Count("subject_key", distinct=True),
        )
        .filter(open__gt=0)
        .order_by("-open", "field", "value_hash")
    )
    shown = [Cluster(**row) for row in rows[page * SHOWN : (page + 1) * SHOWN]]
    whole = not page and len(shown) < SHOWN
    return shown, len(shown) if whole else rows.count()


def members(staff: Staff, field_name: str, value_hash: str) -> list[Member]:
    """Those within the reader's scope, once each; the value is known by its hash alone."""
    found = _one_each(
        _findings(staff)
        .filter(field=field_name, value_hash=value_hash)
        .select_related("customer", "policy", "rectification", "rectification__owner")
        .order_by(Case(When(state=FindingState.OPEN, then=0), default=1), "subject_key", "-pk")[: 2 * SHOWN]
    )
    exemptions = _exemptions(found)
    places = _places(staff, found)
    return [
        Member(
            finding=finding,
            customer=finding.customer,
            name=mask("name", finding.customer.name) if finding.customer else finding.subject_key,
            text=finding_text(finding),
            places=places.get(finding.pk, []),
            exemption=exemptions.get(finding.pk),
        )
        for finding in found
    ]


def elsewhere(staff: Staff, field_name: str, value_hash: str) -> int:
    """How many members stand outside the reader's scope; a number, nobody's name."""
    of_all = Finding.objects.filter(rule__in=RULES, field=field_name, value_hash=value_hash)
    inside = _findings(staff).filter(field=field_name, value_hash=value_hash)
    everybody, seen = (rows.order_by().values("subject_key").distinct().count() for rows in (of_all, inside))
    return max(everybody - seen, 0)


def _one_each(findings: Iterable[Finding]) -> list[Finding]:
    """A member whom one rule spoke of and then another stands once: as open, else as last closed."""
    first: dict[str, Finding] = {}
    for one in findings:
        first.setdefault(one.subject_key, one)
    return list(first.values())[:SHOWN]


def _findings(staff: Staff) -> Any:
    return Finding.objects.visible_to(staff).filter(rule__in=RULES).exclude(value_hash="")


def _exemptions(findings: Iterable[Finding]) -> dict[int, Exemption]:
    rows = Exemption.objects.filter(finding__in=list(findings), state__in=PENDING)
    return {row.finding_id: row for row in rows.select_related("proposed_by", "decided_by")}


def _places(staff: Staff, findings: Iterable[Finding]) -> dict[int, list[Place]]:
    of_customer = {one.customer_id: one.pk for one in findings if one.customer_id}
    found: dict[int, list[Place]] = {}
    parties = (
        PolicyParty.objects.visible_to(staff)
        .filter(in_scope("policy__"), role=PartyRole.HOLDER, customer__in=of_customer)
        .select_related("policy", "policy__seller", "policy__agency", "policy__product")
        .order_by("-policy_id")
    )
    for party in parties:
        pk = of_customer[party.customer_id]
        found.setdefault(pk, []).append(Place(party.policy, _seller(party.policy)))
    for one in findings:
        if one.policy is not None:
            found[one.pk] = [Place(one.policy, _seller(one.policy))]
    return found


def _seller(policy: Policy) -> str:
    """Number, masked name and agency: whether one seller stands behind the cluster shows at a glance."""
    agency = policy.agency.name if policy.agency else ""
    return " ".join(part for part in (policy.seller_no, mask("name", policy.seller_name), agency) if part)
