"""What the pages of duplicates show: two records side by side, what would move, what a merge changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from audits.choices import FindingState, MergeState, RectificationState
from audits.models import Finding, Merge, Rectification
from audits.operations.merging import GROUPS, origin_of
from audits.operations.moving import MOVED, movable, moved_by
from authenticity.masking import mask
from customers.duplicates.wording import WordedLine, worded
from customers.models import Customer, DuplicatePair
from customers.personal import label_of, masked, plain
from customers.revealing import may_reveal
from workplace.choices import Purpose
from workplace.correctable import correctable
from workplace.models import Correction, Staff
from workplace.operations.access_log import record_opening

SIDES = ("left", "right")
GROUP_LABELS = {
    "name": pgettext_lazy("of a person", "Name"),
    "sex": gettext_lazy("Sex"),
    "birth_date": gettext_lazy("Birth date"),
    "document": gettext_lazy("Document and validity"),
    "nationality": gettext_lazy("Nationality"),
    "mobile": gettext_lazy("Mobile"),
    "landline": gettext_lazy("Landline"),
    "address": gettext_lazy("Address"),
    "email": gettext_lazy("E-mail"),
}
PLACE_LABELS = {
    "policies.PolicyParty.customer": gettext_lazy("Places on policies"),
    "customers.ContactAttempt.customer": gettext_lazy("Contact attempts"),
    "customers.FailedContact.customer": gettext_lazy("Contacts that failed"),
    "customers.DoNotDisturb.customer": gettext_lazy("Wishes not to be disturbed"),
    "customers.CustomerImage.customer": gettext_lazy("Images of documents"),
    "customers.Relationship.customer": gettext_lazy("Declared relatives"),
    "customers.Relationship.relative": gettext_lazy("Declared as a relative"),
    "customers.Customer.merged_into": gettext_lazy("Customers merged into it before"),
}


@dataclass(frozen=True)
class Cell:
    text: str
    given: bool


@dataclass(frozen=True)
class Row:
    """One group of fields on both sides; `choice` is the side that is proposed to stay."""

    group: str
    label: str
    left: Sequence[tuple[str, str]]
    right: Sequence[tuple[str, str]]
    line: WordedLine | None
    same: bool
    choice: str


@dataclass(frozen=True)
class Side:
    """One of the two records, and what of it would move if it were merged away."""

    name: str
    customer: Customer
    moves: Sequence[tuple[str, int]]
    findings: int
    rectifications: int


def side_of(pair: DuplicatePair, name: str) -> Side:
    other = pair.right if name == "left" else pair.left
    customer = pair.left if name == "left" else pair.right
    return Side(
        name=name,
        customer=customer,
        moves=moves_of(customer, other),
        findings=Finding.objects.filter(customer=customer, state=FindingState.OPEN).count(),
        rectifications=Rectification.objects.filter(customer=customer)
        .exclude(state=RectificationState.CLOSED)
        .count(),
    )


def moves_of(loser: Customer, survivor: Customer) -> list[tuple[str, int]]:
    counted = [(place, movable(place, loser, survivor).count()) for place in MOVED]
    return [(str(PLACE_LABELS[place.name]), count) for place, count in counted if count]


def moves_told(merge: Merge) -> list[tuple[str, int]]:
    """What would move, or what did."""
    if merge.state == MergeState.PROPOSED:
        return moves_of(merge.loser, merge.survivor)
    return [(str(PLACE_LABELS[place.name]), len(ids)) for place, ids in moved_by(merge)]


def proposed_survivor(sides: Sequence[Side]) -> str:
    """The one with more places on policies, else the older record."""
    policies = [dict(side.moves).get(str(PLACE_LABELS["policies.PolicyParty.customer"]), 0) for side in sides]
    return SIDES[policies[1] > policies[0]]


def rows_of(pair: DuplicatePair, *, survivor: str, revealed: bool) -> list[Row]:
    lines = {line.field: line for line in worded(pair.explanation)}
    return [_row(pair, group, lines, survivor, revealed) for group in GROUPS]


def _row(pair: DuplicatePair, group: str, lines: dict[str, WordedLine], survivor: str, revealed: bool) -> Row:
    fields = GROUPS[group]
    left, right = ([plain(one, field) for field in fields] for one in (pair.left, pair.right))
    main = "id_no" if group == "document" else group
    stays, other = (left, right) if survivor == "left" else (right, left)
    flip = {"left": "right", "right": "left"}
    return Row(
        group=group,
        label=str(GROUP_LABELS[group]),
        left=_shown(pair.left, fields, revealed),
        right=_shown(pair.right, fields, revealed),
        line=lines.get(main),
        same=left == right,
        choice=survivor if any(stays) or not any(other) else flip[survivor],
    )


def _shown(customer: Customer, fields: Sequence[str], revealed: bool) -> list[tuple[str, str]]:
    show = plain if revealed else masked
    return [(label_of(customer, field), text) for field in fields if (text := show(customer, field))]


def may_see_values(pair: DuplicatePair, staff: Staff, today: date) -> bool:
    """A child's data asks for a right of its own, here as on the customer's page."""
    return all(may_reveal(record=one, staff=staff, today=today) for one in (pair.left, pair.right))


def look_at_both(pair: DuplicatePair, staff: Staff, at: datetime) -> None:
    """Opening what one has to decide is the declared purpose; written down once in ten minutes."""
    detail = _("probable duplicate %(number)s") % {"number": pair.pk}
    for pk in (pair.left_id, pair.right_id):
        record_opening(
            staff=staff, purpose=Purpose.VERIFICATION, record=("customer", pk), detail=detail, at=at
        )


def changes_of(merge: Merge, *, revealed: bool) -> list[dict[str, Any]]:
    """What the survivor's values become, as the corrections under the merge say."""
    kind = correctable("customer")
    rows = Correction.objects.filter(origin=origin_of(merge)).exclude(field="merged_into").order_by("id")
    found = []
    for row in rows:
        field = kind.fields[row.field]
        labels = {str(key): str(label) for key, label in field.choices}
        old, new = (
            labels.get(value) or (value if revealed or not field.mask else mask(field.mask, value))
            for value in (row.old_normal or row.old_raw, row.new_normal or row.new_raw)
        )
        found.append({"label": field.label, "old": old, "new": new})
    return found
