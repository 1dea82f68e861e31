"""The same way in from the command line: exit codes, JSON, and no personal data in what is printed."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from agents.models import Branch
from customers.models import Customer
from tests.factories import make_customer
from tests.intake.files import customer_row, table, xlsx
from tests.personas import Persona


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict]:
    try:
        call_command(*map(str, arguments))
        code = 0
    except SystemExit as stop:
        code = int(str(stop.code))
    return code, json.loads(capsys.readouterr().out)


@pytest.fixture
def file(tmp_path: Path, here: Branch) -> Path:
    rows = [customer_row(here), customer_row(here, name="欧阳若愚", birth_date="1985-02-30")]
    path = tmp_path / "客户.xlsx"
    path.write_bytes(xlsx(table(rows)))
    return path


def test_a_file_with_a_rejected_row_ends_with_one_and_prints_no_value(file: Path, capsys, tmp_path: Path):
    errors = tmp_path / "errors.xlsx"

    code, told = run(capsys, "ingest", "customers", file, "--json", "--errors", errors)

    assert (code, told["new"], told["rejected"]) == (1, 1, 1)
    assert told["errors"] == [{"line": 3, "column": "birth_date", "code": "date_impossible"}]
    assert "欧阳若愚" not in json.dumps(told, ensure_ascii=False)
    assert run(capsys, "ingest", "customers", errors, "--json")[1]["rejected"] == 1


def test_a_dry_run_writes_nothing(file: Path, capsys):
    code, told = run(capsys, "ingest", "customers", file, "--dry-run", "--json")

    assert (code, told["new"], told["dry_run"]) == (1, 1, True)
    assert not Customer.objects.exists()


def test_the_second_time_nothing_changes_and_the_time_may_be_given(file: Path, capsys):
    run(capsys, "ingest", "customers", file, "--json", "--as-of", "2026-11-20T08:00")

    code, told = run(capsys, "ingest", "customers", file, "--json", "--as-of", "2026-11-20T08:00")

    assert (code, told["new"], told["changed"], told["unchanged"]) == (1, 0, 0, 1)
    assert Customer.objects.get().extracted_at.isoformat() == "2026-11-20T00:00:00+00:00"


def test_what_is_no_file_of_its_kind_ends_with_two(here: Branch, tmp_path: Path, capsys):
    path = tmp_path / "a.csv"
    path.write_text("number,colour\n1,2\n")

    code, told = run(capsys, "ingest", "customers", path, "--json")

    assert code == 2
    assert "unknown_column" in told["refused"]
    with pytest.raises(CommandError) as missing:
        call_command("ingest", "customers", str(tmp_path / "none.csv"))
    assert missing.value.returncode == 2


def test_an_actor_brings_the_own_scope(file: Path, clerk_elsewhere: Persona, capsys):
    code, told = run(capsys, "ingest", "customers", file, "--json", "--actor", clerk_elsewhere.staff.username)

    assert (code, told["new"], told["rejected"]) == (1, 0, 2)


def test_a_template_is_written_in_both_forms(tmp_path: Path, db: None):
    for name in ("customers.xlsx", "customers.csv"):
        call_command("template", "customers", str(tmp_path / name))
        assert (tmp_path / name).stat().st_size > 100
    with pytest.raises(CommandError):
        call_command("template", "customers", str(tmp_path / "customers.pdf"))


def test_facts_of_another_version_are_derived_anew_once(here: Branch, capsys):
    customer = make_customer(home_branch=here)
    Customer.objects.filter(pk=customer.pk).update(facts_version=0, id_key="", id_check_ok=None)

    first = run(capsys, "refresh_facts", "--json")[1]
    second = run(capsys, "refresh_facts", "--json")[1]

    fresh = Customer.objects.get()
    assert (fresh.id_key, fresh.id_check_ok, fresh.version) == (customer.id_no, True, customer.version)
    assert (first["stored"], second["looked_at"]) == (1, 0)
