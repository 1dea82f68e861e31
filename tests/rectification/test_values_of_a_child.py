"""A child's values stay masked on the workbench and in review for who may not reveal a child's data."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from agents.models import Branch
from audits.models import Finding, Rectification
from audits.operations.corrections import submit_rectification
from audits.operations.evidence import add_evidence
from audits.operations.exemptions import propose_exemption
from audits.operations.rectifications import assign_rectification
from policies.models import ApplicationForm, FormPage, Policy
from tests.factories import AT, make_form, resident_id, willed
from tests.personas import Persona
from tests.rectification.scenes import SHORT, defective, good_mobile, image
from tests.round_trip.scenes import taken_out
from workplace.models import Staff
from workplace.operations.corrections import Proposal

pytestmark = pytest.mark.django_db

WRITTEN = "1381234568"


@pytest.fixture
def of_a_child(here: Branch, clerk: Persona, manager: Persona) -> Rectification:
    number = resident_id(born=date(2018, 5, 6))
    document = {"id_no": number, "id_valid_from": "2024-12-01", "id_valid_to": "2029-12-01"}
    child = defective(here, birth_date="2018-05-06", **document)
    make_form(policy=Policy.objects.get(parties__customer=child), says={"holder.mobile": WRITTEN})
    found = Rectification.objects.get(customer=child)
    return assign_rectification(rectification=found, owner=clerk.fresh(), actor=manager.fresh(), at=AT)


def _granted(staff: Staff) -> None:
    staff.user_permissions.add(Permission.objects.get(codename="reveal_minor"))


def test_the_clerk_sees_it_masked_and_can_still_type(of_a_child: Rectification, clerk: Persona) -> None:
    text = clerk.client.get(reverse("rectification", args=[of_a_child.pk])).content.decode()
    assert SHORT not in text
    assert WRITTEN not in text
    assert f'name="v:customer:{of_a_child.customer_id}:mobile"' in text


def test_who_may_reveal_a_child_sees_it(of_a_child: Rectification, clerk: Persona) -> None:
    _granted(clerk.staff)
    text = clerk.client.get(reverse("rectification", args=[of_a_child.pk])).content.decode()
    assert SHORT in text
    assert WRITTEN in text


def test_who_decides_needs_the_right_too(of_a_child: Rectification, clerk: Persona, manager: Persona) -> None:
    assert of_a_child.customer_id
    typed = good_mobile()
    submit_rectification(
        rectification=of_a_child,
        corrections=[Proposal("customer", of_a_child.customer_id, "mobile", typed, "document")],
        will=willed(),
        actor=clerk.fresh(),
        at=AT,
    )
    page = reverse("review", args=[of_a_child.pk])
    assert typed in manager.client.get(page).content.decode()

    for group in manager.staff.groups.all():
        group.permissions.remove(Permission.objects.get(codename="reveal_minor"))

    text = manager.client.get(page).content.decode()
    assert typed not in text
    assert SHORT not in text


def test_the_list_taken_out_masks_it_too(of_a_child: Rectification, clerk: Persona) -> None:
    _exported, rows = taken_out(clerk)
    assert rows
    assert SHORT not in {row["present"] for row in rows}
    _granted(clerk.staff)
    _exported, rows = taken_out(clerk)
    assert SHORT in {row["present"] for row in rows}


def test_scans_of_a_child_ask_for_the_right_too(of_a_child: Rectification, clerk: Persona) -> None:
    proof = add_evidence(rectification=of_a_child, name="id.png", content=image(), actor=clerk.fresh(), at=AT)
    form = ApplicationForm.objects.get(policy__parties__customer=of_a_child.customer_id)
    FormPage.objects.create(form=form, page=1, image=proof.file)
    page = reverse("rectification", args=[of_a_child.pk])
    scans = [reverse("evidence", args=[proof.pk]), reverse("form_page", args=[form.pk, 1])]

    shown = clerk.client.get(page).content.decode()
    assert [f'="{one}"' in shown for one in scans] == [False, False]
    assert [clerk.client.get(one).status_code for one in scans] == [404, 404]

    _granted(clerk.staff)
    shown = clerk.client.get(page).content.decode()
    assert [f'="{one}"' in shown for one in scans] == [True, True]
    assert [clerk.client.get(one).status_code for one in scans] == [200, 200]


def test_what_an_exemption_stands_on_asks_for_the_right_too(
    of_a_child: Rectification, clerk: Persona, manager: Persona
) -> None:
    made = propose_exemption(
        finding=Finding.objects.filter(rectification=of_a_child, state="open")[0],
        relation="family",
        reason="电话核实",
        expires_on=timezone.localdate() + timedelta(days=30),
        evidence=("id.png", image()),
        actor=clerk.fresh(),
        at=timezone.now(),
    )
    address = reverse("exemption_evidence", args=[made.pk])
    assert clerk.client.get(address).status_code == 404
    assert manager.client.get(address).status_code == 200
