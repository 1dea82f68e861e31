"""A change that a customer asks for outside any rectification: which fields, what they say, what waits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse

from audits.choices import Applicant, ChangeRequestState, Will
from audits.models import ChangeRequest, Rectification
from audits.operations.limits import limits_of
from audits.will import ORAL, USUAL_SOURCE
from audits.workbench import Input, Place, party_label
from authenticity.masking import mask
from customers.models import ContactAttempt
from policies.choices import PartyRole
from policies.models import PolicyParty
from workplace.choices import CorrectionState
from workplace.correctable import correctable
from workplace.models import Correction, Staff
from workplace.operations.corrections import PENDING

SEE, MAKE = "audits.view_changerequest", "audits.make_changerequest"
DECIDE = "audits.decide_changerequest"
State = ChangeRequestState
AT_HAND = (State.DRAFT, State.RETURNED)
PREFIX, OF_RECTIFICATION = "change:", "rectification:"
# What a policy says of a person that the customer may ask to change; who sold it is no such thing.
OF_BENEFICIARY = ("name", "relation", "share", "order")


def origin_of_change(request: ChangeRequest) -> str:
    return f"{PREFIX}{request.pk}"


def parties_of(request: ChangeRequest) -> QuerySet[PolicyParty]:
    """On its policy: the customer's own places, and for the holder the beneficiaries."""
    if request.policy_id is None:
        return PolicyParty.objects.none()
    rows = PolicyParty.objects.filter(policy_id=request.policy_id).select_related("policy", "customer")
    own = Q(customer_id=request.customer_id)
    if rows.filter(own, role=PartyRole.HOLDER).exists():
        own |= Q(role=PartyRole.BENEFICIARY)
    return rows.filter(own).order_by("pk")


@dataclass(frozen=True)
class Elsewhere:
    """Where the same field waits already; `link` is empty where the reader may not look."""

    by: str
    number: str
    link: str


@dataclass
class Asked:
    """One field of the page: its input, unless a correction of it waits elsewhere."""

    input: Input
    elsewhere: Elsewhere | None = None


@dataclass(frozen=True)
class WillOfChange:
    """As the workbench's form asks for it."""

    row: ChangeRequest
    day: date | None
    confirmed_by: str
    spoken: ContactAttempt | None = None
    usual = USUAL_SOURCE
    wills = Will.choices
    applicants = Applicant.choices
    oral = " ".join(sorted(ORAL))

    @property
    def applicant(self) -> str:
        return self.row.applicant or Applicant.SELF

    @property
    def confirmed(self) -> bool:
        return bool(self.confirmed_by)


def fields_of(request: ChangeRequest, staff: Staff) -> list[Asked]:
    """Masked: what the customer asks for is typed, what stands there is looked up for a purpose."""
    pending = _pending(request)
    found = [
        _input(Place("customer", request.customer_id, name), request.customer, pending)
        for name in correctable("customer").fields
    ]
    for party in parties_of(request):
        names = [name for name in correctable("party").fields if name in OF_BENEFICIARY]
        found += [_input(Place("party", party.pk, name), party, pending) for name in names]
    limits = limits_of([one.place.spot for one in found])
    for one in found:
        one.limit = limits.get(one.place.spot)
    origin = origin_of_change(request)
    others = {
        place.spot: row for place, row in ((_place(row), row) for row in pending) if row.origin != origin
    }
    where = _elsewhere(others.values(), staff)
    return [Asked(one, where.get(others[one.place.spot].pk) if one.place.spot in others else None)
            for one in found]  # fmt: skip


def _pending(request: ChangeRequest) -> list[Correction]:
    records = Q(record_kind="customer", record_id=request.customer_id)
    parties = list(parties_of(request).values_list("pk", flat=True)) if request.policy_id else []
    if parties:
        records |= Q(record_kind="party", record_id__in=parties)
    return list(Correction.objects.filter(records, state__in=PENDING).select_related("proposed_by"))


def _place(row: Correction) -> Place:
    return Place(row.record_kind, row.record_id, row.field)


def _input(place: Place, record: object, pending: Iterable[Correction]) -> Input:
    kind = correctable(place.kind)
    field = kind.fields[place.field]
    written = kind.written(record, place.field)
    shown = {str(key): str(label) for key, label in field.choices}.get(written, written)
    if field.mask:
        written = shown = mask(field.mask, written)
    whose = party_label(record) if isinstance(record, PolicyParty) else ""
    draft = next((row for row in pending if _place(row) == place and row.origin.startswith(PREFIX)), None)
    return Input(place, field, written, shown, written, draft, whose)


def _elsewhere(rows: Iterable[Correction], staff: Staff) -> dict[int, Elsewhere]:
    """By correction: the rectification or the request that it belongs to."""
    waiting = list(rows)
    tasks = Rectification.objects.visible_to(staff).filter(pk__in=_keys(waiting, OF_RECTIFICATION))
    asked = ChangeRequest.objects.visible_to(staff).filter(pk__in=_keys(waiting, PREFIX))
    known = {f"{OF_RECTIFICATION}{row.pk}": ("rectification", row.pk, row.number) for row in tasks}
    known |= {f"{PREFIX}{row.pk}": ("change_request", row.pk, row.number) for row in asked}
    found: dict[int, Elsewhere] = {}
    for row in waiting:
        page, pk, number = known.get(row.origin, ("", 0, ""))
        found[row.pk] = Elsewhere(row.proposed_by.name, number, reverse(page, args=[pk]) if page else "")
    return found


def _keys(rows: Iterable[Correction], prefix: str) -> list[int]:
    told = (row.origin.removeprefix(prefix) for row in rows if row.origin.startswith(prefix))
    return [int(pk) for pk in told if pk.isdecimal()]


def corrections_of(request: ChangeRequest) -> list[Correction]:
    """What it asks for, or asked for when it was decided."""
    rows = Correction.objects.filter(origin=origin_of_change(request)).select_related("proposed_by")
    wanted = {
        State.SUBMITTED: [CorrectionState.SUBMITTED],
        State.ACCEPTED: [CorrectionState.ACCEPTED],
        State.WITHDRAWN: [CorrectionState.WITHDRAWN],
    }
    return list(rows.filter(state__in=wanted.get(State(request.state), PENDING)).order_by("id"))


def waiting_for(staff: Staff) -> QuerySet[ChangeRequest]:
    """What this person may decide on: another's, oldest first."""
    rows = ChangeRequest.objects.visible_to(staff).filter(state=State.SUBMITTED)
    return rows.exclude(made_by=staff).order_by("pk")


def beside(staff: Staff, request: ChangeRequest) -> tuple[int | None, int | None]:
    """The ones before and after it of those."""
    rows = waiting_for(staff).values_list("pk", flat=True)
    return rows.filter(pk__lt=request.pk).last(), rows.filter(pk__gt=request.pk).first()
