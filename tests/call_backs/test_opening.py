"""One call-back for each new policy over one year, opened once, ended with it; none for old business."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from audits.intake import call_backs_after_import, call_backs_after_load
from audits.models import CallBack
from audits.operations.call_backs import keep_call_backs
from audits.tasks import keep_call_backs as by_night
from policies.choices import PolicyStatus
from policies.models import Policy
from tests.call_backs.scenes import DAY, called, sold, waiting
from tests.factories import AT, TODAY, make_batch, make_product
from workplace.models import ImportBatch

pytestmark = pytest.mark.django_db


def states():
    return list(CallBack.objects.order_by("pk").values_list("state", "outcome"))


def test_the_period_is_counted_in_calendar_days_of_the_product(here):
    products = make_product(), make_product(cooling_off_days=20)
    ends = [waiting(here, days_ago=3, product=one).ends_on for one in products]
    assert ends == [TODAY + 12 * DAY, TODAY + 17 * DAY]


def test_it_is_opened_once_however_often_it_is_looked_for(here):
    sold(here)
    assert [keep_call_backs(at=AT), keep_call_backs(at=AT), keep_call_backs(at=AT + DAY)] == [1, 0, 0]
    assert states() == [("due", "")]


def test_the_database_refuses_a_second_one(here):
    found = waiting(here)
    with pytest.raises(IntegrityError), transaction.atomic():
        CallBack.objects.create(policy=found.policy, ends_on=TODAY, opened_at=AT)


@pytest.mark.parametrize(
    "values", [{"state": "done"}, {"outcome": "confirmed"}, {"state": "due", "done_at": AT}]
)
def test_the_database_knows_no_end_without_its_outcome(here, values):
    found = waiting(here)
    with pytest.raises(IntegrityError), transaction.atomic():
        CallBack.objects.filter(pk=found.pk).update(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"in_scope": False},
        {"status": PolicyStatus.PENDING},
        {"status": PolicyStatus.SURRENDERED},
        {"issued_on": None, "effective_on": None},
        {"issued_on": TODAY + timedelta(days=2)},
        {"issued_on": TODAY - timedelta(days=31)},
    ],
)
def test_what_is_out_of_scope_not_issued_or_long_over_is_not_called_back(here, values):
    sold(here, **values)
    assert keep_call_backs(at=AT) == 0
    assert states() == []


def test_a_policy_whose_file_comes_late_is_overdue_at_once(here):
    found = waiting(here, days_ago=20)
    assert (found.ends_on, found.state) == (TODAY - 5 * DAY, "visit")


def test_it_ends_with_its_policy_and_comes_back_with_it(here):
    found = waiting(here)
    Policy.objects.update(status=PolicyStatus.SURRENDERED)
    assert keep_call_backs(at=AT + DAY) == 0
    assert states() == [("done", "ended")]
    Policy.objects.update(status=PolicyStatus.IN_FORCE)
    assert keep_call_backs(at=AT + 2 * DAY) == 1
    assert states() == [("due", "")]
    assert CallBack.objects.get().pk == found.pk


def test_a_corrected_day_of_issue_moves_the_end(here):
    found = waiting(here)
    Policy.objects.update(issued_on=TODAY)
    keep_call_backs(at=AT)
    found.refresh_from_db()
    assert found.ends_on == TODAY + 15 * DAY
    assert found.past.get().ends_on == TODAY + 12 * DAY


def test_what_was_called_back_stays_as_it_was(here, clerk):
    found = called(waiting(here), clerk, "confirmed")
    Policy.objects.update(issued_on=TODAY, status=PolicyStatus.SURRENDERED)
    assert keep_call_backs(at=AT + DAY) == 0
    again = CallBack.objects.get()
    assert (again.outcome, again.ends_on) == ("confirmed", found.ends_on)


def test_an_import_of_policies_opens_them_and_no_other_import_does(here, clerk):
    sold(here)
    call_backs_after_import(make_batch(owner=clerk.staff, kind="customers"), AT)
    call_backs_after_load("customers", None, AT, "k")
    assert states() == []
    call_backs_after_import(ImportBatch(kind="policies"), AT)
    assert states() == [("due", "")]
    sold(here)
    call_backs_after_load("policies", None, AT, "k")
    assert len(states()) == 2


def test_the_nightly_task_opens_what_is_new_by_the_clock(here):
    sold(here, issued_on=None, effective_on=None)
    by_night()
    assert states() == []
