"""A large file ends as a small one with the same rows would: the same records, counts, reasons, history."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from agents.models import Branch
from customers.models import Customer
from tests.factories import AT
from tests.ingest.loads import (
    begun,
    by_the_large_road,
    by_the_small_road,
    csv_file,
    ended,
    history_of,
    said_by_the_book,
    undone,
)
from tests.intake.files import COLUMNS, customer_row, written, xlsx
from tests.personas import Persona
from workplace.choices import LoadPhase
from workplace.intake import bulk_judge
from workplace.models import BulkLoad, BulkRow
from workplace.operations.corrections import Proposal, accept_corrections, propose, submit_corrections

pytestmark = pytest.mark.django_db
WIDE = (
    *COLUMNS,
    *("id_valid_from", "nationality", "landline", "postcode", "email", "business_stage"),
    *("identity_checked_on", "identity_check_method", "contact_confirmed_on", "mobile_own"),
)


def mixed(here: Branch) -> list[dict[str, str]]:
    """Known, changed, new and faulty rows, in every spelling that a column allows."""
    known = [customer_row(here, email=f"m{turn}@example.com", mobile_own="1") for turn in range(12)]
    written(*known)
    known[1] |= {"address": "上海市浦东新区世纪大道100号"}
    known[2] |= {"birth_date": "1985/06/15", "sex": "M", "id_valid_to": "长期"}
    known[3] |= {
        "business_stage": "理赔",
        "identity_checked_on": "2026年1月5日",
        "identity_check_method": "原件",
    }
    known[4] |= {"mobile": "13666180293", "mobile_own": "否"}
    known[5] |= {"name": " 段思远 "}
    known[6] |= {"name": "段\u200b思远"}
    known[7] |= {"birth_date": "1985-02-30"}
    known[8] |= {"contact_confirmed_on": "2026-03-02"}
    fresh = [
        customer_row(here, name="反斜\\杠\t制表\n换行", email="A@B.cn"),
        customer_row(here, sex="不详", mobile="", address="", id_no=""),
        customer_row(here, identity_checked_on="20260105", identity_check_method="network", mobile_own="是"),
        customer_row(here, id_valid_to="2030.01.01", nationality="中国", landline="010-65128888"),
        customer_row(here, name="刘欣䶮𠮷", postcode="100022", business_stage="sale"),
    ]
    faulty = [
        customer_row(here, sex="X"),
        customer_row(here, number=""),
        customer_row(here, number="C" * 40),
        {**customer_row(here), "home_branch": "000000"},
        {**customer_row(here), "home_branch": ""},
        {**customer_row(here), "home_branch": "000000", "birth_date": "x", "mobile_own": "maybe"},
        {**known[0], "name": "后来者"},
        {**fresh[0], "birth_date": "x"},
        {**fresh[1], "number": f" {fresh[1]['number']} "},
        customer_row(here, mobile="1" * 101),
        customer_row(here, identity_check_method="读心"),
    ]
    return [*known, *fresh, *faulty]


def test_a_mixed_file_ends_as_the_small_road_ends_it(here: Branch, tmp_path: Path):
    path = csv_file(tmp_path, mixed(here), WIDE)
    newer = AT + timedelta(minutes=5)
    with undone():
        wanted = by_the_small_road(path, extracted_at=newer)
        book, past = said_by_the_book(), history_of()

    found = by_the_large_road(path, extracted_at=newer)

    assert found == wanted
    assert said_by_the_book() == book
    assert history_of() == past
    counts, _errors = found
    assert min(counts[name] for name in ("new", "changed", "unchanged", "rejected")) > 0
    assert counts["rows"] == sum(counts[name] for name in ("new", "changed", "unchanged", "rejected"))


def test_the_same_file_twice_derives_and_writes_nothing(
    here: Branch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = csv_file(tmp_path, [customer_row(here, sex="男", id_valid_to="长期") for _ in range(50)], WIDE)
    by_the_large_road(path)
    book, past = said_by_the_book(), history_of()
    derived: list[bytes] = []
    work = bulk_judge.finished_blocks
    monkeypatch.setattr(
        bulk_judge, "finished_blocks", lambda blocks, *more: work((derived.extend(blocks), derived)[1], *more)
    )

    counts, _errors = by_the_large_road(path, extracted_at=AT + timedelta(days=1))

    assert (counts["unchanged"], counts["changed"], counts["new"]) == (50, 0, 0)
    assert derived == []
    assert (said_by_the_book(), history_of()) == (book, past)


def test_only_the_changed_rows_get_a_version_and_a_past(here: Branch, tmp_path: Path):
    rows = [customer_row(here) for _ in range(40)]
    by_the_large_road(csv_file(tmp_path, rows))
    for row in rows[::20]:
        row["address"] += "之二"

    counts, _errors = by_the_large_road(csv_file(tmp_path, rows), extracted_at=AT + timedelta(days=1))

    assert (counts["changed"], counts["unchanged"], history_of()) == (2, 38, 2)
    versions = Customer.objects.values_list("version", flat=True)
    assert sorted(versions) == [1] * 38 + [2] * 2


def test_an_older_file_undoes_nothing(here: Branch, tmp_path: Path):
    row = customer_row(here)
    written(row, extracted_at=AT)

    counts, _errors = by_the_large_road(
        csv_file(tmp_path, [{**row, "mobile": "13666180293"}]), extracted_at=AT - timedelta(days=1)
    )

    assert (counts["unchanged"], counts["changed"]) == (1, 0)
    assert Customer.objects.get().mobile == row["mobile"]


def test_a_held_field_is_kept(here: Branch, clerk: Persona, manager: Persona, tmp_path: Path):
    old, new = "13920461857", "13666180293"
    rows = [customer_row(here, mobile=old) for _ in range(3)]
    written(*rows)
    customer = Customer.objects.get(number=rows[1]["number"])
    one = Proposal(record_kind="customer", record_id=customer.pk, field="mobile", raw=new)
    corrected_at = AT + timedelta(days=1)
    propose(proposals=[one], origin="rectification:1", actor=clerk.staff, at=corrected_at)
    submit_corrections(origin="rectification:1", actor=clerk.staff, at=corrected_at)
    accept_corrections(origin="rectification:1", actor=manager.staff, at=corrected_at)
    again = csv_file(tmp_path, [{**row, "name": "段思达"} for row in rows])

    counts, _errors = by_the_large_road(again, extracted_at=AT + timedelta(days=2))

    assert (counts["changed"], counts["held"]) == (3, 1)
    found = dict(Customer.objects.values_list("number", "mobile"))
    assert found == {row["number"]: new if row is rows[1] else old for row in rows}


def test_whoever_reaches_a_part_writes_only_there(
    clerk: Persona, here: Branch, elsewhere: Branch, tmp_path: Path
):
    path = csv_file(tmp_path, [customer_row(here), customer_row(elsewhere), customer_row(here)])
    with undone():
        wanted = by_the_small_road(path, actor=clerk.staff)
        book = said_by_the_book()

    assert by_the_large_road(path, actor=clerk.staff) == wanted
    assert said_by_the_book() == book
    assert wanted[0]["rejected"] == 1


def test_a_trial_counts_and_writes_nothing(here: Branch, tmp_path: Path):
    path = csv_file(tmp_path, mixed(here), WIDE)
    newer = AT + timedelta(minutes=5)
    book, past = said_by_the_book(), history_of()
    with undone():
        wanted = by_the_small_road(path, extracted_at=newer)

    load = ended(begun(path, extracted_at=newer, trial=True))

    assert load.phase == LoadPhase.TRIED
    assert {name: getattr(load, name) for name in wanted[0]} == wanted[0]
    assert (said_by_the_book(), history_of()) == (book, past)


def test_number_cells_of_a_workbook_reject_their_rows(here: Branch, tmp_path: Path):
    rows = [customer_row(here), {**customer_row(here), "id_no": 3.10101199001011e17}]
    path = tmp_path / "rows.xlsx"
    path.write_bytes(xlsx([list(COLUMNS), *([row[code] for code in COLUMNS] for row in rows)]))
    with undone():
        wanted = by_the_small_road(path)

    assert by_the_large_road(path) == wanted
    assert [code["code"] for _line, errors in wanted[1] for code in errors] == ["number_cell"]


def test_a_refused_file_writes_nothing_and_says_why(here: Branch, tmp_path: Path):
    path = csv_file(tmp_path, [customer_row(here)], [code for code in COLUMNS if code != "id_no"])

    load = ended(begun(path))

    assert load.phase == LoadPhase.REFUSED
    assert [problem["code"] for problem in load.refusal["problems"]] == ["missing_column"]
    assert not Customer.objects.exists()
    assert not BulkRow.objects.exists()


def test_the_first_load_of_an_empty_book_leaves_every_index_in_its_place(
    here: Branch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from django.db import connection

    from workplace.intake import bulk_merge

    monkeypatch.setattr(bulk_merge, "FIRST_LOAD_FROM", 10)

    def indexes() -> list[tuple[str, str]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'customers_customer'"
            )
            return sorted(cursor.fetchall())

    before = indexes()
    counts, _errors = by_the_large_road(csv_file(tmp_path, [customer_row(here) for _ in range(30)]))

    assert counts["new"] == 30
    assert len(before) > 8
    assert indexes() == before
    assert BulkLoad.objects.get().seconds.keys() >= {"read", "judge", "facts", "merge"}
