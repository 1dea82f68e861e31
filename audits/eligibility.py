"""Who may review a member of a sample: nobody who sold it, mended it, or works where it is from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from audits.models import SampleItem
from audits.models.sampling_queryset import of_own_units
from audits.transitions import origin_of
from customers.models import Customer
from customers.revealing import may_reveal
from policies.models import PolicyParty
from workplace.choices import CorrectionState
from workplace.models import Correction, Staff

REVIEW = "audits.review_sample"
GIVE = "audits.give_samplereview"
ABOUT = ("policy__seller", "customer", "change_request__policy__seller", "change_request__customer")
OF_RECTIFICATION = ("rectification__policy__seller", "rectification__customer", "rectification__seller")
Record = tuple[str, int]


def may_review(staff: Staff, item: SampleItem, *, today: date) -> str:
    """Why not, in words; empty for who may."""
    return Judge([item], today=today).why_not(staff, item)


@dataclass
class _Item:
    """What stands behind one item."""

    sellers: set[str] = field(default_factory=set)
    hands: set[int] = field(default_factory=set)
    people: list[Any] = field(default_factory=list)


class Judge:
    """Asks the book once about many items."""

    def __init__(self, items: Sequence[SampleItem], *, today: date) -> None:
        self._today = today
        ids = [item.pk for item in items]
        rows = SampleItem.objects.filter(pk__in=ids).select_related(*ABOUT, *OF_RECTIFICATION)
        self._items = {row.pk: _Item(sellers=_sellers(row), hands=_hands(row)) for row in rows}
        self._units: dict[int, frozenset[int]] = {}
        self._ids = ids
        self._know_people(list(rows))

    def why_not(self, staff: Staff, item: SampleItem) -> str:
        known = self._items[item.pk]
        if not staff.is_active or not staff.has_perm(REVIEW):
            return _("Your role may not review samples.")
        if staff.staff_no and staff.staff_no in known.sellers:
            return _("Who sold it cannot review it.")
        if staff.pk in known.hands:
            return _("Who corrected it, or accepted the correction, cannot review it.")
        if item.pk in self._of_own_units(staff):
            return _("Who works in the audited unit cannot review it.")
        if not all(may_reveal(record=one, staff=staff, today=self._today) for one in known.people):
            return _("A child's data ask for a right of their own.")
        return ""

    def _of_own_units(self, staff: Staff) -> frozenset[int]:
        if staff.pk not in self._units:
            rows = SampleItem.objects.filter(of_own_units(staff), pk__in=self._ids).order_by()
            self._units[staff.pk] = frozenset(rows.values_list("pk", flat=True))
        return self._units[staff.pk]

    def _know_people(self, rows: Sequence[SampleItem]) -> None:
        """Everybody on the policy, the customer, and who had a hand in what is recorded of them."""
        by_policy: dict[int, list[PolicyParty]] = defaultdict(list)
        policies = {pk for row in rows if (pk := policy_id_of(row)) is not None}
        for party in PolicyParty.objects.filter(policy__in=policies).select_related("customer"):
            by_policy[party.policy_id].append(party)
        records: dict[Record, set[int]] = defaultdict(set)
        for row in rows:
            known = self._items[row.pk]
            parties = by_policy.get(policy_id_of(row) or 0, [])
            people = [*parties, *(party.customer for party in parties), _customer(row)]
            known.people = [one for one in people if one is not None]
            for record in _records(policy_id_of(row), known.people):
                records[record].add(row.pk)
        for record, authors in _authors(records).items():
            for pk in records[record]:
                self._items[pk].hands |= authors


def records_of(item: SampleItem) -> set[Record]:
    """The policy, its parties and their customers: (kind, id)."""
    parties = PolicyParty.objects.filter(policy=policy_id_of(item) or 0).select_related("customer")
    people = [one for party in parties for one in (party, party.customer)]
    return _records(policy_id_of(item), [one for one in (*people, _customer(item)) if one is not None])


def policy_id_of(item: SampleItem) -> int | None:
    if item.policy_id is not None:
        return item.policy_id
    if item.rectification is not None:
        return item.rectification.policy_id
    return item.change_request.policy_id if item.change_request is not None else None


def _customer(item: SampleItem) -> Customer | None:
    if item.customer is not None:
        return item.customer
    about = item.rectification or item.change_request
    return about.customer if about is not None else None


def _sellers(item: SampleItem) -> set[str]:
    """Their numbers, as matched and as recorded."""
    found: set[str] = set()
    about = item.rectification or item.change_request
    for policy in (item.policy, about.policy if about is not None else None):
        if policy is not None:
            found |= {policy.seller_no, policy.seller.staff_no if policy.seller else ""}
    if item.rectification is not None and item.rectification.seller is not None:
        found.add(item.rectification.seller.staff_no)
    return found - {""}


def _hands(item: SampleItem) -> set[int]:
    """Of the rectification or the change request itself."""
    found: set[int | None] = set()
    if item.rectification is not None:
        one = item.rectification
        found |= {one.owner_id, one.submitted_by_id, one.closed_by_id}
        found |= set(Correction.objects.filter(origin=origin_of(one)).values_list("proposed_by", flat=True))
    if item.change_request is not None:
        found |= {item.change_request.made_by_id, item.change_request.decided_by_id}
    return {pk for pk in found if pk is not None}


def _records(policy_id: int | None, people: Iterable[Any]) -> set[Record]:
    found: set[Record] = {("policy", policy_id)} if policy_id is not None else set()
    for one in people:
        found.add(("customer" if isinstance(one, Customer) else "party", one.pk))
    return found


def _authors(records: Collection[Record]) -> dict[Record, set[int]]:
    """Who proposed or decided a value of each of them, drafts left out."""
    of_kind: dict[str, list[int]] = defaultdict(list)
    for kind, pk in records:
        of_kind[kind].append(pk)
    wanted = Q(pk__in=[])
    for kind, ids in of_kind.items():
        wanted |= Q(record_kind=kind, record_id__in=ids)
    rows = Correction.objects.filter(wanted).exclude(state=CorrectionState.DRAFT).order_by()
    found: dict[Record, set[int]] = defaultdict(set)
    for kind, pk, by, decided in rows.values_list("record_kind", "record_id", "proposed_by", "decided_by"):
        found[kind, pk] |= {one for one in (by, decided) if one is not None}
    return found
