"""Files of messages, calls, letters and debits: what did not arrive becomes a finding."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest

from audits.evaluation import evaluate
from authenticity.choices import Stage
from customers.models import ContactAttempt, Customer, FailedContact
from policies.models import Policy
from tests.factories import AT, TODAY, make_branch, make_customer, make_policy, make_staff
from workplace.choices import Role
from workplace.intake.kinds import WriteResult
from workplace.intake.write import write_rows

pytestmark = pytest.mark.django_db
ACCOUNT = "6222021234567894"


@pytest.fixture
def holder() -> Customer:
    customer = make_customer(mobile="13920461857", landline="010-65128473", email="duan@example.cn")
    make_policy(holder=customer, account_no=ACCOUNT, account_no_raw=ACCOUNT)
    return customer


def attempt(customer: Customer, when: str, outcome: str = "失败", **more: str) -> dict[str, str]:
    return {
        "customer": customer.number, "channel": "短信", "number": "", "tried_at": when,
        "outcome": outcome, "reason": "空号", **more,
    }  # fmt: skip


def bring(*rows: dict[str, str], actor: Any = None) -> WriteResult:
    return write_rows(kind="deliveries", rows=rows, actor=actor, at=AT, extracted_at=AT)


def found(customer: Customer) -> set[tuple[str, str]]:
    policies = list(Policy.objects.filter(parties__customer=customer).values_list("pk", flat=True))
    hits = evaluate(
        stage=Stage.BOOK,
        customer_ids=[customer.pk],
        policy_ids=policies,
        codes=["PH-026", "BK-005"],
        today=TODAY,
    )
    return {(hit.rule.code, hit.field) for hit in hits}


def test_two_failures_in_a_row_are_a_finding(holder: Customer):
    bring(attempt(holder, "2026-11-01 10:30"))
    assert found(holder) == set()
    bring(attempt(holder, "2026-11-02 10:30"))
    assert found(holder) == {("PH-026", "mobile")}


def test_a_message_that_arrives_begins_anew(holder: Customer):
    bring(attempt(holder, "2026-11-01"), attempt(holder, "2026-11-02"), attempt(holder, "2026-11-03", "送达"))
    assert found(holder) == set()
    assert not FailedContact.objects.exists()


def test_the_order_of_the_rows_does_not_matter(holder: Customer):
    bring(attempt(holder, "2026-11-03"), attempt(holder, "2026-11-04"), attempt(holder, "2026-11-01", "送达"))
    assert found(holder) == {("PH-026", "mobile")}


def test_a_message_and_a_call_to_one_number_count_together(holder: Customer):
    number = "139-2046-1857"
    bring(attempt(holder, "2026-11-01", number=number), attempt(holder, "2026-11-02", channel="call"))
    assert found(holder) == {("PH-026", "mobile")}


def test_a_corrected_number_is_not_blamed_for_the_old_one(holder: Customer):
    old = "13920461899"
    bring(attempt(holder, "2026-11-01", number=old), attempt(holder, "2026-11-02", number=old))
    assert found(holder) == set()


@pytest.mark.parametrize(
    "channel, number, field",
    [
        ("电话", "010-65128473", "landline"),
        ("电子邮件", "", "email"),
        ("信函", "", "address"),
    ],
)
def test_every_way_has_its_field(holder: Customer, channel: str, number: str, field: str):
    bring(*(attempt(holder, day, channel=channel, number=number) for day in ("2026-11-01", "2026-11-02")))
    assert found(holder) == {("PH-026", field)}


def test_failed_debits_are_found_on_the_policy(holder: Customer):
    spaced = "6222 0212 3456 7894"
    bring(*(attempt(holder, day, channel="扣款", number=spaced) for day in ("2026-11-01", "2026-11-02")))
    assert found(holder) == {("BK-005", "account_no")}


def test_the_same_file_twice_adds_nothing(holder: Customer):
    rows = [attempt(holder, "2026-11-01 10:30"), attempt(holder, "2026-11-02 10:30")]
    assert bring(*rows).new == 2
    again = bring(*rows)
    assert (again.new, again.unchanged, len(again.rejected)) == (0, 2, 0)
    assert ContactAttempt.objects.count() == 2


def test_what_has_no_shape_is_told_with_its_column(holder: Customer):
    ahead = (AT + timedelta(days=2)).date().isoformat()
    result = bring(
        attempt(holder, "bald"),
        attempt(holder, "2026-11-31 10:00"),
        attempt(holder, ahead),
        attempt(holder, "2026-11-01", channel="扣款"),
        attempt(holder, "2026-11-01", "vielleicht"),
        {**attempt(holder, "2026-11-01"), "customer": "C-NOBODY"},
    )
    told = [[(error["column"], error["code"]) for error in row.errors] for row in result.rejected]
    assert told == [
        [("tried_at", "date_format")],
        [("tried_at", "date_impossible")],
        [("tried_at", "ahead")],
        [("number", "required")],
        [("outcome", "not_allowed")],
        [("customer", "unknown_or_out_of_reach")],
    ]


def test_nobody_writes_outside_the_own_scope(holder: Customer):
    clerk = make_staff(Role.CLERK, branch=make_branch())
    result = bring(attempt(holder, "2026-11-01"), actor=clerk)
    assert [row.errors[0]["code"] for row in result.rejected] == ["unknown_or_out_of_reach"]


def test_no_number_stands_in_keys_or_logs(holder: Customer, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG):
        result = bring(attempt(holder, "2026-11-01", number=holder.mobile))
    assert holder.mobile not in result.rows[0].key
    assert holder.mobile not in caplog.text
