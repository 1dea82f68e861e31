"""What a newer large file confirmed, an older file does not overwrite, by whichever road it comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agents.models import Branch
from customers.models import Customer
from policies.models import PolicyParty
from tests.factories import AT, make_customer, make_policy
from tests.ingest.loads import begun, by_the_large_road, by_the_small_road, csv_file, ended
from tests.intake.files import LATER, customer_row, written
from workplace.intake.bulk_seen import seen_in_newer_loads

pytestmark = pytest.mark.django_db
NOON, EVENING = AT + timedelta(minutes=20), AT + timedelta(minutes=40)
Rows = Sequence[Mapping[str, str]]


@pytest.fixture
def rows(here: Branch) -> list[dict[str, str]]:
    known = [customer_row(here, number=f"K{turn}") for turn in range(12)]
    written(*known)
    return known


def renamed(rows: Rows) -> list[dict[str, str]]:
    return [{**row, "name": "段思达"} for row in rows]


def loaded(folder: Path, rows: Rows, extracted_at: datetime) -> None:
    ended(begun(csv_file(folder, rows), extracted_at=extracted_at))


def names() -> dict[str, str]:
    return dict(Customer.objects.values_list("number", "name"))


@pytest.mark.parametrize("road", [by_the_large_road, by_the_small_road])
def test_an_older_file_changes_nothing_that_a_newer_whole_file_confirmed(
    rows: list[dict[str, str]], tmp_path: Path, road
):
    changed = [{**rows[0], "sex": "女"}, *rows[1:]]
    loaded(tmp_path, changed, EVENING)

    counts, _errors = road(csv_file(tmp_path, renamed(rows)), extracted_at=NOON)

    assert (counts["changed"], counts["unchanged"]) == (0, 12)
    assert set(names().values()) == {"段思远"}


@pytest.mark.parametrize("road", [by_the_large_road, by_the_small_road])
def test_what_the_newer_file_left_out_or_had_rejected_is_still_taken(
    here: Branch, rows: list[dict[str, str]], tmp_path: Path, road
):
    newer = [{**rows[0], "birth_date": "x"}, *rows[1:9], customer_row(here, number="N1"), rows[1]]
    loaded(tmp_path, newer, EVENING)

    counts, _errors = road(csv_file(tmp_path, renamed(rows)), extracted_at=NOON)

    assert (counts["changed"], counts["unchanged"]) == (4, 8)
    taken = {number for number, name in names().items() if name == "段思达"}
    assert taken == {"K0", "K9", "K10", "K11"}


def test_a_whole_file_with_a_rejected_row_remembers_all_but_that(rows: list[dict[str, str]], tmp_path: Path):
    loaded(tmp_path, [*rows[1:], {**rows[0], "birth_date": "x"}], EVENING)

    seen = seen_in_newer_loads("customers", NOON)

    known = dict(Customer.objects.values_list("number", "pk"))
    assert {number for number, pk in known.items() if pk in seen} == set(known) - {"K0"}
    assert not any(pk in seen for pk in range(max(known.values()) + 1, max(known.values()) + 9))


def test_a_newer_file_still_overwrites(rows: list[dict[str, str]], tmp_path: Path):
    loaded(tmp_path, rows, NOON)

    counts, _errors = by_the_large_road(csv_file(tmp_path, renamed(rows)), extracted_at=EVENING)

    assert counts["changed"] == 12


def test_a_trial_and_a_file_of_new_records_alone_remember_nothing(
    here: Branch, rows: list[dict[str, str]], tmp_path: Path
):
    ended(begun(csv_file(tmp_path, rows), extracted_at=EVENING, trial=True))
    loaded(tmp_path, [customer_row(here, number="N1")], LATER)

    assert not seen_in_newer_loads("customers", NOON)


def test_parties_are_told_apart_by_their_role(tmp_path: Path):
    policy = make_policy()
    person = make_customer()
    columns = ["policy", "role", "position", "customer", "relation"]
    both = [
        {"policy": policy.number, "role": role, "position": "1", "customer": person.number, "relation": said}
        for role, said in (("insured", "self"), ("beneficiary", ""))
    ]
    path = csv_file(tmp_path, both, columns)
    by_the_small_road(path, kind="parties", extracted_at=AT)
    ended(begun(csv_file(tmp_path, both[:1], columns), kind="parties", extracted_at=EVENING))

    seen = seen_in_newer_loads("parties", NOON)

    found = {party.role: party.pk in seen for party in PolicyParty.objects.filter(policy=policy)}
    assert found["insured"]
    assert not found["beneficiary"]
