"""The core system asks whether it may go on, and is told everything that stands in the way at once."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from agents.models import Agency, Branch
from audits.gates import Asked
from audits.models import Finding, GateAnswer, GateOverride
from audits.operations.gates import GateRefused, ask_about_policy, override_gate
from customers.models import Customer
from policies.models import Policy, PolicyParty
from tests import factories as make
from tests.gates.conftest import TOKEN, Ask
from tests.personas import Persona
from workplace.models import ApiClient, OutboxEntry

pytestmark = pytest.mark.django_db
STOPPING = [("REQ-002", "holder", "mobile"), ("REQ-003", "holder", "address")]


def application(branch: Branch, **holder: str) -> dict[str, Any]:
    product = make.make_product()
    contact = {"mobile": make.mobile(), "address": "北京市朝阳区建国路100号2栋301室", "nationality": "CHN"}
    person = {**make.person(), **contact, **holder}
    values = {name: str(value) for name, value in person.items() if value is not None}
    return {
        "number": "APP-1",
        "policy": {
            "product": product.code,
            "channel": "individual",
            "branch": branch.number,
            "applied_on": "2026-11-20",
            "seller_no": "",
        },
        "parties": [
            {"role": "holder", "values": values},
            {"role": "insured", "values": {**values, "relation": "self"}},
        ],
    }


def stops(told: dict[str, Any]) -> list[tuple[str, str, str]]:
    return sorted((gap["code"], gap["of"], gap["field"]) for gap in told["gaps"] if gap["stops"])


def held_codes(told: dict[str, Any], of: str) -> set[str]:
    return {gap["code"] for gap in told["gaps"] if gap["of"] == of}


def test_an_application_is_judged_as_sent_and_leaves_nothing_behind(ask: Ask, here: Branch):
    before = (Customer.objects.count(), Policy.objects.count(), PolicyParty.objects.count())
    told = ask("underwriting", application(here, mobile="", landline="", address=""))
    assert not told["passed"]
    assert {gap for gap in stops(told) if gap[1] == "holder"} == set(STOPPING)
    assert (Customer.objects.count(), Policy.objects.count(), PolicyParty.objects.count()) == before
    assert Finding.objects.count() == 0
    assert OutboxEntry.objects.count() == 0


def test_every_gap_has_its_article_and_its_text_in_both_languages(ask: Ask, here: Branch):
    told = ask("underwriting", application(here, address=""))
    gap = next(gap for gap in told["gaps"] if gap["code"] == "REQ-003")
    assert gap["text"]["en"] == "No contact address of the policyholder"
    assert gap["text"]["zh"] == "投保人联系地址缺失"
    assert gap["label"] == {"zh": "联系地址", "en": "Address"}
    assert {article["code"] for article in gap["articles"]} >= {"82-6-3"}


def test_a_whole_application_sold_by_a_known_seller_passes(ask: Ask, here: Branch):
    seller = make.make_seller(branch=here)
    body = application(here)
    body["policy"] |= {"seller_no": seller.staff_no, "seller_name": seller.name}
    told = ask("underwriting", body)
    assert stops(told) == []
    assert told["passed"]


def test_a_customer_of_the_book_is_judged_with_the_values_sent(ask: Ask, here: Branch):
    customer = make.make_customer(home_branch=here)
    body = application(here)
    body["parties"] = [
        {"role": "holder", "customer": customer.number, "values": {"mobile": "", "landline": ""}},
        {"role": "insured", "customer": customer.number, "values": {"relation": "self"}},
    ]
    told = ask("underwriting", body)
    assert ("REQ-002", "holder", "mobile") in stops(told)
    before = customer.mobile
    customer.refresh_from_db()
    assert customer.mobile == before


def test_values_without_shape_are_named_all_at_once(ask: Ask, here: Branch):
    body = application(here, birth_date="2026-02-31")
    body["policy"]["channel"] = "moon"
    told = ask("underwriting", body, status=422)
    assert told["code"] == "misshapen"
    assert {"of": "holder", "field": "birth_date", "code": "date_impossible"} in told["problems"]
    assert GateAnswer.objects.count() == 0


def test_a_column_that_no_file_has_is_named_and_not_passed_over(ask: Ask, here: Branch):
    body = application(here, mobil="13912345678")
    body["policy"]["chanel"] = "bank"
    told = ask("underwriting", body, status=422)
    assert {(one["of"], one["field"], one["code"]) for one in told["problems"]} == {
        ("holder", "mobil", "unknown_column"),
        ("insured:1", "mobil", "unknown_column"),
        ("policy", "chanel", "unknown_column"),
    }


@pytest.mark.parametrize("place", ["name", "number", "customer", "policy"])
def test_a_sign_that_cannot_be_stored_is_refused_and_breaks_nothing(ask: Ask, here: Branch, place: str):
    body = application(here)
    if place == "name":
        body["parties"][0]["values"]["name"] = "段\x00思远"
    elif place == "customer":
        body["parties"][0]["customer"] = "C\x001"
    elif place == "number":
        body["number"] = "APP\x001"
    if place == "policy":
        ask("commission", {"policy": "P\x001"}, status=422)
    else:
        ask("underwriting", body, status=422)
    assert GateAnswer.objects.count() == 0


def test_a_branch_outside_the_clients_reach_is_refused(here: Branch, elsewhere: Branch, clerk: Persona):
    token = "token-of-one-branch"
    from workplace.api_auth import token_hash

    ApiClient.objects.create(
        name="branch", staff=clerk.staff, token_hash=token_hash(token), created_at=make.AT
    )
    answer = Client(headers={"authorization": f"Bearer {token}"}).post(
        "/api/v1/gates/underwriting", json.dumps(application(elsewhere)), content_type="application/json"
    )
    assert answer.status_code == 422
    assert "out_of_reach" in {one["code"] for one in answer.json()["problems"]}


@pytest.fixture
def policy(here: Branch, bank: Agency) -> Policy:
    customer = make.make_customer(home_branch=here)
    seller = make.make_seller(outlet=make.make_outlet(agency=bank))
    return make.make_policy(holder=customer, seller=seller)


def about(policy: Policy, bank: Agency, severity: str) -> Finding:
    holder = policy.parties.get(role="holder").customer
    assert holder is not None
    return make.make_finding(
        customer=holder, rule="REQ-002", field="mobile", severity=severity, answering_agency=bank,
        answering_policy=policy,
    )  # fmt: skip


def test_servicing_reads_the_open_findings(ask: Ask, policy: Policy, bank: Agency):
    assert ask("servicing", {"policy": policy.number, "item": "loan"})["passed"]
    about(policy, bank, "BLOCK")
    told = ask("servicing", {"policy": policy.number, "item": "loan"})
    assert stops(told) == [("REQ-002", "holder", "mobile")]
    assert not told["passed"]


def test_putting_data_right_always_passes_and_still_tells_the_gaps(ask: Ask, policy: Policy, bank: Agency):
    about(policy, bank, "BLOCK")
    told = ask("servicing", {"policy": policy.number, "item": "information_change"})
    assert told["passed"]
    assert stops(told) == [("REQ-002", "holder", "mobile")]


def test_a_defect_stops_commission_but_not_servicing(ask: Ask, policy: Policy, bank: Agency):
    about(policy, bank, "ERROR")
    assert ask("servicing", {"policy": policy.number, "item": "loan"})["passed"]
    assert not ask("commission", {"policy": policy.number})["passed"]


def test_commission_is_held_on_that_agencys_policies_of_that_holder_alone(
    ask: Ask, policy: Policy, bank: Agency, here: Branch
):
    holder = policy.parties.get(role="holder").customer
    assert holder is not None
    same = make.make_policy(holder=holder, seller=policy.seller)
    other_agency = make.make_policy(holder=holder, seller=make.make_seller(branch=here))
    about(policy, bank, "BLOCK")
    assert not ask("commission", {"policy": same.number})["passed"]
    assert ask("commission", {"policy": other_agency.number})["passed"]


def test_a_policy_out_of_scope_does_not_exist(ask: Ask):
    told = ask("servicing", {"policy": "NOWHERE", "item": "loan"}, status=404)
    assert told["text"]["en"] == "No such policy within your scope."


def test_the_same_key_gets_the_same_answer_and_no_other_question(ask: Ask, policy: Policy, bank: Agency):
    first = ask("commission", {"policy": policy.number}, key="k1")
    about(policy, bank, "BLOCK")
    again = ask("commission", {"policy": policy.number}, key="k1")
    assert again == {**first, "repeated": True}
    ask("commission", {"policy": "ANOTHER"}, key="k1", status=409)
    assert not ask("commission", {"policy": policy.number}, key="k2")["passed"]


def test_a_client_that_asks_too_often_is_told_to_wait(client_of_core: ApiClient, policy: Policy):
    cache.clear()
    ApiClient.objects.update(requests_per_minute=2)
    client = Client(headers={"authorization": f"Bearer {TOKEN}"})
    body = json.dumps({"policy": policy.number})
    answers = [
        client.post("/api/v1/gates/commission", body, content_type="application/json") for _ in range(3)
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) <= 60


def test_without_the_right_there_is_no_answer(policy: Policy):
    body = json.dumps({"policy": policy.number})
    answer = Client().post("/api/v1/gates/commission", body, content_type="application/json")
    assert answer.status_code == 401


def test_the_api_page_describes_the_gates(compliance: Persona):
    described = compliance.client.get("/api/v1/openapi.json").json()
    assert {f"/api/v1/gates/{gate}" for gate in ("underwriting", "servicing", "commission")} <= set(
        described["paths"]
    )


class TestOverride:
    @pytest.fixture
    def refused(self, compliance: Persona, policy: Policy, bank: Agency) -> GateAnswer:
        about(policy, bank, "BLOCK")
        asked = Asked(actor=compliance.staff, at=timezone.now())
        return ask_about_policy(gate="commission", policy=policy, asked=asked)

    def test_it_needs_its_own_right(self, clerk: Persona, compliance: Persona, refused: GateAnswer):
        url = f"/gates/{refused.pk}/override/"
        assert clerk.client.post(url, {"reason": "x"}).status_code == 403
        assert compliance.client.post(url, {"reason": "客户已当面核实,影像随后补传"}).status_code == 302
        assert GateOverride.objects.get().overridden_by == compliance.staff

    def test_it_needs_a_reason_and_is_given_once(self, compliance: Persona, refused: GateAnswer):
        with pytest.raises(GateRefused):
            override_gate(answer=refused, reason="  ", actor=compliance.staff, at=timezone.now())
        override_gate(answer=refused, reason="已核实", actor=compliance.staff, at=timezone.now())
        with pytest.raises(GateRefused):
            override_gate(answer=refused, reason="又一次", actor=compliance.staff, at=timezone.now())

    def test_the_next_question_passes_and_says_why_until_the_day_or_another_gap(
        self, compliance: Persona, refused: GateAnswer, policy: Policy, bank: Agency
    ):
        now = timezone.now()
        override_gate(answer=refused, reason="已核实", actor=compliance.staff, at=now)

        def asked(days: int) -> GateAnswer:
            at = now + timedelta(days=days)
            return ask_about_policy(
                gate="commission", policy=policy, asked=Asked(actor=compliance.staff, at=at)
            )

        assert asked(1).passed
        assert asked(1).answer["override"]["reason"] == "已核实"
        assert not asked(9).passed
        make.make_finding(policy=policy, rule="REQ-009", field="seller_no", severity="BLOCK",
                          answering_agency=bank, answering_policy=policy)  # fmt: skip
        assert not asked(1).passed

    def test_it_holds_for_the_client_and_the_gate_that_were_refused_alone(
        self, compliance: Persona, refused: GateAnswer, policy: Policy, client_of_core: ApiClient
    ):
        now = timezone.now()
        override_gate(answer=refused, reason="已核实", actor=compliance.staff, at=now)
        own, core = (Asked(actor=compliance.staff, at=now, client=one) for one in (None, client_of_core))
        assert ask_about_policy(gate="commission", policy=policy, asked=own).passed
        told = ask_about_policy(gate="commission", policy=policy, asked=core)
        assert not told.passed
        assert not ask_about_policy(gate="servicing", policy=policy, asked=own, item="loan").passed
        override_gate(answer=told, reason="已核实", actor=compliance.staff, at=now)
        assert ask_about_policy(gate="commission", policy=policy, asked=core).passed

    def test_it_does_not_cover_another_value(self, compliance: Persona, refused: GateAnswer, policy: Policy):
        now = timezone.now()
        override_gate(answer=refused, reason="已核实", actor=compliance.staff, at=now)
        asked = Asked(actor=compliance.staff, at=now)
        assert ask_about_policy(gate="commission", policy=policy, asked=asked).passed
        Finding.objects.filter(rule="REQ-002").update(value_hash="d" * 64)
        assert not ask_about_policy(gate="commission", policy=policy, asked=asked).passed

    def test_an_application_with_another_value_is_refused_again(
        self, compliance: Persona, client_of_core: ApiClient, ask: Ask, here: Branch
    ):
        body = application(here, name="无")
        assert ("REQ-001", "holder", "name") in stops(ask("underwriting", body))
        override_gate(
            answer=GateAnswer.objects.get(), reason="已核实", actor=compliance.staff, at=timezone.now()
        )
        assert ask("underwriting", body)["passed"]
        for party in body["parties"]:
            party["values"]["name"] = "暂无"
        assert not ask("underwriting", body)["passed"]

    def test_answers_and_overrides_never_change(self, compliance: Persona, refused: GateAnswer):
        override_gate(answer=refused, reason="已核实", actor=compliance.staff, at=timezone.now())
        for rows in (GateAnswer.objects, GateOverride.objects):
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.all().delete()
        with pytest.raises(DatabaseError), transaction.atomic():
            GateAnswer.objects.update(passed=True)


def test_a_clerk_asks_on_the_policys_page_and_an_outsider_sees_no_answer(
    clerk: Persona, outsider: Persona, policy: Policy, bank: Agency
):
    about(policy, bank, "BLOCK")
    answer = clerk.client.post(f"/policies/{policy.pk}/gate/", {"gate": "servicing", "item": "payout"})
    page = clerk.client.get(answer.url)
    assert "REQ-002" in page.content.decode()
    assert "REQ-002" not in str(clerk.client.get(f"/policies/{policy.pk}/").status_code)
    assert outsider.client.get(answer.url).status_code == 404
    assert outsider.client.post(f"/policies/{policy.pk}/gate/", {"gate": "servicing"}).status_code in (
        403,
        404,
    )


def test_no_answer_holds_a_personal_value(ask: Ask, here: Branch):
    body = application(here, name="王小明1", mobile="1380013")
    told = json.dumps(ask("underwriting", body), ensure_ascii=False)
    assert "NM-004" in told
    for value in ("王小明", "1380013", body["parties"][0]["values"]["id_no"]):
        assert value not in told
        assert value not in json.dumps(GateAnswer.objects.get().answer, ensure_ascii=False)
