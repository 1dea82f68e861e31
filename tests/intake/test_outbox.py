"""Accepted corrections go to the core system by file or interface, and are acknowledged once."""

import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from agents.models import Branch
from customers.models import Customer
from tests.factories import AT, head_office, make_customer, make_staff
from tests.intake.files import csv_text
from tests.personas import Persona
from workplace.api_auth import token_hash
from workplace.choices import Role
from workplace.models import AccessLog, ApiClient, OutboxEntry
from workplace.operations.corrections import Proposal, accept_corrections, propose, submit_corrections

TOKEN = "a-long-random-token"


def corrected(clerk: Persona, manager: Persona, customer: Customer, mobile: str) -> OutboxEntry:
    origin = f"rectification:{customer.pk}"
    one = Proposal(record_kind="customer", record_id=customer.pk, field="mobile", raw=mobile)
    propose(proposals=[one], origin=origin, actor=clerk.staff, at=AT)
    submit_corrections(origin=origin, actor=clerk.staff, at=AT)
    accept_corrections(origin=origin, actor=manager.staff, at=AT)
    return OutboxEntry.objects.get(record_id=customer.pk)


@pytest.fixture
def entries(clerk: Persona, manager: Persona, here: Branch) -> list[OutboxEntry]:
    numbers = ("13666180293", "13520771946", "13777203918")
    return [corrected(clerk, manager, make_customer(home_branch=here), number) for number in numbers]


@pytest.fixture
def core(db: None) -> Client:
    staff = make_staff(Role.COMPLIANCE, branch=head_office(), name="核心系统")
    ApiClient.objects.create(name="core", staff=staff, token_hash=token_hash(TOKEN), created_at=AT)
    return Client(headers={"authorization": f"Bearer {TOKEN}"})


