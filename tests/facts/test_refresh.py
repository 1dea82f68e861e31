"""Facts follow the code that derives them, for the whole book, however often the run is stopped."""

import json
import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from agents.models import Agency, Outlet
from customers.editions import FACTS_VERSION
from customers.models import Customer
from customers.operations.corrections import correct_customer
from policies.models import Policy, PolicyParty
from tests.cluster import Database
from tests.factories import make_agency, make_branch, make_customer, make_outlet, make_party, make_policy
from workplace.operations import refreshing
from workplace.operations.refreshing import refresh_derived
from workplace.refreshing import derivations


def facts_of(model: type[Any]) -> list[dict[str, Any]]:
    return list(model.objects.order_by("pk").values())


def forget(model: type[Any], **columns: Any) -> None:
    """Rows as an earlier version of the fact code left them."""
    model.objects.update(facts_version=FACTS_VERSION - 1, **columns)


def refresh(name: str, *, every: bool = False, chunk: int = 10_000, processes: int = 0) -> Any:
    derivation = next(one for one in derivations() if one.name == name)
    return refresh_derived(
        derivation=derivation, actor=None, at=timezone.now(), every=every, chunk=chunk, processes=processes
    )


def test_every_fact_of_a_customer_is_derived_anew(db: None) -> None:
    branch = make_branch()
    for place in range(5):
        make_customer(home_branch=branch, mobile=f"1381234098{place}", address="北京市朝阳区建国路1号附近")
    before = facts_of(Customer)
    forget(Customer, address_key=None, address_marks=[], mobile_province="", id_key="", name_marks=["NM-001"])

    told = refresh("customers", chunk=2)

    assert (told.looked_at, told.stored, told.left) == (5, 5, 0)
    assert facts_of(Customer) == before
    assert refresh("customers").looked_at == 0


def test_a_customer_already_as_derived_is_stored_by_a_full_run_only_if_it_differs(db: None) -> None:
    make_customer()
    odd = make_customer(home_branch=Customer.objects.get().home_branch)
    Customer.objects.filter(pk=odd.pk).update(mobile_marks=["PH-001"])

    assert refresh("customers").looked_at == 0
    told = refresh("customers", every=True)

    assert (told.looked_at, told.stored) == (2, 1)
    assert Customer.objects.get(pk=odd.pk).mobile_marks == []


def test_the_old_facts_stay_in_the_history(db: None) -> None:
    customer = make_customer()
    forget(Customer, name_marks=["NM-001"])
    refresh("customers")
    past = customer.past.order_by("-pgh_id").first()
    assert (past.name_marks, past.pgh_context.metadata["cause"]) == (["NM-001"], "refresh_facts")


def test_parties_policies_and_partners_are_refreshed_with_the_same_command(db: None, capsys: Any) -> None:
    agency = make_agency()
    outlet = make_outlet(agency=agency)
    policy = make_policy()
    make_party(policy=policy, role="beneficiary")
    Policy.objects.update(account_no="622202", account_no_raw="622202", account_marks=[])
    Agency.objects.update(uscc="9111", uscc_marks=[], address="北京市朝阳区建国路1号", address_key=None)
    Outlet.objects.filter(pk=outlet.pk).update(address="北京市朝阳区建国路1号", address_key=None)
    forget(PolicyParty, id_key="")

    call_command("refresh_facts", "--json")
    told = json.loads(capsys.readouterr().out)

    assert told["kinds"]["parties"]["stored"] == PolicyParty.objects.count()
    assert not PolicyParty.objects.filter(id_key="").exclude(id_no="").exists()
    assert Policy.objects.get().account_marks == ["BK-001"]
    agency.refresh_from_db()
    outlet.refresh_from_db()
    assert agency.uscc_marks == ["ORG-001"]
    assert agency.address_key == outlet.address_key is not None
    assert outlet.district_code == "110105"


def test_a_row_that_changes_meanwhile_keeps_the_change(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = make_customer()
    forget(Customer, name_marks=["NM-001"])
    stored = refreshing._Run._write

    def late(run: Any, found: Any) -> int:
        monkeypatch.undo()
        Customer.objects.update(version=customer.version + 1, name_raw="李小红", name="李小红")
        return stored(run, found)

    monkeypatch.setattr(refreshing._Run, "_write", late)
    told = refresh("customers")

    fresh = Customer.objects.get()
    assert (fresh.name, fresh.name_marks, fresh.facts_version) == ("李小红", [], FACTS_VERSION)
    assert told.left == 0


def test_processes_derive_what_one_would(db: None) -> None:
    branch = make_branch()
    for place in range(6):
        make_customer(home_branch=branch, mobile=f"1381234098{place}")
    before = facts_of(Customer)
    forget(Customer, mobile_province="", id_key="")
    assert refresh("customers", chunk=3, processes=2).stored == 6
    assert facts_of(Customer) == before


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_where_it_was(committed_db: Database) -> None:
    """Killed without warning when some chunks are stored; the next run looks at the others only."""
    branch = make_branch()
    one = make_customer(home_branch=branch)
    columns = [field.attname for field in Customer._meta.concrete_fields if field.attname != "id"]
    listed = ", ".join(columns)
    copied = ", ".join("number || '-' || place" if name == "number" else name for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO customers_customer ({listed}) SELECT {copied} FROM customers_customer,"
            " generate_series(1, 3999) AS place WHERE id = %s", [one.pk],
        )  # fmt: skip
    forget(Customer, id_key="")
    stale = Customer.objects.exclude(facts_version=FACTS_VERSION)

    running = _command(committed_db, "--chunk", "100", "--processes", "0")
    deadline = time.monotonic() + 60
    while stale.count() > 3500 and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    left = stale.count()
    assert 0 < left < 4000

    again = _command(committed_db, "--json", "--chunk", "1000")
    told = json.loads(again.communicate(timeout=120)[0])

    assert (told["kinds"]["customers"]["looked_at"], told["kinds"]["customers"]["stored"]) == (left, left)
    assert (stale.count(), Customer.objects.filter(id_key=one.id_key).count()) == (0, 4000)
    assert Customer.objects.get(pk=one.pk).past.count() == 2


def _command(database: Database, *options: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "refresh_facts", *options],
        env=database.environment(),
        stdout=subprocess.PIPE,
    )


def test_a_partial_correction_leaves_a_record_to_the_next_refresh(db: None) -> None:
    customer = make_customer()
    forget(Customer, address_marks=["AD-001"])
    customer.refresh_from_db()
    correct_customer(
        customer=customer,
        values={"name": "李小红"},
        actor=None,
        at=timezone.now(),
        expected_version=customer.version,
    )
    fresh = Customer.objects.get()
    assert (fresh.name, fresh.facts_version) == ("李小红", FACTS_VERSION - 1)
    assert refresh("customers").stored == 1
    assert Customer.objects.get().address_marks == []
