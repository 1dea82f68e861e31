"""A finding may stand for a while when two people say so; every other finding is spoken of as before."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import override

from agents.models import Agency, Branch
from audits.choices import EpisodeEnd, ExemptionState, RectificationState
from audits.models import Exemption, Finding, FindingEpisode
from audits.operations.corrections import accept_rectification, submit_rectification
from audits.operations.exemptions import (
    ExemptionRefused,
    decide_exemption,
    propose_exemption,
    revoke_exemption,
)
from audits.operations.rectifications import assign_rectifications
from audits.operations.sweep import resweep_subjects
from customers.models import Customer
from tests import factories as make
from tests.personas import Persona
from tests.sweep.sweeping import sweep

pytestmark = pytest.mark.django_db
NUMBER = "13577203918"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def holders(here: Branch, bank: Agency, now: datetime) -> list[Customer]:
    """Three holders of two sellers on one number."""
    sellers = [make.make_seller(outlet=make.make_outlet(agency=bank)) for _ in range(2)]
    found = []
    for place in range(3):
        customer = make.make_customer(home_branch=here, mobile=NUMBER)
        make.make_policy(holder=customer, seller=sellers[place % 2])
        found.append(customer)
    resweep_subjects(customer_ids=[one.pk for one in found], at=now, actor=None)
    return found


def shared(customer: Customer) -> Finding:
    return Finding.objects.get(customer=customer, rule="PH-023", field="mobile")


def states(holders: list[Customer]) -> list[str]:
    return [shared(one).state for one in holders]


def proposed(finding: Finding, clerk: Persona, now: datetime, days: int = 100) -> Exemption:
    return propose_exemption(
        finding=finding,
        relation="family",
        reason="与投保人为夫妻,电话核实",
        expires_on=timezone.localdate() + timedelta(days=days),
        actor=clerk.staff,
        at=now,
    )


def test_approval_closes_that_members_finding_alone(
    holders: list[Customer], clerk: Persona, manager: Persona, now: datetime
):
    exemption = proposed(shared(holders[0]), clerk, now)
    assert states(holders) == ["open", "open", "open"]
    decide_exemption(exemption=exemption, approve=True, actor=manager.staff, at=now)
    assert states(holders) == ["closed", "open", "open"]
    assert FindingEpisode.objects.get(finding=shared(holders[0])).ended_by == EpisodeEnd.EXEMPTED


def test_sweeps_keep_quiet_until_the_day_after_the_last(
    holders: list[Customer], clerk: Persona, manager: Persona, now: datetime
):
    exemption = proposed(shared(holders[0]), clerk, now, days=10)
    decide_exemption(exemption=exemption, approve=True, actor=manager.staff, at=now)
    ids = [one.pk for one in holders]
    resweep_subjects(customer_ids=ids, at=now + timedelta(days=10), actor=None)
    assert states(holders) == ["closed", "open", "open"]
    resweep_subjects(customer_ids=ids, at=now + timedelta(days=11), actor=None)
    assert states(holders) == ["open", "open", "open"]
    assert shared(holders[0]).reopened == 1


def test_another_value_is_spoken_of_again(
    holders: list[Customer], clerk: Persona, manager: Persona, here: Branch, now: datetime
):
    exemption = proposed(shared(holders[0]), clerk, now)
    decide_exemption(exemption=exemption, approve=True, actor=manager.staff, at=now)
    others = [make.make_customer(home_branch=here, mobile="13666180293") for _ in range(2)]
    for other in others:
        make.make_policy(holder=other, seller=make.make_seller(branch=here))
    Customer.objects.filter(pk=holders[0].pk).update(mobile="13666180293", mobile_raw="13666180293")
    resweep_subjects(customer_ids=[holders[0].pk], at=now, actor=None)
    assert shared(holders[0]).state == "open"


def test_an_exemption_of_a_value_that_changed_meanwhile_is_not_approved(
    holders: list[Customer], clerk: Persona, manager: Persona, here: Branch, now: datetime
):
    exemption = proposed(shared(holders[0]), clerk, now)
    others = [make.make_customer(home_branch=here, mobile="13666180293") for _ in range(2)]
    for other in others:
        make.make_policy(holder=other, seller=make.make_seller(branch=here))
    Customer.objects.filter(pk=holders[0].pk).update(mobile="13666180293", mobile_raw="13666180293")
    with override("en"), pytest.raises(ExemptionRefused, match=f"{clerk.staff.name}.*anew"):
        decide_exemption(exemption=exemption, approve=True, actor=manager.staff, at=now)
    exemption.refresh_from_db()
    assert exemption.state == ExemptionState.PROPOSED
    decide_exemption(exemption=exemption, approve=False, note="号码已变", actor=manager.staff, at=now)
    assert proposed(shared(holders[0]), clerk, now).pk != exemption.pk


def test_an_exemption_of_what_was_put_right_meanwhile_is_not_approved(
    holders: list[Customer], clerk: Persona, manager: Persona, now: datetime
):
    exemption = proposed(shared(holders[0]), clerk, now)
    Customer.objects.filter(pk=holders[0].pk).update(mobile="13666180293", mobile_raw="13666180293")
    with pytest.raises(ExemptionRefused):
        decide_exemption(exemption=exemption, approve=True, actor=manager.staff, at=now)


class TestGrowingCluster:
    """Two on one number, of whom one is exempted; then more come to it, or all are of one seller."""

    @pytest.fixture
    def two(self, here: Branch, bank: Agency, now: datetime) -> list[Customer]:
        found = [make.make_customer(home_branch=here, mobile=NUMBER) for _ in range(2)]
        for customer in found:
            make.make_policy(holder=customer, seller=make.make_seller(outlet=make.make_outlet(agency=bank)))
        resweep_subjects(customer_ids=[one.pk for one in found], at=now, actor=None)
        return found

    def exempted(
        self, customer: Customer, clerk: Persona, manager: Persona, relation: str, rule: str = "PH-022"
    ) -> Exemption:
        now = timezone.now()
        made = propose_exemption(
            finding=Finding.objects.get(customer=customer, rule=rule, field="mobile"),
            relation=relation,
            reason="与投保人为夫妻,电话核实",
            expires_on=timezone.localdate() + timedelta(days=30),
            actor=clerk.staff,
            at=now,
        )
        return decide_exemption(exemption=made, approve=True, actor=manager.staff, at=now)

    def told(self, customers: list[Customer]) -> list[list[str]]:
        opened = Finding.objects.filter(state="open", field="mobile", rule__startswith="PH-02")
        return [sorted(opened.filter(customer=one).values_list("rule", flat=True)) for one in customers]

    def grown(self, here: Branch, now: datetime) -> Customer:
        third = make.make_customer(home_branch=here, mobile=NUMBER)
        make.make_policy(holder=third, seller=make.make_seller(branch=here))
        resweep_subjects(customer_ids=[third.pk], at=now, actor=None)
        return third

    @pytest.mark.parametrize("relation", ["family", "verified"])
    def test_whose_number_it_is_was_answered_and_is_not_asked_again(
        self,
        two: list[Customer],
        clerk: Persona,
        manager: Persona,
        here: Branch,
        now: datetime,
        relation: str,
    ):
        self.exempted(two[0], clerk, manager, relation)
        assert self.told(two) == [[], ["PH-022"]]
        third = self.grown(here, now)
        assert self.told([*two, third]) == [[], ["PH-023"], ["PH-023"]]
        sweep(at=now)
        sweep(at=now, incremental=True)
        assert self.told([*two, third]) == [[], ["PH-023"], ["PH-023"]]

    def test_a_finding_let_stand_for_another_reason_is_judged_anew_when_it_becomes_graver(
        self, two: list[Customer], clerk: Persona, manager: Persona, here: Branch, now: datetime
    ):
        self.exempted(two[0], clerk, manager, "waived")
        third = self.grown(here, now)
        assert self.told([*two, third]) == [["PH-023"]] * 3

    def test_it_ends_with_its_last_day_and_with_the_number(
        self, two: list[Customer], clerk: Persona, manager: Persona, here: Branch, now: datetime
    ):
        self.exempted(two[0], clerk, manager, "family")
        third = self.grown(here, now)
        sweep(at=now + timedelta(days=31))
        assert self.told([*two, third]) == [["PH-023"]] * 3

    def test_what_was_said_of_one_sellers_clients_holds_when_another_seller_joins(
        self, bank: Agency, clerk: Persona, manager: Persona, here: Branch, now: datetime
    ):
        seller = make.make_seller(outlet=make.make_outlet(agency=bank))
        two = [make.make_customer(home_branch=here, mobile=NUMBER) for _ in range(2)]
        for customer in two:
            make.make_policy(holder=customer, seller=seller)
        resweep_subjects(customer_ids=[one.pk for one in two], at=now, actor=None)
        self.exempted(two[0], clerk, manager, "family", rule="PH-024")
        assert self.told(two) == [[], ["PH-024"]]
        third = self.grown(here, now)
        assert self.told([*two, third]) == [[], ["PH-023"], ["PH-023"]]


def test_who_proposes_does_not_approve(holders: list[Customer], manager: Persona, now: datetime):
    exemption = proposed(shared(holders[0]), manager, now)
    with pytest.raises(ExemptionRefused):
        decide_exemption(exemption=exemption, approve=True, actor=manager.staff, at=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        Exemption.objects.update(state=ExemptionState.APPROVED, decided_by=manager.staff, decided_at=now)


def test_a_clerk_cannot_decide(holders: list[Customer], clerk: Persona, now: datetime):
    exemption = proposed(shared(holders[0]), clerk, now)
    assert clerk.client.post(f"/exemptions/{exemption.pk}/decide/", {"action": "approve"}).status_code == 403
    assert Exemption.objects.get().state == ExemptionState.PROPOSED


@pytest.mark.parametrize(
    ("relation", "reason", "days"),
    [("friend", "x", 5), ("family", " ", 5), ("family", "x", 0), ("family", "x", 4000)],
)
def test_what_is_not_said_is_refused(
    holders: list[Customer], clerk: Persona, now: datetime, relation: str, reason: str, days: int
):
    with pytest.raises(ExemptionRefused):
        propose_exemption(
            finding=shared(holders[0]),
            relation=relation,
            reason=reason,
            expires_on=timezone.localdate() + timedelta(days=days),
            actor=clerk.staff,
            at=now,
        )
    assert not Exemption.objects.exists()


def test_ended_early_it_is_spoken_of_again(
    holders: list[Customer], clerk: Persona, manager: Persona, now: datetime
):
    exemption = proposed(shared(holders[0]), clerk, now)
    decide_exemption(exemption=exemption, approve=True, actor=manager.staff, at=now)
    revoke_exemption(exemption=exemption, note="客户否认", actor=manager.staff, at=now)
    assert states(holders) == ["open", "open", "open"]


def test_accepting_a_rectification_approves_what_it_proposes(
    holders: list[Customer], clerk: Persona, manager: Persona, now: datetime
):
    finding = shared(holders[0])
    rectification = finding.rectification
    assert rectification is not None
    assign_rectifications(
        rectifications=[rectification], owner=clerk.staff, actor=manager.staff, at=now, note=""
    )
    for one in Finding.objects.filter(rectification=rectification, state="open"):
        proposed(one, clerk, now)
    rectification.refresh_from_db()
    submit_rectification(rectification=rectification, actor=clerk.staff, at=now)
    rectification.refresh_from_db()
    accept_rectification(rectification=rectification, actor=manager.staff, at=now)
    rectification.refresh_from_db()
    assert rectification.state == RectificationState.CLOSED
    assert Exemption.objects.get(finding=finding).state == ExemptionState.APPROVED
    assert states(holders) == ["closed", "open", "open"]


class TestWorkbench:
    def test_the_cluster_shows_its_members_masked_with_policies_and_sellers(
        self, holders: list[Customer], clerk: Persona
    ):
        page = clerk.client.get("/shared-contacts/").content.decode()
        finding = shared(holders[0])
        assert finding.value_hash in page
        page = clerk.client.get(f"/shared-contacts/mobile/{finding.value_hash}/").content.decode()
        for holder in holders:
            assert holder.number in page
            assert holder.name not in page
        assert NUMBER not in page
        assert Finding.objects.filter(rule="PH-023").count() == 3

    def test_an_outsider_sees_no_cluster(
        self, holders: list[Customer], outsider: Persona, clerk_elsewhere: Persona
    ):
        url = f"/shared-contacts/mobile/{shared(holders[0]).value_hash}/"
        assert clerk_elsewhere.client.get(url).status_code == 404
        assert outsider.client.get(url).status_code in (403, 404)

    def test_family_keep_and_wrong(self, holders: list[Customer], clerk: Persona, manager: Persona):
        first, second, third = (shared(one) for one in holders)
        until = (timezone.localdate() + timedelta(days=30)).isoformat()
        for finding, relation in ((first, "family"), (second, "verified")):
            body = {"from": "cluster", "relation": relation, "reason": "已核实", "expires_on": until}
            answer = clerk.client.post(f"/findings/{finding.pk}/exempt/", body)
            assert answer.url == f"/shared-contacts/mobile/{finding.value_hash}/"
        assert [one.relation for one in Exemption.objects.order_by("pk")] == ["family", "verified"]
        answer = clerk.client.post(f"/findings/{third.pk}/wrong/", {"from": "cluster"})
        assert third.rectification is not None
        assert answer.url == f"/rectifications/{third.rectification.pk}/"
        assert third.rectification.timeline.filter(action="contact_wrong").exists()
        for exemption in Exemption.objects.all():
            manager.client.post(f"/exemptions/{exemption.pk}/decide/", {"action": "approve"})
        assert states(holders) == ["closed", "closed", "open"]

    def test_a_bad_file_and_a_bad_day_are_told_and_keep_nothing(
        self, holders: list[Customer], clerk: Persona
    ):
        finding = shared(holders[0])
        body = {"relation": "family", "reason": "已核实", "expires_on": date.min.isoformat()}
        answer = clerk.client.post(f"/findings/{finding.pk}/exempt/", body, follow=True)
        assert answer.status_code in (200, 404)
        assert not Exemption.objects.exists()
