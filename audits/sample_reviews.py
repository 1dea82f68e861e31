"""Reviews as their reader meets them: what is one's own, what is to be typed, what may be shown by now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from audits.eligibility import Judge, may_review
from audits.models import KeyedField, SampleItem, SampleReview, SamplingRun
from audits.sample_subjects import Spot, customer_of, policy_of, spot_of
from audits.sampling.agreement import kappa
from audits.sampling.choices import SamplePurpose, SampleReviewState
from audits.sampling.reviewing import (
    BY_CONTACT,
    IDENTITY,
    IMAGE,
    OF_HOLDER,
    OF_INSURED,
    OF_SELLER,
    REGISTERED_ON,
    TOLD,
    image_fields,
)
from customers.choices import ImageSide
from customers.models import Customer
from customers.personal import EMPTY
from policies.choices import PartyRole
from policies.models import PolicyParty
from workplace.choices import Role
from workplace.correctable import CorrectableField, correctable, is_correctable
from workplace.models import Staff

IN_HAND = (SampleReviewState.GIVEN, SampleReviewState.OPEN)
SELLER = "seller"
ABOUT = (
    "item__run__plan",
    "item__run__version__checklist__checklist",
    "item__stratum",
    "item__policy",
    "item__customer",
    "item__rectification__customer",
    "item__rectification__policy",
    "item__change_request__customer",
    "item__change_request__policy",
    "reviewer",
)
Place = tuple[str, str]
ROLES: dict[str, Any] = {**dict(PartyRole.choices), SELLER: _("Seller"), TOLD: _("As the customer says")}


def own(staff: Staff) -> QuerySet[SampleReview]:
    """Those in one's hands, or finished, of items that one may see."""
    found: QuerySet[SampleReview] = SampleReview.objects.visible_to(staff).filter(reviewer=staff)
    return found.exclude(state=SampleReviewState.VOID)


def waiting(staff: Staff) -> QuerySet[SampleReview]:
    rows = own(staff).filter(state__in=IN_HAND).exclude(item__run__state="withdrawn")
    return rows.order_by(*ORDER)


ORDER = ("due_on", "pk")


def seen_review(staff: Staff, item: int, *, today: date) -> SampleReview | None:
    """One's own of that item; while it is in hand, asked each time anew whether one may."""
    found = own(staff).select_related(*ABOUT).filter(item=item).first()
    if found is None or (found.state in IN_HAND and may_review(staff, found.item, today=today)):
        return None
    return found


def neighbour(staff: Staff, review: SampleReview) -> SampleReview | None:
    """The next in hand, after the last one the first that is left."""
    rows = waiting(staff).exclude(pk=review.pk)
    after = Q(due_on__gt=review.due_on) | Q(due_on=review.due_on, pk__gt=review.pk)
    return rows.filter(after).first() or rows.first()


def numbers_of(staff: Staff, *, today: date) -> dict[str, int]:
    rows = waiting(staff).order_by()
    return rows.aggregate(
        all=Count("pk"),
        today=Count("pk", filter=Q(due_on=today)),
        overdue=Count("pk", filter=Q(due_on__lt=today)),
    )


# -- what is to be typed ---------------------------------------------------------------------------


def places_of(item: SampleItem) -> list[Place]:
    """(role, field) in the order in which they are typed."""
    purpose = item.run.plan.purpose
    if purpose in BY_CONTACT:
        return list(IDENTITY)
    if purpose == SamplePurpose.SELLER:
        return [(SELLER, field) for field in OF_SELLER]
    if purpose == SamplePurpose.CONSISTENCY:
        fields = {PartyRole.HOLDER: OF_HOLDER, PartyRole.INSURED: OF_INSURED}
        return [(role, field) for role in _roles(item) for field in fields[PartyRole(role)]]
    if purpose == SamplePurpose.IMAGES:
        people = _people(item)
        return [(role, field) for role, one in people.items() for field in image_fields(one.id_type)]
    return []


def _roles(item: SampleItem) -> list[str]:
    return list(_people(item))


def _people(item: SampleItem) -> dict[str, PolicyParty]:
    """The holder, and the insured who is another person; each role's first."""
    found: dict[str, PolicyParty] = {}
    roles = (PartyRole.HOLDER, PartyRole.INSURED)
    policy = policy_of(item)
    rows = PolicyParty.objects.filter(policy=policy, role__in=roles).order_by("position", "pk")
    for role in roles:
        one = next((row for row in rows if row.role == role), None)
        if one is not None and one.customer_id not in {known.customer_id for known in found.values()}:
            found[str(role)] = one
    return found


