"""People who are one, or only look so."""

from __future__ import annotations

from datetime import date
from typing import Any

from customers.models import Customer, DuplicatePair
from customers.operations.duplicates import find_duplicates
from tests import factories as make
from tests.factories import AT

BORN = date(1985, 6, 15)


def one(**written: Any) -> Customer:
    """Somebody with a contact of his own."""
    return make.make_customer(**written)


def again(first: Customer, **written: Any) -> Customer:
    """A second record of the same person, with another mobile and address unless told."""
    same = {
        "name": first.name,
        "sex": first.sex,
        "birth_date": first.birth_date.isoformat() if first.birth_date else "",
        "id_type": first.id_type,
        "id_no": first.id_no,
    }
    return make.make_customer(home_branch=first.home_branch, **{**same, **written})


def found() -> dict[frozenset[int], DuplicatePair]:
    """The pairs that a search of the book leaves open."""
    find_duplicates(actor=None, at=AT)
    rows = DuplicatePair.objects.filter(state="open")
    return {frozenset({row.left_id, row.right_id}): row for row in rows}


def pair_of(*customers: Customer) -> DuplicatePair | None:
    return found().get(frozenset(one.pk for one in customers))
