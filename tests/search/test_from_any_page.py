"""One box on every page: by number, whole document or phone, or name; only within what one may see."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from agents.models import Agency, Branch
from config.search import SHOWN
from customers.models import Customer
from policies.models import PolicyParty
from tests.factories import (
    make_customer,
    make_finding,
    make_outlet,
    make_party,
    make_policy,
    make_rectification,
    make_seller,
)
from tests.personas import Persona
from workplace.choices import Access
from workplace.models import AccessLog

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}


def found(person: Persona, text: str, **more: str) -> dict[str, list[int]]:
    """What a part of the page names, by kind."""
    answer = person.client.post(reverse("search"), {"q": text, **more}, headers=PART)
    assert answer.status_code == 200
    return {group.kind: [hit.pk for hit in group.hits] for group in answer.context["found"]}


def shown(person: Persona, text: str) -> str:
    return str(person.client.post(reverse("search"), {"q": text}, headers=PART).content.decode())


@pytest.fixture
def ouyang(here: Branch) -> Customer:
    return make_customer(
        home_branch=here,
        name="欧阳思远",
        id_no="110105198506150014",
        mobile="13912345670",
        landline="021-65432100",
    )


@pytest.mark.parametrize(
    "typed",
    [
        "110105198506150014",
        "110105 19850615 0014",
        "１１０１０５１９８５０６１５００１４",
        "110105850615001",
        "13912345670",
        "139-1234-5670",
        "+86 13912345670",
        "02165432100",
        "欧阳思远",
        "欧",
        "思远",
    ],
)
def test_a_person_is_found_however_it_is_written(typed: str, ouyang: Customer, clerk: Persona):
    assert found(clerk, typed)["customer"] == [ouyang.pk]


@pytest.mark.parametrize("typed", ["11010519850615", "139123456", "1391234", "95062"])
def test_a_part_of_a_document_or_phone_finds_nobody(typed: str, ouyang: Customer, clerk: Persona):
    assert found(clerk, typed) == {}


def test_each_kind_is_found_by_number_or_name(here: Branch, bank: Agency, clerk: Persona):
    outlet = make_outlet(agency=bank, name="东门支行")
    seller = make_seller(outlet=outlet, name="李销售")
    holder = make_customer(home_branch=here)
    policy = make_policy(holder=holder, seller=seller)
    work = make_rectification(customer=holder, branch=here)
    finding = make_finding(customer=holder, rectification=work)
    assert found(clerk, policy.number) == {"policy": [policy.pk]}
    assert found(clerk, policy.number.lower())["policy"] == [policy.pk]
    assert found(clerk, work.number) == {"rectification": [work.pk], "finding": [finding.pk]}
    assert found(clerk, holder.number) == {"customer": [holder.pk], "rectification": [work.pk]}
    assert found(clerk, "临江银行") == {"agency": [bank.pk]}
    assert found(clerk, bank.number)["agency"] == [bank.pk]
    assert found(clerk, "临江中心支公司") == {"branch": [here.pk]}
    assert found(clerk, "东门") == {"outlet": [outlet.pk]}
    assert found(clerk, "李销售") == {"seller": [seller.pk]}
    assert found(clerk, seller.id_no)["seller"] == [seller.pk]


def test_what_is_out_of_sight_is_nothing_at_all(
    ouyang: Customer, here: Branch, bank: Agency, clerk_elsewhere: Persona, outsider: Persona
):
    policy = make_policy(holder=ouyang, seller=make_seller(branch=here, name="李销售"))
    work = make_rectification(customer=ouyang, branch=here)
    make_finding(customer=ouyang, rectification=work)
    texts = [
        "欧阳思远",
        ouyang.id_no,
        ouyang.mobile,
        policy.number,
        work.number,
        bank.name,
        here.name,
        "李销售",
    ]
    for person in (clerk_elsewhere, outsider):
        assert {text: found(person, text) for text in texts} == {text: {} for text in texts}
        empty = shown(person, "没有这个人")
        assert [text for text in texts if shown(person, text) != empty] == []
        opened = person.client.post(reverse("search"), {"q": policy.number})
        assert (opened.status_code, opened.context["found"]) == (200, [])


def test_the_number_of_hits_counts_only_what_one_sees(
    here: Branch, elsewhere: Branch, clerk: Persona, clerk_elsewhere: Persona
):
    for _who in range(SHOWN + 2):
        make_customer(home_branch=elsewhere, name="欧阳思远")
    own = make_customer(home_branch=here, name="欧阳思远")
    assert found(clerk, "欧阳思远") == {"customer": [own.pk]}
    assert 'value="customer"' not in shown(clerk, "欧阳思远")
    assert len(found(clerk_elsewhere, "欧阳思远")["customer"]) == SHOWN
    assert 'value="customer"' in shown(clerk_elsewhere, "欧阳思远")
    assert len(found(clerk_elsewhere, "欧阳思远", only="customer")["customer"]) == SHOWN + 2


class TestWhoIsNoCustomer:
    """A beneficiary as written on a policy, known nowhere else."""

    @pytest.fixture
    def party(self, here: Branch) -> PolicyParty:
        policy = make_policy(holder=make_customer(home_branch=here), seller=make_seller(branch=here))
        written = {"name": "欧阳受益", "id_no": "110105198506150014", "phone": "139-1234-5670"}
        return make_party(policy=policy, role="beneficiary", **written)

    @pytest.mark.parametrize(
        "typed", ["欧阳受益", "110105198506150014", "１１０１０５１９８５０６１５００１４", "139-1234-5670"]
    )
    def test_is_found_by_name_document_or_phone(self, typed: str, party: PolicyParty, clerk: Persona):
        assert found(clerk, typed) == {"party": [party.pk]}

    @pytest.mark.parametrize("typed", ["欧阳", "11010519850615", "139-1234"])
    def test_a_part_finds_nobody(self, typed: str, party: PolicyParty, clerk: Persona):
        assert found(clerk, typed) == {}

    def test_is_masked_and_leads_to_the_policy(self, party: PolicyParty, clerk: Persona):
        page = shown(clerk, "欧阳受益")
        assert reverse("policy", args=[party.policy_id]) in page
        assert "110105198506150014" not in page
        assert page.count("欧阳受益") <= shown(clerk, "欧阳受易").count("欧阳受易")

    def test_is_nobody_outside_the_scope(
        self, party: PolicyParty, clerk_elsewhere: Persona, outsider: Persona
    ):
        for person in (clerk_elsewhere, outsider):
            assert found(person, "欧阳受益") == {}

    def test_each_way_has_its_index(self, party: PolicyParty):
        for column in ("name", "id_key", "phone"):
            rows = PolicyParty.objects.filter(
                **{"customer__isnull": True, column: "x", f"{column}__gt": ""}
            ).order_by()
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
            assert f"policy_party_alone_{column}" in rows.explain()


def test_a_role_finds_only_its_kinds(ouyang: Customer, here: Branch, administrator: Persona):
    assert found(administrator, "欧阳思远") == {}
    assert found(administrator, here.name) == {"branch": [here.pk]}


def test_it_is_masked(ouyang: Customer, here: Branch, clerk: Persona):
    make_rectification(customer=ouyang, branch=here)
    for text in ("欧阳", ouyang.number):
        answer = shown(clerk, text)
        assert ouyang.name[0] in answer
        raw = (ouyang.name, ouyang.id_no, ouyang.mobile, ouyang.landline)
        assert [value for value in raw if value in answer] == []


def test_enter_opens_what_was_surely_meant(ouyang: Customer, here: Branch, clerk: Persona):
    policy, work = make_policy(holder=ouyang), make_rectification(customer=ouyang, branch=here)
    make_finding(customer=ouyang, rectification=work)

    def opened(text: str) -> Any:
        return getattr(clerk.client.post(reverse("search"), {"q": text}), "url", None)

    customer = reverse("customer", args=[ouyang.pk])
    assert [opened(text) for text in (ouyang.id_no, ouyang.mobile, ouyang.number, ouyang.name)] == [
        customer
    ] * 4
    assert opened(policy.number) == reverse("policy", args=[policy.pk])
    assert opened(work.number) == reverse("rectification", args=[work.pk])
    assert (opened("欧阳"), opened(policy.number[:4])) == (None, None)
    make_customer(home_branch=here, name="欧阳思远")
    assert opened("欧阳思远") is None


def looks() -> list[tuple[str, int, str]]:
    rows = AccessLog.objects.filter(access=Access.SEARCH).order_by("id")
    return [(row.field, row.record_id, row.record_kind) for row in rows]


def test_each_search_for_a_person_is_written_down_without_its_value(
    ouyang: Customer, here: Branch, clerk: Persona, clerk_elsewhere: Persona
):
    policy = make_policy(holder=ouyang)
    for text in (ouyang.id_no, ouyang.mobile, "欧阳", policy.number, ouyang.number):
        found(clerk, text)
    found(clerk_elsewhere, ouyang.id_no)
    assert looks() == [
        ("id_no", ouyang.pk, "customer"),
        ("mobile", ouyang.pk, "customer"),
        ("name", ouyang.pk, "customer"),
        ("id_no", 0, "customer"),
    ]
    assert [row.detail for row in AccessLog.objects.all() if re.search(r"欧|\d{3}", row.detail)] == []


def test_the_list_of_customers_writes_down_the_same(ouyang: Customer, clerk: Persona):
    clerk.client.post(reverse("customers"), {"q": "欧阳"})
    clerk.client.post(reverse("customers"), {"q": ""})
    assert looks() == [("name", ouyang.pk, "customer")]


def test_no_address_asks_the_list_of_customers_for_a_person(ouyang: Customer, here: Branch, clerk: Persona):
    other = make_customer(home_branch=here)
    page = clerk.client.get(reverse("customers"), {"q": ouyang.mobile})
    assert {row.pk for row in page.context["page"].rows} == {ouyang.pk, other.pk}
    assert looks() == []


def test_nothing_is_read_from_an_address_and_nothing_written_into_one(ouyang: Customer, clerk: Persona):
    page = clerk.client.get(reverse("search"), {"q": ouyang.name})
    assert (page.context["found"], ouyang.name in page.content.decode()) == ([], False)
    make_customer(home_branch=ouyang.home_branch, name=ouyang.name)
    text = clerk.client.post(reverse("search"), {"q": ouyang.name}).content.decode()
    links = re.findall(r'(?:href|action|formaction)="([^"]*)"', text)
    assert len(links) > 5
    assert [link for link in links if "q=" in link] == []
    assert looks() == [("name", 0, "customer")]


def test_every_page_has_the_box_and_the_login_has_none(clerk: Persona, client: Any):
    for address in ("/", reverse("customers"), reverse("admin:agents_outlet_changelist")):
        assert clerk.client.get(address).content.decode().count("data-search-all") == 1
    assert "data-search-all" not in client.get(reverse("login")).content.decode()


def test_it_asks_as_often_for_one_as_for_thirty(
    here: Branch, bank: Agency, clerk: Persona, django_assert_max_num_queries: Any
):
    def asked(text: str) -> int:
        with django_assert_max_num_queries(25) as captured:
            found(clerk, text)
        return len(captured)

    def fill(number: int) -> None:
        for _one in range(number):
            holder = make_customer(home_branch=here, name="欧阳思远")
            make_policy(holder=holder, seller=make_seller(branch=here, agency=bank, name="欧阳销售"))
            make_finding(customer=holder, rectification=make_rectification(customer=holder, branch=here))

    fill(1)
    asked("欧阳")
    few = asked("欧阳")
    fill(12)
    assert asked("欧阳") <= few