def spot_for(item: SampleItem, role: str, field: str) -> Spot:
    """The record and field that a typed place is compared with."""
    if field == REGISTERED_ON:
        return spot_of(item, role, "id_valid_from")
    return spot_of(item, "" if role in (TOLD, SELLER) else role, field)


def described(item: SampleItem, role: str, field: str) -> CorrectableField:
    """Its label, shape and mask."""
    if field == REGISTERED_ON:
        return CorrectableField(field, _("Registration date on the page"), shape="date")
    if field.startswith(IMAGE):
        document, side = _people(item)[role].get_id_type_display(), ImageSide(field.removeprefix(IMAGE)).label
        return CorrectableField(field, f"{document} {side}", shape="image")
    kind = spot_for(item, role, field).kind
    if is_correctable(kind, field):
        return correctable(kind).fields[field]
    return CorrectableField(field, field)


@dataclass(frozen=True)
class Line:
    """One place: still to be typed, or typed with its verdict; `system` is empty until then."""

    role: str
    field: CorrectableField
    keyed: KeyedField | None = None
    system: str = ""
    at_hand: bool = False

    @property
    def role_label(self) -> str:
        return str(ROLES.get(self.role, self.role))

    @property
    def same(self) -> bool:
        return self.keyed is not None and self.keyed.error == "right"

    @property
    def is_image(self) -> bool:
        return self.field.shape == "image"

    @property
    def told(self) -> bool:
        return self.role == TOLD


def lines_of(review: SampleReview, *, in_full: bool) -> list[Line]:
    """Of what is not typed yet nothing of the system is read, so nothing can leak."""
    done = {(row.role, row.field): row for row in review.fields.all()}
    lines: list[Line] = []
    at_hand = review.state in IN_HAND
    for role, field in places_of(review.item) if at_hand else list(done):
        known = done.get((role, field))
        says = described(review.item, role, field)
        system = _system(review.item, known, says, in_full) if known is not None else ""
        lines.append(Line(role, says, known, system, at_hand=at_hand and known is None))
        at_hand = at_hand and known is not None
    return lines


def _system(item: SampleItem, keyed: KeyedField, says: CorrectableField, in_full: bool) -> str:
    if says.shape == "image":
        return ""
    if not in_full:
        return keyed.system_masked or EMPTY
    held = spot_for(item, keyed.role, keyed.field).held
    return str(dict(says.choices).get(held, held)) or EMPTY


def next_place(review: SampleReview) -> Place | None:
    done = set(review.fields.values_list("role", "field"))
    return next((place for place in places_of(review.item) if place not in done), None)


# -- two people about one item ---------------------------------------------------------------------


@dataclass(frozen=True)
class Agreement:
    """How far first and second reviewers agree; `kappa` is None where nothing can be said."""

    twice: int
    same: int
    kappa: float | None
    differ: list[SampleItem]


def agreement_of(run: SamplingRun) -> Agreement:
    """Of items that two people finished; those in `differ` wait for a third."""
    rows = SampleReview.objects.filter(item__run=run, state=SampleReviewState.DONE).select_related("item")
    rounds: dict[int, dict[int, SampleReview]] = {}
    for row in rows.order_by("item_id", "round"):
        rounds.setdefault(row.item_id, {})[row.round] = row
    both = [one for one in rounds.values() if {1, 2} <= one.keys()]
    first, second = [_said(one[1]) for one in both], [_said(one[2]) for one in both]
    differ = [one[1].item for one in both if _said(one[1]) != _said(one[2]) and 3 not in one]
    same = sum(one == other for one, other in zip(first, second, strict=True))
    return Agreement(len(both), same, kappa(first, second), differ)


def _said(review: SampleReview) -> str:
    return review.outcome or review.truth


def ungiven(run: SamplingRun) -> QuerySet[SampleItem]:
    """Still to be reviewed and in nobody's hands: no reviewer of the plan may."""
    given = SampleReview.objects.filter(item__run=run).exclude(state=SampleReviewState.VOID)
    return run.items.filter(outcome="pending").exclude(pk__in=given.values("item"))


def reviewers_of(run: SamplingRun) -> list[Staff]:
    """Those of the plan's version, else everybody in compliance."""
    named = list(run.version.reviewers.filter(is_active=True).order_by("pk"))
    return named or list(Staff.objects.filter(is_active=True, role=Role.COMPLIANCE).order_by("pk"))


def may_get(item: SampleItem, *, today: date) -> list[tuple[Staff, str]]:
    """Reviewers of the plan, each with the reason why not."""
    judge = Judge([item], today=today)
    return [(person, judge.why_not(person, item)) for person in reviewers_of(item.run)]


# -- what the page shows beside --------------------------------------------------------------------


def customer_to_call(item: SampleItem) -> Customer | None:
    return customer_of(item) if item.run.plan.purpose in BY_CONTACT else None
