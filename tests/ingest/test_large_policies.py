"""Policies and their parties: the large road ends where the small one does, states and serving units too."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import QuerySet

from agents.models import Branch
from customers.models import Coverage, ServingUnit
from policies.models import Policy, PolicyParty, PolicyState
from tests.factories import AT, make_agency, make_customer, make_outlet, make_product, make_seller
from tests.ingest.loads import by_the_large_road, by_the_small_road, csv_file, said_by_the_book, undone
from tests.intake.files import written

pytestmark = pytest.mark.django_db
NEWER = AT + timedelta(minutes=5)
POLICY = (
    *("number", "product", "channel", "branch", "status", "applied_on", "premium", "account_no"),
    *("insured_consent", "seller_no", "seller_name", "outlet_no", "agency_branch_no", "agency_no"),
)
PARTY = ("policy", "role", "benefit", "position", "customer", "relation", "order", "share", "name", "id_no")


STATE = ("policy__number", "status", "branch_id", "agency_id", "seller_id")


def rows_of(rows: QuerySet[Any], *columns: str) -> list[tuple[Any, ...]]:
    return sorted(rows.values_list(*columns), key=str)


def book() -> list[Any]:
    """The records, and what follows from them."""
    return [
        said_by_the_book(Policy),
        rows_of(PolicyState.objects.filter(recorded_to=None), *STATE),
        rows_of(
            PolicyParty.objects.all(),
            "policy__number",
            "role",
            "benefit",
            "position",
            "customer_id",
            "name",
            "version",
        ),
        rows_of(ServingUnit.objects.all(), "customer_id", "branch_id", "agency_id"),
        rows_of(Coverage.objects.all(), "customer_id", "holder", "insured", "beneficiary", "on_any_policy"),
    ]


def policy_rows(here: Branch) -> list[dict[str, str]]:
    product, agency = make_product(), make_agency(branch=here)
    seller, outlet = make_seller(branch=here), make_outlet(agency=agency, branch=here)
    plain = {
        "product": product.code,
        "channel": "银保",
        "branch": here.number,
        "status": "有效",
        "applied_on": "2026-03-01",
        "premium": "12000.00",
    }
    return [
        {**plain, "number": "B1", "seller_no": seller.staff_no},
        {**plain, "number": "B2", "outlet_no": outlet.number, "premium": "1,200"},
        {**plain, "number": "B3", "agency_no": agency.number, "account_no": "6222 0212 3456 7890"},
        {**plain, "number": "B4", "agency_no": "nobody", "seller_no": "nobody", "insured_consent": "是"},
        {**plain, "number": "B5", "status": "surrendered", "applied_on": "20260301"},
        {**plain, "number": "B6", "product": "none"},
        {**plain, "number": "B7", "branch": "000000"},
        {**plain, "number": "B8", "premium": "-1"},
        {**plain, "number": "B1", "status": "失效"},
    ]


def same_on_both_roads(path: Path, kind: str) -> dict[str, int]:
    with undone():
        wanted = by_the_small_road(path, kind=kind, extracted_at=NEWER)
        after = book()
    found = by_the_large_road(path, kind=kind, extracted_at=NEWER)
    assert found == wanted
    assert book() == after
    return found[0]


def test_policies_new_changed_and_faulty(here: Branch, tmp_path: Path):
    rows = policy_rows(here)
    written(rows[0], rows[4], kind="policies")
    rows[4] = {**rows[4], "status": "in_force"}

    counts = same_on_both_roads(csv_file(tmp_path, rows, POLICY), "policies")

    assert (counts["new"], counts["changed"], counts["unchanged"], counts["rejected"]) == (3, 1, 1, 4)


def test_parties_new_changed_and_faulty(here: Branch, tmp_path: Path):
    written(*policy_rows(here)[:5], kind="policies")
    one, two = make_customer(home_branch=here), make_customer(home_branch=here)
    known = [
        {"policy": "B1", "role": "投保人", "customer": one.number},
        {"policy": "B1", "role": "insured", "customer": two.number, "relation": "配偶"},
        {"policy": "B2", "role": "holder", "customer": one.number},
    ]
    written(*known, kind="parties")
    rows = [
        {**known[0], "position": "1"},
        {**known[1], "relation": "本人", "customer": one.number},
        {**known[2], "relation": "self"},
        {"policy": "B3", "role": "holder", "customer": two.number},
        {"policy": "B3", "role": "受益人", "benefit": "身故", "order": "1", "share": "50", "name": "段思远"},
        {"policy": "B3", "role": "beneficiary", "benefit": "death", "position": "2", "share": "50.00"},
        {"policy": "B3", "role": "beneficiary", "benefit": "身故受益人", "position": "1"},
        {"policy": "none", "role": "holder", "customer": one.number},
        {"policy": "B4", "role": "holder", "customer": "none"},
        {"policy": "B4", "role": "holder", "position": "2", "customer": one.number},
        {"policy": "B4", "role": "insured"},
        {"policy": "B4", "role": "insured", "benefit": "死", "customer": one.number},
        {"policy": "B5", "role": "乘客", "customer": one.number},
        {"policy": "B5", "role": "船员", "customer": one.number},
    ]

    counts = same_on_both_roads(csv_file(tmp_path, rows, PARTY), "parties")

    assert (counts["new"], counts["changed"], counts["unchanged"], counts["rejected"]) == (3, 3, 0, 8)
