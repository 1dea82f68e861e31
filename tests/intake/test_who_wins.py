"""A corrected field is held against files until the core returns it; a third value waits for a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from agents.models import Branch
from customers.models import Customer
from tests.factories import AT
from tests.intake.files import customer_row, written
from tests.personas import Persona
from workplace.choices import ConflictState, HoldState
from workplace.models import Conflict, Correction, Hold, OutboxEntry
from workplace.operations.corrections import (
    Proposal,
    accept_corrections,
    propose,
    return_corrections,
    submit_corrections,
)

CORRECTED_AT = AT + timedelta(days=1)
YESTERDAY, TOMORROW = CORRECTED_AT - timedelta(hours=12), CORRECTED_AT + timedelta(hours=12)
OLD, NEW, THIRD = "13920461857", "13666180293", "13520771946"
ORIGIN = "rectification:1"


@dataclass
class Book:
    row: dict[str, str]

    def comes(self, mobile: str, extracted_at: datetime, **values: str):
        """A file of that age brings the customer with that mobile."""
        row = {**self.row, "mobile": mobile, **values}
        return written(row, extracted_at=extracted_at, at=extracted_at + timedelta(hours=1))

    @property
    def mobile(self) -> str:
        return Customer.objects.get(number=self.row["number"]).mobile


@pytest.fixture
def book(here: Branch) -> Book:
    row = customer_row(here, mobile=OLD)
    written(row)
    return Book(row)


def submit(clerk: Persona) -> None:
    customer = Customer.objects.get()
    one = Proposal(record_kind="customer", record_id=customer.pk, field="mobile", raw=NEW)
    propose(proposals=[one], origin=ORIGIN, actor=clerk.staff, at=CORRECTED_AT)
    submit_corrections(origin=ORIGIN, actor=clerk.staff, at=CORRECTED_AT)


@pytest.fixture
def corrected(book: Book, clerk: Persona, manager: Persona) -> Book:
    submit(clerk)
    accept_corrections(origin=ORIGIN, actor=manager.staff, at=CORRECTED_AT)
    assert book.mobile == NEW
    return book


def test_a_correction_that_waits_or_is_returned_changes_no_record_and_no_outbox(
    book: Book, clerk: Persona, manager: Persona
):
    submit(clerk)
    waiting = (book.mobile, OutboxEntry.objects.count(), Hold.objects.count())
    assert waiting == (OLD, 0, 0)

    return_corrections(origin=ORIGIN, actor=manager.staff, at=CORRECTED_AT)

    assert Correction.objects.filter(state="returned", new_normal=NEW).count() == 1
    assert (book.mobile, OutboxEntry.objects.count(), Hold.objects.count()) == waiting


@pytest.mark.parametrize("extracted_at", [YESTERDAY, TOMORROW])
def test_neither_an_older_nor_a_newer_file_with_the_old_value_undoes_the_correction(
    corrected: Book, extracted_at: datetime
):
    result = corrected.comes(OLD, extracted_at)

    assert (result.changed, result.held, result.conflicts) == (0, 1, 0)
    assert corrected.mobile == NEW
    assert not Conflict.objects.exists()


def test_other_fields_of_a_held_record_are_written(corrected: Book):
    result = corrected.comes(OLD, TOMORROW, name="段思达")

    assert result.rows[0].changes == ["name"]
    found = Customer.objects.get()
    assert (found.name, found.mobile) == ("段思达", NEW)


def test_the_returned_value_releases_the_hold(corrected: Book):
    result = corrected.comes(NEW, TOMORROW)

    assert [note["code"] for note in result.rows[0].notes] == ["returned"]
    hold = Hold.objects.get()
    assert (hold.state, hold.ended_at) == (HoldState.RELEASED, TOMORROW + timedelta(hours=1))

    corrected.comes(THIRD, TOMORROW + timedelta(days=1))
    assert corrected.mobile == THIRD


def test_after_the_return_a_file_from_before_it_still_undoes_nothing(corrected: Book):
    corrected.comes(NEW, TOMORROW)

    corrected.comes(OLD, TOMORROW - timedelta(hours=1))

    assert corrected.mobile == NEW


def test_a_third_value_from_a_file_that_is_not_newer_is_passed_over(corrected: Book):
    result = corrected.comes(THIRD, YESTERDAY)

    assert (result.changed, result.held, result.conflicts) == (0, 1, 0)
    assert corrected.mobile == NEW


def test_a_third_value_from_a_newer_file_becomes_one_conflict(corrected: Book):
    corrected.comes(THIRD, TOMORROW)
    corrected.comes(THIRD, TOMORROW)

    conflict = Conflict.objects.get()
    assert (conflict.state, conflict.field, conflict.file_normal) == (ConflictState.OPEN, "mobile", THIRD)
    assert corrected.mobile == NEW


def test_a_later_third_value_takes_the_place_of_the_first(corrected: Book):
    corrected.comes(THIRD, TOMORROW)
    corrected.comes("13777203918", TOMORROW + timedelta(days=1))

    states = dict(Conflict.objects.values_list("file_normal", "state"))
    assert states == {THIRD: ConflictState.SUPERSEDED, "13777203918": ConflictState.OPEN}


def decide(person: Persona, decision: str, reason: str = "已与客户核对"):
    pk = Conflict.objects.get().pk
    return person.client.post(f"/conflicts/{pk}/", {"decision": decision, "reason": reason})


def test_keeping_the_correction_ends_the_conflict_for_good(corrected: Book, compliance: Persona):
    corrected.comes(THIRD, TOMORROW)

    decide(compliance, "keep")

    conflict = Conflict.objects.get()
    assert (conflict.state, conflict.decided_by, conflict.reason) == (
        ConflictState.KEPT,
        compliance.staff,
        "已与客户核对",
    )
    result = corrected.comes(THIRD, TOMORROW + timedelta(days=1))
    assert (result.conflicts, corrected.mobile) == (0, NEW)
    assert Hold.objects.get().state == HoldState.HOLDING


def test_taking_the_files_value_writes_it_and_ends_the_hold(corrected: Book, compliance: Persona):
    corrected.comes(THIRD, TOMORROW)
    version = Customer.objects.get().version

    decide(compliance, "take")

    found = Customer.objects.get()
    assert (found.mobile, found.version) == (THIRD, version + 1)
    assert (Hold.objects.get().state, Conflict.objects.get().state) == ("overruled", "taken")
    assert not OutboxEntry.objects.filter(acknowledged_at=None).exists()
    past = Customer.pgh_event_model.objects.order_by("-pgh_id").first()
    assert (past.mobile, past.pgh_context.metadata["why"]) == (NEW, "已与客户核对")


def test_a_decision_needs_a_reason_and_stands(corrected: Book, compliance: Persona):
    corrected.comes(THIRD, TOMORROW)

    decide(compliance, "take", reason=" ")
    assert Conflict.objects.get().state == ConflictState.OPEN

    decide(compliance, "keep")
    decide(compliance, "take")
    assert (Conflict.objects.get().state, corrected.mobile) == (ConflictState.KEPT, NEW)


def test_conflicts_are_seen_and_decided_only_where_one_works(
    corrected: Book, clerk: Persona, manager: Persona, clerk_elsewhere: Persona
):
    corrected.comes(THIRD, TOMORROW)
    number = corrected.row["number"]

    assert number in manager.client.get("/conflicts/").content.decode()
    assert number not in clerk_elsewhere.client.get("/conflicts/").content.decode()
    assert decide(clerk, "take").status_code == 403
    assert corrected.mobile == NEW


def test_conflict_values_are_masked(corrected: Book, manager: Persona):
    corrected.comes(THIRD, TOMORROW)

    page = manager.client.get("/conflicts/").content.decode()

    assert (THIRD in page, NEW in page) == (False, False)
    assert "135****1946" in page
