"""What a merge moves from one customer to another, and how it comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db.models import Exists, F, OuterRef, Q, QuerySet, UniqueConstraint

from audits.models import Merge, MovedRow
from customers.models import Customer


@dataclass(frozen=True)
class Place:
    """A foreign key to a customer that follows a merge."""

    model: str
    column: str = "customer"

    @property
    def name(self) -> str:
        return f"{self.model}.{self.column}"

    @property
    def rows(self) -> QuerySet[Any]:
        found: QuerySet[Any] = apps.get_model(self.model)._default_manager.order_by("pk")
        return found

    @property
    def versioned(self) -> bool:
        return any(field.name == "version" for field in apps.get_model(self.model)._meta.fields)


MOVED: tuple[Place, ...] = (
    Place("policies.PolicyParty"),
    Place("customers.ContactAttempt"),
    Place("customers.FailedContact"),
    Place("customers.DoNotDisturb"),
    Place("customers.CustomerImage"),
    Place("customers.Relationship"),
    Place("customers.Relationship", "relative"),
    Place("customers.Customer", "merged_into"),
)
# What stays with the record it was made for, each for its reason.
LEFT: Mapping[str, str] = {
    "customers.ServingUnit.customer": "derived anew for both",
    "customers.Coverage.customer": "derived anew for both",
    "customers.CustomerGrant.customer": "a right to look at one record is no right to look at another",
    "customers.DuplicatePair.left": "says which records looked alike",
    "customers.DuplicatePair.right": "the same",
    "audits.Finding.customer": "closed as merged; the survivor is judged anew",
    "audits.ChangeRequest.customer": "decided or withdrawn before; it says what was asked for of one record",
    "audits.Rectification.customer": "settled; those of the survivor go on",
    "audits.SampleItem.customer": "the sample stays as it was drawn and reviewed",
    "audits.Merge.survivor": "the record of the merge itself",
    "audits.Merge.loser": "the same",
}
NO_BUSINESS = frozenset({"id", "version", "extracted_at", "batch", "recorded_at", "merged_into"})


def movable(place: Place, loser: Customer, survivor: Customer) -> QuerySet[Any]:
    """Rows of the one merged away, but for those that the survivor has already or would be about itself."""
    rows = place.rows.filter(**{place.column: loser})
    own = place.rows.order_by()
    for constraint in rows.model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and place.column in constraint.fields:
            others = [name for name in constraint.fields if name != place.column]
            same = {name: OuterRef(name) for name in others}
            held = constraint.condition or Q()
            rows = rows.filter(~(held & Exists(own.filter(held, **{place.column: survivor}, **same))))
    for other in MOVED:
        if other.model == place.model and other.column != place.column:
            rows = rows.exclude(**{other.column: survivor})
    return rows


def move_all(*, merge: Merge, loser: Customer, survivor: Customer) -> None:
    """Re-points the rows, and keeps which they were and which row version they have since."""
    for place in MOVED:
        ids = list(movable(place, loser, survivor).values_list("pk", flat=True))
        _point(place, ids, survivor.pk)
        versions = _versions(place, ids)
        MovedRow.objects.bulk_create(
            MovedRow(merge=merge, model=place.name, row_id=pk, version=versions.get(pk)) for pk in ids
        )


def move_back(*, merge: Merge) -> None:
    for place, ids in moved_by(merge):
        _point(place, ids, merge.loser_id)


def moved_by(merge: Merge) -> Iterable[tuple[Place, list[int]]]:
    rows = list(merge.moved.values_list("model", "row_id"))
    for place in MOVED:
        ids = [pk for name, pk in rows if name == place.name]
        if ids:
            yield place, ids


def _point(place: Place, ids: list[int], customer_id: int) -> None:
    if ids:
        change: dict[str, Any] = {f"{place.column}_id": customer_id}
        if place.versioned:
            change["version"] = F("version") + 1
        place.rows.filter(pk__in=ids).update(**change)


def _versions(place: Place, ids: list[int]) -> dict[int, int]:
    if not place.versioned:
        return {}
    return dict(place.rows.filter(pk__in=ids).values_list("pk", "version"))


def moved_since(merge: Merge) -> list[Any]:
    """Rows that were changed, or went elsewhere, after they were moved."""
    changed = []
    for place, ids in moved_by(merge):
        versions = dict(merge.moved.filter(model=place.name).values_list("row_id", "version"))
        for row in place.rows.filter(pk__in=ids):
            elsewhere = getattr(row, f"{place.column}_id") != merge.survivor_id
            if elsewhere or (place.versioned and row.version != versions[row.pk]):
                changed.append(row)
        if place.rows.filter(pk__in=ids).count() != len(ids):
            changed.append(merge)
    return changed


def business_columns(customer: Customer) -> dict[str, Any]:
    """Everything that a person or a file says of the customer, with its facts, as JSON."""
    fields = [field for field in Customer._meta.concrete_fields if field.name not in NO_BUSINESS]
    return {field.attname: _plain(getattr(customer, field.attname)) for field in fields}


def restore_columns(customer: Customer, kept: Mapping[str, Any]) -> None:
    fields = {field.attname: field for field in Customer._meta.concrete_fields}
    for name, value in kept.items():
        setattr(customer, name, fields[name].to_python(value))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def policies_of(customer_ids: Iterable[int]) -> list[int]:
    parties = apps.get_model("policies.PolicyParty")._default_manager
    rows = parties.filter(Q(customer_id__in=list(customer_ids))).order_by()
    return sorted(rows.values_list("policy_id", flat=True).distinct())
