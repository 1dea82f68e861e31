"""Accounts, terms of the policy and what must be known of a beneficiary come in with the files."""

from __future__ import annotations

from decimal import Decimal

import pytest

from agents.models import Branch
from policies.models import Policy, PolicyParty
from tests.factories import AT, make_customer, make_product
from workplace.intake.write import write_rows

pytestmark = pytest.mark.django_db


def write(kind: str, row: dict[str, str]) -> list:
    return write_rows(kind=kind, rows=[row], actor=None, at=AT, extracted_at=AT).rejected


@pytest.fixture
def policy_row(here: Branch) -> dict[str, str]:
    return {
        "number": "P1",
        "product": make_product().code,
        "channel": "个险",
        "branch": here.number,
        "status": "有效",
    }


def test_an_account_is_kept_as_written_in_normal_form_and_with_what_it_breaks(policy_row):
    assert write("policies", {**policy_row, "account_no": "6222 0200-0000 0008"}) == []

    policy = Policy.objects.get()
    assert policy.account_no_raw == "6222 0200-0000 0008"
    assert policy.account_no == "6222020000000008"
    assert policy.account_marks == ["BK-002"]


def test_terms_say_yes_no_or_nothing(policy_row):
    terms = {"payment_years": "20", "death_cover": "200000", "insured_consent": "是", "income_proof": ""}
    assert write("policies", {**policy_row, **terms}) == []

    policy = Policy.objects.get()
    assert (policy.payment_years, policy.death_cover) == (20, Decimal("200000.00"))
    assert policy.insured_consent is True
    assert policy.income_proof is None


def test_the_account_holders_number_has_a_large_x(policy_row):
    write("policies", {**policy_row, "account_holder_id_no": "11010119850615 103x"})
    assert Policy.objects.get().account_holder_id_no == "11010119850615103X"


def test_the_account_holders_fifteen_digits_count_as_eighteen(policy_row):
    write("policies", {**policy_row, "account_holder_id_no": "110101850615103"})
    assert Policy.objects.get().account_holder_id_no.startswith("11010119850615103")


def test_a_beneficiary_comes_with_phone_address_work_and_guardian(policy_row, here: Branch):
    write("policies", policy_row)
    make_customer(home_branch=here)
    row = {
        "policy": "P1",
        "role": "受益人",
        "benefit": "身故",
        "customer": "",
        "name": "赵小受",
        "phone": "139 2046 1857",
        "address": "北京市东城区锡拉胡同5号",
        "occupation": "学生",
        "guardian_name": "赵母",
        "guardian_phone": "13666180293",
    }
    assert write("parties", row) == []

    party = PolicyParty.objects.get()
    assert (party.phone, party.occupation) == ("13920461857", "学生")
    assert (party.guardian_name, party.guardian_phone) == ("赵母", "13666180293")
