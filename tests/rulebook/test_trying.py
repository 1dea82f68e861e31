"""The box in which rules are tried: masked, within reach, posted, and nothing of it stored."""

from __future__ import annotations

import pytest
from django.urls import reverse

from audits.models import Finding
from customers.models import Customer
from tests.factories import make_agency, make_customer, make_outlet, make_policy, make_seller, make_staff
from tests.personas import Persona, log_in
from workplace.choices import Role

pytestmark = pytest.mark.django_db

MOBILE = "13757219364"


def posted(persona: Persona, code: str = "", **data: str):
    address = reverse("try_proposed", args=[code]) if code else reverse("try_rules")
    return persona.client.post(address, data, headers={"HX-Request": "true"})


def test_a_value_tells_which_rules_speak_and_why(compliance: Persona):
    answer = posted(compliance, kind="mobile", value="13800138000").content.decode()
    assert "PH-009" in answer
    assert "82-" not in answer
    assert "保监发〔2013〕82号" in answer


def test_a_good_value_stays_without_a_word(compliance: Persona):
    answer = posted(compliance, kind="mobile", value=MOBILE).content.decode()
    assert 'class="zx-good"' in answer
    assert "zx-card" not in answer


def test_a_document_number_is_read_in_the_light_of_its_type(compliance: Persona):
    found = [
        posted(compliance, kind="id_no", id_type=kind, value="11010519491231002X").content.decode()
        for kind in ("resident_id", "hk_macau_permit")
    ]
    assert ["ID-012" in each for each in found] == [False, True]


def test_a_customer_is_told_masked(compliance: Persona):
    customer = make_customer(mobile="13800138000")
    make_policy(holder=customer)
    answer = posted(compliance, kind="customer", value=customer.number).content.decode()
    assert "PH-009" in answer
    assert "138****8000" in answer
    assert customer.name not in answer
    assert customer.id_no not in answer
    assert "13800138000" not in answer


def test_a_customer_out_of_reach_does_not_exist(here, elsewhere):
    narrow = log_in(make_staff(Role.COMPLIANCE, branch=here))
    customer = make_customer(home_branch=elsewhere, mobile="13800138000")
    make_policy(holder=customer)
    told = [
        posted(narrow, kind="customer", value=number).content.decode()
        for number in (customer.number, "there-is-none")
    ]
    assert told[0].replace(customer.number, "there-is-none") == told[1]
    assert "PH-009" not in told[0]


def test_whom_a_number_belongs_to_is_told_only_to_who_sees_everything(here, compliance: Persona):
    agency = make_agency(branch=here)
    seller = make_seller(outlet=make_outlet(agency=agency), phone=MOBILE)
    make_policy(seller=seller, holder=make_customer())
    narrow = log_in(make_staff(Role.COMPLIANCE, branch=here))
    assert "PH-021" not in posted(narrow, kind="mobile", value=MOBILE).content.decode()
    assert posted(compliance, kind="mobile", value=MOBILE).status_code == 200


def test_nothing_of_it_stays(compliance: Persona):
    before = Customer.objects.count(), Finding.objects.count()
    posted(compliance, kind="mobile", value="13800138000")
    assert (Customer.objects.count(), Finding.objects.count()) == before


def test_a_get_takes_no_value(compliance: Persona):
    page = compliance.client.get(reverse("try_rules"), {"kind": "mobile", "value": "13800138000"})
    assert not page.context["try_form"].is_bound
    assert "PH-009" not in page.content.decode()


def test_settings_that_are_not_saved_are_tried(compliance: Persona):
    form = {"enabled": "on", "severity": "", "threshold-run": "5", "threshold-sequence": "7"}
    form |= {"threshold-doubtful_run": "5", "threshold-doubtful_distinct": "2"}
    value = {"kind": "mobile", "value": "13920000046"}
    assert "PH-010" not in posted(compliance, **value).content.decode()
    told = posted(compliance, "PH-010", **form, **value).content.decode()
    assert "zx-card" in told
    assert "PH-010" in told


@pytest.mark.parametrize("role", [Role.CLERK, Role.MANAGER, Role.ADMINISTRATOR])
def test_others_have_no_box(role: Role, here):
    assert log_in(make_staff(role, branch=here)).client.get(reverse("try_rules")).status_code == 403
