"""Who typed a value stays its author, whoever hands it in; holds remember every value before."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from audits.choices import RectificationState as State
from audits.models import Rectification
from audits.operations.corrections import (
    accept_rectification,
    return_rectification,
    save_draft,
    submit_rectification,
)
from audits.operations.rectifications import assign_rectification, reopen_rectification
from audits.operations.sweep import resweep_subjects
from audits.transitions import StepRefused
from customers.models import Customer
from tests.absence.test_who_stands_in import away
from tests.factories import AT, TODAY, make_evidence, make_staff, resident_id, willed
from tests.intake.files import LATER, confirmed, customer_row, table, uploaded, written, xlsx
from tests.personas import log_in
from tests.rectification.scenes import given, good_mobile, in_review, opened
from workplace.choices import HoldState, Role
from workplace.models import Conflict, Correction, Hold
from workplace.operations.corrections import (
    CorrectionRefused,
    Proposal,
    accept_corrections,
    propose,
    submit_corrections,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def typed(rectification, value, actor):
    return save_draft(
        rectification=rectification,
        proposals=[Proposal("customer", rectification.customer_id, "mobile", value, "document")],
        will=willed(),
        actor=actor,
        at=AT,
    )


@pytest.fixture
def second(here):
    return log_in(make_staff(Role.MANAGER, branch=here, name="何主管"))


@pytest.mark.parametrize("typed_again", [False, True])
def test_a_value_that_somebody_else_hands_in_is_not_accepted_by_its_author(
    typed_again, here, clerk, manager, second
):
    """The manager takes it, types the value, and gives it to the clerk, who only submits."""
    row = opened(here)
    value = good_mobile()
    row = assign_rectification(rectification=row, owner=manager.fresh(), actor=second.fresh(), at=AT)
    typed(row, value, manager.fresh())
    row.refresh_from_db()
    row = assign_rectification(rectification=row, owner=clerk.fresh(), actor=second.fresh(), at=AT)
    again = [Proposal("customer", row.customer_id, "mobile", value, "document")] if typed_again else []
    row = submit_rectification(rectification=row, corrections=again, actor=clerk.fresh(), at=AT)

    with pytest.raises(StepRefused):
        accept_rectification(rectification=row, actor=manager.fresh(), at=AT)

    row = Rectification.objects.get(pk=row.pk)
    assert row.state == State.IN_REVIEW
    accept_rectification(rectification=row, actor=second.fresh(), at=AT)
    assert Rectification.objects.get(pk=row.pk).state == State.CLOSED


def test_a_returned_value_stays_its_authors_when_another_owner_hands_it_in(here, clerk, manager, second):
    row = given(here, manager, second)
    typed(row, good_mobile(), manager.fresh())
    row.refresh_from_db()
    row = submit_rectification(rectification=row, actor=manager.fresh(), at=AT)
    row = return_rectification(rectification=row, actor=second.fresh(), at=AT, reason="证据不清")
    row = assign_rectification(rectification=row, owner=clerk.fresh(), actor=second.fresh(), at=AT)
    row = submit_rectification(rectification=row, actor=clerk.fresh(), at=AT)

    with pytest.raises(StepRefused):
        accept_rectification(rectification=row, actor=manager.fresh(), at=AT)


def test_a_draft_that_comes_after_the_submission_is_not_kept(here, clerk, manager):
    """The page of before still believes that the work is going on; its draft would block the field."""
    row = given(here, clerk, manager)
    typed(row, good_mobile(), clerk.fresh())
    page = Rectification.objects.get(pk=row.pk)
    submit_rectification(rectification=row, actor=clerk.fresh(), at=AT)
    late = Proposal("customer", row.customer_id, "name", "段思达")

    with pytest.raises(StepRefused):
        save_draft(rectification=page, proposals=[late], actor=clerk.fresh(), at=AT)

    assert not Correction.objects.filter(field="name").exists()


@pytest.mark.parametrize("who", ["owner", "substitute", "manager"])
def test_a_file_of_its_owner_closes_nothing_without_a_second_person(who, here, clerk, manager, second):
    row = given(here, clerk, manager)
    of = row.customer
    same = {code: str(getattr(of, code)) for code in ("number", "name", "id_no", "birth_date", "id_valid_to")}
    mended = customer_row(here, **same, id_valid_from=str(of.id_valid_from), mobile=good_mobile())
    colleague = log_in(make_staff(Role.CLERK, branch=here))
    away(clerk, colleague, since=TODAY)
    actor = {"owner": clerk, "substitute": colleague, "manager": manager}[who].fresh()
    confirmed(uploaded(xlsx(table([mended])), actor=actor, extracted_at=LATER))
    resweep_subjects(customer_ids=[row.customer_id], at=AT + DAY, actor=None)
    row.refresh_from_db()
    assert row.findings.filter(state="open").exists() is False
    assert (row.state == State.CLOSED) is (who == "manager")
    if who != "manager":
        submit_rectification(rectification=row, note="新文件", actor=clerk.fresh(), at=AT + DAY)
        accept_rectification(rectification=row, actor=second.fresh(), at=AT + DAY)
        assert (row.state, row.closed_by) == (State.CLOSED, second.staff)


def test_evidence_of_an_earlier_closure_proves_no_later_number(here, clerk, manager):
    row = in_review(here, clerk=clerk, manager=manager)
    make_evidence(rectification=row, owner=clerk.staff)
    accept_rectification(rectification=row, actor=manager.fresh(), at=AT)
    later = AT + 30 * DAY
    row = reopen_rectification(
        rectification=Rectification.objects.get(pk=row.pk), actor=manager.fresh(), at=later, reason="证件换了"
    )
    row = assign_rectification(rectification=row, owner=clerk.fresh(), actor=manager.fresh(), at=later)
    number = Proposal("customer", row.customer_id, "id_no", resident_id(), "document")

    with pytest.raises(CorrectionRefused) as refused:
        submit_rectification(
            rectification=row, corrections=[number], will=willed(), actor=clerk.fresh(), at=later
        )
    assert refused.value.field == "id_no"


@dataclass
class Corrected:
    row: dict[str, str]
    customer: Customer

    def comes(self, mobile, after):
        row = {**self.row, "mobile": mobile}
        return written(row, extracted_at=AT + after, at=AT + after)


FIRST, SECOND, LAST, OTHER = "13920461857", "13666180293", "13520771946", "13777203918"


@pytest.fixture
def corrected_twice(here, clerk, manager) -> Corrected:
    """First → second on the first day, second → last on the fifth."""
    row = customer_row(here, mobile=FIRST)
    written(row)
    customer = Customer.objects.get(number=row["number"])
    for value, day in ((SECOND, 1), (LAST, 5)):
        one = Proposal("customer", customer.pk, "mobile", value)
        origin = f"rectification:{day}"
        propose(proposals=[one], origin=origin, actor=clerk.staff, at=AT + day * DAY)
        submit_corrections(origin=origin, actor=clerk.staff, at=AT + day * DAY)
        accept_corrections(origin=origin, actor=manager.staff, at=AT + day * DAY)
    return Corrected(row, customer)


@pytest.mark.parametrize("value", [FIRST, SECOND])
@pytest.mark.parametrize("day", [3, 6])
def test_no_value_from_before_the_last_correction_is_a_third_one(value, day, corrected_twice):
    """The core may have taken the first correction before the second reached it."""
    result = corrected_twice.comes(value, day * DAY)

    assert (result.changed, result.held, result.conflicts) == (0, 1, 0)
    assert Customer.objects.get().mobile == LAST
    assert not Conflict.objects.exists()


def test_a_third_value_still_waits_for_a_person(corrected_twice):
    assert corrected_twice.comes(OTHER, 6 * DAY).conflicts == 1


def test_the_last_value_coming_back_ends_the_account(corrected_twice, clerk, manager):
    corrected_twice.comes(LAST, 6 * DAY)
    assert set(Hold.objects.values_list("state", flat=True)) == {HoldState.REPLACED, HoldState.RELEASED}
    one = Proposal("customer", corrected_twice.customer.pk, "mobile", OTHER)
    propose(proposals=[one], origin="rectification:7", actor=clerk.staff, at=AT + 7 * DAY)
    submit_corrections(origin="rectification:7", actor=clerk.staff, at=AT + 7 * DAY)
    accept_corrections(origin="rectification:7", actor=manager.staff, at=AT + 7 * DAY)

    assert corrected_twice.comes(LAST, 8 * DAY).held == 1
    assert corrected_twice.comes(SECOND, 9 * DAY).conflicts == 1
