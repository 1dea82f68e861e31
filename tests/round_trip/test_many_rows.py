"""Five thousand rows with thirty-seven bad ones come back as exactly those thirty-seven."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models.base import ModelState
from django.test.utils import CaptureQueriesContext

from agents.models import Branch
from audits.choices import RectificationState as State
from audits.models import Finding, Rectification, TimelineEntry
from audits.operations.round_trip import CHUNK, apply_list
from customers.facts import derive
from customers.models import Customer
from policies.models import Policy, PolicyParty
from policies.operations.states import refresh_serving_units
from tests.factories import AT, kept_up, make_policy, make_seller, mobile, person, resident_id
from tests.personas import Persona
from tests.round_trip.scenes import LATER, Cells, brought_back, fill, read, run, taken_out, uploaded
from workplace.models import Correction, Staff, UploadedFile

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MANY, BAD, EACH_CHUNK = 5_000, 37, 45
SHORT = "1381234567"


def many_customers(branch: Branch, count: int) -> list[Customer]:
    """Nothing is wrong with them but a phone that is too short."""
    rows = []
    for number in range(count):
        born = date(1980 + number % 8, 1 + number % 12, 1 + number % 28)
        said = person(
            name=f"段{chr(0x4E00 + number)}安",
            born=born,
            id_no=resident_id(born=born, order=number % 499 * 2 + 1),
        )
        street = f"北京市东城区东华门街道锡拉胡同{number + 1}号院2号楼3单元401室"
        place = {"address": street, "postcode": "100006"}
        columns = derive({**place, "landline": "", "email": "", "mobile": SHORT, **said})
        rows.append(
            Customer(
                number=f"M{number:06d}",
                home_branch=branch,
                recorded_at=AT,
                extracted_at=AT,
                **columns,
                **kept_up(columns),
            )
        )
    found = Customer.objects.bulk_create(rows, batch_size=1_000)
    insure(found)
    return found


def insure(customers: Sequence[Customer]) -> None:
    """A policy each, like one that is made with all that belongs to it."""
    model = make_policy(holder=customers[0], seller=make_seller(branch=customers[0].home_branch))
    parties = list(PolicyParty.objects.filter(policy=model).order_by("pk"))
    others = customers[1:]
    policies = [_copy(model, number=f"P-{one.number}") for one in others]
    Policy.objects.bulk_create(policies, batch_size=1_000)
    PolicyParty.objects.bulk_create(
        [
            _copy(party, policy=policy, customer=one)
            for policy, one in zip(policies, others, strict=True)
            for party in parties
        ],
        batch_size=1_000,
    )
    refresh_serving_units(policy_ids=[one.pk for one in policies])


def _copy(row: Any, **values: Any) -> Any:
    found = copy(row)
    found.pk, found._state = None, ModelState()
    found._state.fields_cache = {}
    for name, value in values.items():
        setattr(found, name, value)
    return found


def many_given(branch: Branch, to: Staff, count: int) -> None:
    customers = many_customers(branch, count)
    rows = Rectification.objects.bulk_create(
        [
            Rectification(
                number=f"ZG-{one.number}",
                customer=one,
                branch=branch,
                due_on=date(2026, 12, 1),
                opened_at=AT,
            )
            for one in customers
        ],
        batch_size=1_000,
    )
    Finding.objects.bulk_create(
        [
            Finding(
                customer=row.customer,
                rectification=row,
                rule="PH-001",
                field="mobile",
                severity="error",
                kind="false",
                subject_key=row.customer.number if row.customer else "",
                answering_branch=branch,
                first_seen_at=AT,
                last_seen_at=AT,
                due_on=date(2026, 12, 1),
            )
            for row in rows
        ],
        batch_size=1_000,
    )
    Rectification.objects.filter(branch=branch).update(state=State.ASSIGNED, owner=to, assigned_at=AT)


def plain_mobile() -> str:
    """One in which no rule sees a run or a row of digits, however many are asked for."""
    while True:
        number = mobile()
        runs = (number[at : at + 4] for at in range(8))
        if not any(len(set(run)) == 1 or run in "0123456789" or run in "9876543210" for run in runs):
            return number


def spoilt(number: int, row: Cells) -> Cells:
    """Each seventh kind of what people do wrong."""
    kinds: list[dict[str, Any]] = [
        {"new_value": float(row["new_value"])},
        {"new_value": "138"},
        {"source": "", "will": ""},
        {"list": "QD-20260101-999999"},
        {"rectification": "ZG-M999999"},
        {"applicant": "邻居"},
        {"source": "phone"},
    ]
    return row | kinds[number % len(kinds)]


def test_exactly_the_bad_rows_come_back(here: Branch, clerk: Persona):
    many_given(here, clerk.staff, MANY)
    _exported, rows = taken_out(clerk)
    assert len(rows) == MANY
    filled = [fill(row, plain_mobile()) for row in rows]
    bad = {number * 131 + 5 for number in range(BAD)}
    filled = [spoilt(place, row) if place in bad else row for place, row in enumerate(filled)]
    trial = uploaded(clerk, filled)
    with CaptureQueriesContext(connection) as asked:
        done = run(apply_list(tried=trial, actor=clerk.fresh(), at=LATER))
    assert len(asked) <= EACH_CHUNK * MANY // CHUNK
    assert done.result["counts"] == trial.result["counts"]
    result = done.result
    assert result["counts"] == {"taken": MANY - BAD, "refused": BAD}
    errors = UploadedFile.objects.get(pk=result["errors"])
    with errors.content.open("rb") as opened:
        came = read(opened.read())
    assert [row["line"] for row in came] == [rows[place]["line"] for place in sorted(bad)]
    assert all(row["reason"] for row in came)
    assert (result["handed_in"], Correction.objects.filter(state="submitted").count()) == (MANY - BAD,) * 2

    lines = TimelineEntry.objects.count()
    again = brought_back(clerk, filled)
    assert again["counts"] == {"same": MANY - BAD, "refused": BAD}
    assert (Correction.objects.count(), TimelineEntry.objects.count()) == (MANY - BAD, lines)
