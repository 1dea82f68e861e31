"""What the register of exemptions and the workbench of shared contacts show, and to whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from agents.models import Agency, Branch
from audits.models import Exemption, Finding
from audits.operations.exemptions import propose_exemption
from audits.operations.sweep import resweep_subjects
from audits.shared_contacts import clusters, members
from authenticity.models import RuleSetting
from customers.models import Customer
from customers.operations.corrections import correct_customer
from tests import factories as make
from tests.personas import Persona
from workplace.models import AccessLog

pytestmark = pytest.mark.django_db
NUMBER = "13577203918"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def holders(here: Branch, bank: Agency, now: datetime) -> list[Customer]:
    """Three holders of two sellers on one number."""
    sellers = [make.make_seller(outlet=make.make_outlet(agency=bank)) for _ in range(2)]
    found = [make.make_customer(home_branch=here, mobile=NUMBER) for _ in range(3)]
    for place, customer in enumerate(found):
        make.make_policy(holder=customer, seller=sellers[place % 2])
    sweep(found, now)
    return found


def sweep(holders: list[Customer], at: datetime) -> None:
    resweep_subjects(customer_ids=[one.pk for one in holders], at=at, actor=None)


def exemption_of(customer: Customer, clerk: Persona, now: datetime, image: bytes | None) -> Exemption:
    return propose_exemption(
        finding=Finding.objects.get(customer=customer, rule="PH-023"),
        relation="family",
        reason="电话核实",
        expires_on=timezone.localdate() + timedelta(days=100),
        actor=clerk.staff,
        at=now,
        evidence=("card.png", image) if image else None,
    )


def picture() -> bytes:
    kept = BytesIO()
    Image.new("RGB", (8, 8)).save(kept, "PNG")
    return kept.getvalue()


def test_who_approves_sees_the_evidence_and_that_is_written_down(
    holders: list[Customer], clerk: Persona, manager: Persona, now: datetime
):
    exemption = exemption_of(holders[0], clerk, now, picture())
    address = reverse("exemption_evidence", args=[exemption.pk])
    assert address in manager.client.get(reverse("exemptions")).content.decode()
    served = manager.client.get(address)
    assert (served.status_code, served["Content-Type"]) == (200, "image/png")
    look = AccessLog.objects.get(access="download")
    assert (look.staff_id, look.record_kind, look.record_id) == (manager.staff.pk, "customer", holders[0].pk)


def test_evidence_is_not_there_for_others_nor_where_none_was_given(
    holders: list[Customer], clerk: Persona, clerk_elsewhere: Persona, now: datetime
):
    given, bare = (
        exemption_of(holders[place], clerk, now, image) for place, image in enumerate((picture(), None))
    )
    addresses = [reverse("exemption_evidence", args=[one.pk]) for one in (given, bare)]
    assert clerk_elsewhere.client.get(addresses[0]).status_code == 404
    assert clerk.client.get(addresses[1]).status_code == 404


def test_a_member_of_whom_two_rules_spoke_stands_once(holders: list[Customer], clerk: Persona, now: datetime):
    RuleSetting.objects.update_or_create(code="PH-023", defaults={"parameters": {"holders": 4}, "version": 2})
    sweep(holders, now)
    spoken = Finding.objects.filter(customer__in=holders).values_list("rule", "state")
    assert sorted(spoken) == [("PH-022", "open")] * 3 + [("PH-023", "closed")] * 3
    (cluster,), total = clusters(clerk.fresh(), "mobile")
    assert total == 1
    assert (cluster.open, cluster.members) == (3, 3)
    found = members(clerk.fresh(), "mobile", cluster.value_hash)
    assert [one.finding.rule for one in found] == ["PH-022"] * 3
    assert all(one.places for one in found)


def test_clusters_beyond_the_first_page_are_counted_and_reached(
    holders: list[Customer], clerk: Persona, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    """The holders share their mobile; a landline of two of them makes a second cluster."""
    for customer in holders[:2]:
        correct_customer(
            customer=customer,
            values={"landline": "010-65128473"},
            actor=None,
            at=now,
            expected_version=Customer.objects.get(pk=customer.pk).version,
        )
    sweep(holders, now)
    for module in ("audits.shared_contacts", "audits.views.exemptions"):
        monkeypatch.setattr(f"{module}.SHOWN", 1)
    pages = [clusters(clerk.fresh(), page=page) for page in (0, 1)]
    assert [total for _rows, total in pages] == [2, 2]
    assert {rows[0].field for rows, _total in pages} == {"mobile", "landline"}
    first = clerk.client.get(reverse("shared_contacts"))
    assert (first.context["total"], first.context["older"], first.context["newer"]) == (2, 1, None)
    assert "page=1" in first.content.decode()


def test_who_is_left_out_for_want_of_room_does_not_count_as_out_of_scope(
    holders: list[Customer], clerk: Persona, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    (cluster,), _total = clusters(clerk.fresh(), "mobile")
    monkeypatch.setattr("audits.shared_contacts.SHOWN", 2)
    page = clerk.client.get(reverse("shared_contact", args=[cluster.field, cluster.value_hash]))
    assert (len(page.context["members"]), page.context["elsewhere"]) == (2, 0)
