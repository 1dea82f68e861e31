"""Corrections, contradicting files and people's checks each leave their line, masked and for good."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from agents.models import Branch
from customers.models import Customer
from tests.factories import AT, make_file
from tests.intake.files import customer_row, written
from tests.personas import Persona
from workplace.choices import LedgerEvent
from workplace.ledger import fingerprint
from workplace.models import Conflict, LedgerEntry
from workplace.operations.conflicts import keep_correction, take_file_value
from workplace.operations.corrections import Proposal, accept_corrections, propose, submit_corrections
from workplace.operations.ledger import record_entry

pytestmark = pytest.mark.django_db
CORRECTED_AT = AT + timedelta(days=1)
TOMORROW = CORRECTED_AT + timedelta(days=1)
OLD, NEW, THIRD = "13920461857", "13666180293", "13520771946"


@pytest.fixture
def corrected(here: Branch, clerk: Persona, manager: Persona) -> Customer:
    written(customer_row(here, mobile=OLD))
    customer = Customer.objects.get()
    one = Proposal("customer", customer.pk, "mobile", NEW, source_channel="phone")
    propose(proposals=[one], origin="rectification:1", actor=clerk.staff, at=CORRECTED_AT)
    submit_corrections(origin="rectification:1", actor=clerk.staff, at=CORRECTED_AT)
    accept_corrections(
        origin="rectification:1",
        actor=manager.staff,
        at=CORRECTED_AT,
        evidence=make_file(owner=clerk.staff),
    )
    return customer


def comes(here: Branch, customer: Customer, mobile: str, at: datetime) -> None:
    written(customer_row(here, number=customer.number, mobile=mobile), extracted_at=at, at=at)


def lines() -> list[tuple[str, str, str]]:
    rows = LedgerEntry.objects.order_by("id").select_related("by")
    return [(row.event, row.field, row.by.name if row.by else "") for row in rows]


def test_what_a_file_brings_leaves_no_line(here: Branch):
    written(customer_row(here))
    assert lines() == []


def test_an_accepted_correction_is_changed_by_one_and_verified_by_another(corrected: Customer):
    assert lines() == [("changed", "mobile", "段作业"), ("verified", "mobile", "张主管")]
    entry = LedgerEntry.objects.order_by("id").last()
    assert entry.value_hash == fingerprint("mobile", NEW)
    assert entry.value_masked == "136****0293"
    assert (entry.source_channel, entry.reference) == ("phone", "rectification:1")
    assert entry.evidence is not None


def test_no_value_stands_there_unmasked(corrected: Customer):
    for entry in LedgerEntry.objects.all():
        assert NEW not in str(vars(entry))


def test_a_newer_file_with_a_third_value_contradicts_once(here: Branch, corrected: Customer):
    comes(here, corrected, THIRD, TOMORROW)
    comes(here, corrected, THIRD, TOMORROW + timedelta(days=1))

    entry = LedgerEntry.objects.get(event=LedgerEvent.CONTRADICTED)
    assert entry.value_hash == fingerprint("mobile", THIRD)
    assert entry.contradicts is not None
    assert entry.contradicts.value_hash == fingerprint("mobile", NEW)


def test_a_file_with_the_old_value_contradicts_nothing(here: Branch, corrected: Customer):
    comes(here, corrected, OLD, TOMORROW)
    assert not LedgerEntry.objects.filter(event=LedgerEvent.CONTRADICTED).exists()


@pytest.mark.parametrize(
    "decide, event, value",
    [(keep_correction, LedgerEvent.VERIFIED, NEW), (take_file_value, LedgerEvent.CHANGED, THIRD)],
)
def test_who_decides_a_conflict_vouches_for_the_value(
    decide, event, value, here: Branch, corrected: Customer, manager: Persona
):
    comes(here, corrected, THIRD, TOMORROW)
    conflict = Conflict.objects.get()

    decide(conflict=conflict, actor=manager.staff, at=TOMORROW, reason="客户确认")

    entry = LedgerEntry.objects.latest("id")
    assert (entry.event, entry.by) == (event, manager.staff)
    assert entry.value_hash == fingerprint("mobile", value)
    assert "客户" not in entry.reference


def test_a_line_can_be_neither_changed_nor_taken_out(manager: Persona):
    entry = record_entry(
        kind="customer",
        record_id=1,
        field="mobile",
        event=LedgerEvent.VERIFIED,
        normal=NEW,
        actor=manager.staff,
        at=AT,
    )
    for act in (
        lambda: LedgerEntry.objects.filter(pk=entry.pk).update(value_masked="x"),
        lambda: LedgerEntry.objects.filter(pk=entry.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_the_lines_of_an_unknown_kind_are_masked_altogether():
    entry = record_entry(
        kind="nobody's",
        record_id=1,
        field="mobile",
        event=LedgerEvent.VERIFIED,
        normal=NEW,
        actor=None,
        at=AT,
    )
    assert set(entry.value_masked) == {"*"}
