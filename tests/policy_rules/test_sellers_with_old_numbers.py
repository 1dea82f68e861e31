"""A seller registered with 15 digits is the same person as a customer with 18."""

from __future__ import annotations

import pytest
from django.utils import timezone

from agents.models import Branch, SalesAgent
from tests.factories import resident_id
from tests.intake.files import written
from tests.rules.book import amend, clean_book, places_found
from workplace.operations.refreshing import refresh_derived
from workplace.refreshing import derivations

pytestmark = pytest.mark.django_db


def short(number: str) -> str:
    return number[:6] + number[8:17]


def seller_written(branch: Branch, id_no: str) -> SalesAgent:
    row = {
        "number": "S0000009",
        "name": "李销售",
        "branch": branch.number,
        "id_no": id_no,
        "standing": "active",
    }
    assert not written(row, kind="agents").rejected
    return SalesAgent.objects.get(staff_no="S0000009")


def test_the_number_is_kept_as_written_and_compared_as_eighteen(here: Branch) -> None:
    number = resident_id()
    seller = seller_written(here, short(number))
    assert (seller.id_no, seller.id_norm) == (short(number), number)


def test_the_seller_who_is_the_holder_is_found_once_facts_are_refreshed() -> None:
    book = clean_book()
    number = book.holder.id_no
    amend(book.seller, id_no=short(number), id_norm=short(number))
    assert "ID-014" not in {code for code, _field in places_found(customer_ids=[book.holder.pk])}

    derivation = next(one for one in derivations() if one.name == "sellers")
    told = refresh_derived(derivation=derivation, actor=None, at=timezone.now(), processes=0)

    assert told.stored == 1
    assert "ID-014" in {code for code, _field in places_found(customer_ids=[book.holder.pk])}
