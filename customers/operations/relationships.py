"""Relations that customers declare, so that what a family shares is no sign of anything."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer, Relationship
from workplace.intake.write import writing
from workplace.models import Staff, UploadedFile


class RelationRefused(Exception):
    """The relation cannot be declared; its text says why."""


def declare_relation(
    *,
    customer: Customer,
    relative: Customer,
    relation: str,
    source: str,
    note: str = "",
    evidence: UploadedFile | None = None,
    actor: Staff,
    at: datetime,
) -> Relationship:
    """`relative` is the customer's `relation`; a second declaration of the two replaces the first."""
    if customer.pk == relative.pk:
        raise RelationRefused(_("Nobody is related to oneself; name another customer."))
    with writing(actor=actor, cause="declare_relation"):
        known = Relationship.objects.select_for_update().filter(customer=customer, relative=relative).first()
        declared = known or Relationship(customer=customer, relative=relative)
        declared.relation, declared.source, declared.note = relation, source, note.strip()[:200]
        declared.evidence = evidence or declared.evidence
        declared.recorded_by, declared.recorded_at = actor, at
        declared.save()
    return declared


def withdraw_relation(*, relationship: Relationship, actor: Staff) -> None:
    """The declaration goes; its past stays in the history."""
    with writing(actor=actor, cause="withdraw_relation"), transaction.atomic():
        relationship.delete()