def acknowledge(core: Client, **body: Any) -> dict:
    answer = core.post("/api/v1/outbox/acknowledge", json.dumps(body), content_type="application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_core_fetches_pages_and_acknowledges_once(core: Client, entries: list[OutboxEntry]):
    ids = [entry.pk for entry in entries]
    first = core.get("/api/v1/outbox?limit=2").json()
    rest = core.get(f"/api/v1/outbox?limit=2&after={first['next_after']}").json()
    assert [entry["id"] for entry in first["entries"] + rest["entries"]] == ids
    assert rest["next_after"] is None
    assert first["entries"][0]["new_value"] == "13666180293"

    body = {"ids": ids[:2], "refused": [{"id": ids[2], "reason": "客户已销户"}]}
    assert acknowledge(core, **body) == {
        "acknowledged": ids[:2],
        "refused": ids[2:],
        "repeated": [],
        "unknown": [],
    }
    stamps = list(OutboxEntry.objects.values_list("acknowledged_at", "refusal"))
    assert acknowledge(core, **body) == {"acknowledged": [], "refused": [], "repeated": ids, "unknown": []}
    assert list(OutboxEntry.objects.values_list("acknowledged_at", "refusal")) == stamps
    assert core.get("/api/v1/outbox").json()["entries"] == []


def test_fetching_changes_no_entry_and_what_arrived_counts_as_sent(core: Client, entries: list[OutboxEntry]):
    before = list(OutboxEntry.objects.order_by("pk").values())
    assert len(core.get("/api/v1/outbox").json()["entries"]) == 3
    assert list(OutboxEntry.objects.order_by("pk").values()) == before
    assert (AccessLog.objects.get().access, AccessLog.objects.get().detail) == ("export", "3")

    acknowledge(core, ids=[entries[0].pk])
    sent = {
        entry.pk: entry.sent_at == entry.acknowledged_at
        for entry in OutboxEntry.objects.all()
        if entry.sent_at
    }
    assert sent == {entries[0].pk: True}


def test_unknown_entries_are_named_and_harm_nothing(core: Client, entries: list[OutboxEntry]):
    assert acknowledge(core, ids=[entries[0].pk, 999_999])["unknown"] == [999_999]


@pytest.mark.parametrize(
    "body",
    [
        {"ids": [10**30]},
        {"ids": [0]},
        {"refused": [{"id": 10**30, "reason": "号码有误"}]},
        {"refused": [{"id": 1, "reason": "a\0b"}]},
        {"refused": [{"id": 1, "reason": ""}]},
    ],
)
def test_what_cannot_be_an_entry_or_be_kept_is_refused_as_a_whole(core: Client, body: dict, entries):
    answer = core.post("/api/v1/outbox/acknowledge", json.dumps(body), content_type="application/json")
    assert answer.status_code == 422
    assert not OutboxEntry.objects.filter(acknowledged_at__isnull=False).exists()


@pytest.mark.parametrize("header", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Basic x"}])
def test_without_the_right_token_nothing_is_told(
    db: None, entries: list[OutboxEntry], header: dict[str, str]
):
    client = Client(headers=header)
    assert client.get("/api/v1/outbox").status_code == 401
    answer = client.post("/api/v1/outbox/acknowledge", "{}", content_type="application/json")
    assert answer.status_code == 401


def test_a_client_that_was_switched_off_is_out(core: Client, entries: list[OutboxEntry]):
    ApiClient.objects.update(active=False)
    assert core.get("/api/v1/outbox").status_code == 401


def test_a_client_sees_only_what_its_account_may(core: Client, entries: list[OutboxEntry], elsewhere: Branch):
    distant = make_staff(Role.COMPLIANCE, branch=elsewhere)
    ApiClient.objects.update(staff=distant)

    assert core.get("/api/v1/outbox").json()["entries"] == []
    assert acknowledge(core, ids=[entries[0].pk])["unknown"] == [entries[0].pk]


def test_the_description_needs_a_login_and_comes_from_us_alone(clerk: Persona):
    assert Client().get("/api/v1/docs").status_code == 302
    page = clerk.client.get("/api/v1/docs").content.decode()
    assert "//" not in page.replace("http://testserver", "").split("<body")[1].replace("</", "")
    assert "/outbox/acknowledge" in clerk.client.get("/api/v1/openapi.json").content.decode()


def test_the_page_masks_and_the_file_does_not_but_is_logged(compliance: Persona, entries: list[OutboxEntry]):
    page = compliance.client.get("/outbox/").content.decode()
    assert ("13666180293" in page, "136****0293" in page) == (False, True)

    content = compliance.client.post("/outbox/download/", {"form": "xlsx"}).content

    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "id 编号"
    assert [row[5] for row in rows[1:]] == ["13666180293", "13520771946", "13777203918"]
    assert (AccessLog.objects.get().access, AccessLog.objects.get().detail) == ("export", "3")
    assert not OutboxEntry.objects.filter(sent_at=None).exists()


def test_the_answer_comes_back_as_a_file(compliance: Persona, entries: list[OutboxEntry]):
    ids = [str(entry.pk) for entry in entries]
    answer = csv_text([["编号", "refusal"], [ids[0], ""], [ids[1], "号码已注销"]]).encode("utf-8-sig")

    compliance.client.post("/outbox/acknowledge/file/", {"file": SimpleUploadedFile("a.csv", answer)})

    found = {
        str(entry.pk): (bool(entry.acknowledged_at), entry.refusal) for entry in OutboxEntry.objects.all()
    }
    assert found == {ids[0]: (True, ""), ids[1]: (True, "号码已注销"), ids[2]: (False, "")}
    assert "号码已注销" in compliance.client.get("/outbox/?show=refused").content.decode()


def test_ticked_entries_are_acknowledged(compliance: Persona, entries: list[OutboxEntry]):
    compliance.client.post("/outbox/acknowledge/", {"entry": [entries[0].pk, entries[1].pk]})

    waiting = OutboxEntry.objects.filter(acknowledged_at=None)
    assert list(waiting) == [entries[2]]


def test_a_clerk_has_no_outbox(clerk: Persona, auditor: Persona, entries: list[OutboxEntry]):
    assert clerk.client.get("/outbox/").status_code == 403
    assert auditor.client.get("/outbox/").status_code == 200
    for path in ("download", "acknowledge"):
        assert auditor.client.post(f"/outbox/{path}/").status_code == 403
