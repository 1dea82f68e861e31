"""A merge is proposed by one and accepted by another; everything follows, and two can undo it exactly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from agents.models import Branch
from audits.choices import EpisodeEnd, FindingState, MergeState, RectificationState
from audits.models import Finding, FindingEpisode, Merge, Rectification
from audits.obstacles import obstacles_of
from audits.operations.change_requests import save_change, start_change, withdraw_change
from audits.operations.merging import MergeRefused, accept_merge, propose_merge, return_merge
from audits.operations.moving import LEFT, MOVED, business_columns
from audits.operations.rectifications import assign_rectification
from audits.operations.sweep import resweep_subjects
from audits.operations.unmerging import accept_undo, propose_undo, refuse_undo
from customers.choices import PairState
from customers.models import Coverage, Customer, DuplicatePair, ServingUnit
from customers.operations.corrections import correct_customer
from policies.models import Policy, PolicyParty
from tests import factories as make
from tests.duplicates.people import again, one, pair_of
from tests.factories import AT
from tests.personas import Persona
from workplace.choices import CorrectionState, HoldState
from workplace.intake.write import write_rows
from workplace.models import Correction, Hold, OutboxEntry
from workplace.operations.corrections import Proposal

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)
DAY_AFTER = AT + timedelta(days=1)


@dataclass
class Scene:
    """One person twice: `stays` has a policy, `goes` has another and a finding of its own."""

    stays: Customer
    goes: Customer
    pair: DuplicatePair
    policies: list[Policy]

    def fresh(self) -> tuple[Customer, Customer]:
        return Customer.objects.get(pk=self.stays.pk), Customer.objects.get(pk=self.goes.pk)


@pytest.fixture
def scene(here: Branch) -> Scene:
    stays = one(home_branch=here)
    goes = again(stays, mobile="138", landline="010-65283344", email="zhang@example.com")
    policies = [make.make_policy(holder=stays, branch=here), make.make_policy(holder=goes, branch=here)]
    resweep_subjects(customer_ids=[stays.pk, goes.pk], at=AT, actor=None)
    pair = pair_of(stays, goes)
    assert pair is not None
    return Scene(stays, goes, pair, policies)


def proposed(scene: Scene, by: Persona, choices: tuple[str, ...] = ("landline", "email")) -> Merge:
    return propose_merge(
        pair=scene.pair, survivor=scene.stays, choices=choices, note="身份证号相同，电话核实为同一人",
        actor=by.staff, at=AT,
    )  # fmt: skip


def merged(
    scene: Scene, by: Persona, second: Persona, choices: tuple[str, ...] = ("landline", "email")
) -> Merge:
    return accept_merge(merge=proposed(scene, by, choices), actor=second.staff, at=LATER)


def book() -> dict[str, Any]:
    """The business columns of every customer and party, what is open, who serves whom, in which role."""
    customers = {
        row.number: business_columns(row) | {"into": row.merged_into_id} for row in Customer.objects.all()
    }
    left_out = {"version", "extracted_at", "batch_id", "recorded_at"}
    parties = [
        {name: value for name, value in row.items() if name not in left_out}
        for row in PolicyParty.objects.order_by("pk").values()
    ]
    findings = Finding.objects.filter(state=FindingState.OPEN).order_by("pk")
    return {
        "customers": customers,
        "parties": parties,
        "findings": list(findings.values_list("rule", "customer_id", "policy_id", "field", "part")),
        "rectifications": sorted(
            Rectification.objects.exclude(state=RectificationState.CLOSED).values_list("number", flat=True)
        ),
        "serving": sorted(ServingUnit.objects.values_list("customer_id", "branch_id", "agency_id"), key=str),
        "coverage": sorted(Coverage.objects.values_list("customer_id", "holder", "insured", "beneficiary")),
        "holds": sorted(Hold.objects.filter(state=HoldState.HOLDING).values_list("record_id", "field")),
    }


def test_a_proposal_changes_nothing_but_waits(scene: Scene, clerk: Persona):
    before = book()
    merge = proposed(scene, clerk)
    assert book() == before
    scene.pair.refresh_from_db()
    assert (merge.state, scene.pair.state) == (MergeState.PROPOSED, PairState.PROPOSED)
    waiting = Correction.objects.filter(origin=f"merge:{merge.pk}", state=CorrectionState.SUBMITTED)
    assert set(waiting.values_list("field", flat=True)) == {"landline", "email"}


def test_who_proposed_it_cannot_accept_it(scene: Scene, manager: Persona):
    merge = proposed(scene, manager)
    with pytest.raises(MergeRefused):
        accept_merge(merge=merge, actor=manager.staff, at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Merge.objects.filter(pk=merge.pk).update(state=MergeState.DONE, decided_by=manager.staff)


def test_accepting_moves_everything_in_one_piece(scene: Scene, clerk: Persona, manager: Persona):
    opened = list(Finding.objects.filter(customer=scene.goes, state=FindingState.OPEN))
    assert opened
    merge = merged(scene, clerk, manager)
    stays, goes = scene.fresh()
    assert goes.merged_into_id == stays.pk
    assert (stays.landline, stays.email, stays.mobile) == (
        scene.goes.landline, scene.goes.email, scene.stays.mobile,
    )  # fmt: skip
    assert set(PolicyParty.objects.values_list("customer_id", flat=True)) == {stays.pk}
    assert not Finding.objects.filter(customer=goes, state=FindingState.OPEN).exists()
    ended = FindingEpisode.objects.filter(finding__in=opened).values_list("ended_by", flat=True)
    assert set(ended) == {EpisodeEnd.MERGED}
    assert not Rectification.objects.filter(customer=goes).exclude(state=RectificationState.CLOSED).exists()
    assert not ServingUnit.objects.filter(customer=goes).exists()
    assert not Coverage.objects.filter(customer=goes).exists()
    scene.pair.refresh_from_db()
    assert (merge.state, scene.pair.state) == (MergeState.DONE, PairState.MERGED)


def test_the_core_system_is_told_of_the_number_and_of_each_value(
    scene: Scene, clerk: Persona, manager: Persona
):
    merged(scene, clerk, manager)
    told = OutboxEntry.objects.values_list("record_key", "field", "new_value")
    assert set(told) == {
        (scene.stays.number, "landline", scene.goes.landline),
        (scene.stays.number, "email", "zhang@example.com"),
        (scene.goes.number, "merged_into", scene.stays.number),
    }
    assert OutboxEntry.objects.visible_to(manager.fresh()).count() == 3


def test_undone_it_is_as_before_and_the_core_is_told(
    scene: Scene, clerk: Persona, manager: Persona, compliance: Persona
):
    before = book()
    merge = merged(scene, clerk, manager)
    assert book() != before
    propose_undo(merge=merge, reason="客户来电说明是两个人", actor=manager.staff, at=DAY_AFTER)
    accept_undo(merge=merge, actor=compliance.staff, at=DAY_AFTER)
    assert book() == before
    told = OutboxEntry.objects.filter(correction__origin=f"undo-merge:{merge.pk}")
    assert set(told.values_list("record_key", "field", "new_value")) == {
        (scene.stays.number, "landline", ""),
        (scene.stays.number, "email", ""),
        (scene.goes.number, "merged_into", ""),
    }
    scene.pair.refresh_from_db()
    assert scene.pair.state == PairState.OPEN


def test_undoing_gives_the_rectification_back_to_its_owner(
    scene: Scene, clerk: Persona, manager: Persona, compliance: Persona
):
    rectification = Rectification.objects.get(customer=scene.goes)
    assign_rectification(rectification=rectification, owner=clerk.staff, actor=manager.staff, at=AT)
    merge = merged(scene, clerk, manager)
    rectification.refresh_from_db()
    assert rectification.state == RectificationState.CLOSED
    propose_undo(merge=merge, reason="两个人", actor=manager.staff, at=DAY_AFTER)
    accept_undo(merge=merge, actor=compliance.staff, at=DAY_AFTER)
    rectification.refresh_from_db()
    assert (rectification.state, rectification.owner) == (RectificationState.ASSIGNED, clerk.staff)


def test_undoing_needs_two_people(scene: Scene, clerk: Persona, manager: Persona):
    merge = merged(scene, clerk, manager)
    propose_undo(merge=merge, reason="两个人", actor=manager.staff, at=DAY_AFTER)
    with pytest.raises(MergeRefused):
        accept_undo(merge=merge, actor=manager.staff, at=DAY_AFTER)
    refuse_undo(merge=merge, actor=manager.staff, at=DAY_AFTER)
    merge.refresh_from_db()
    assert merge.state == MergeState.DONE


def test_undoing_is_refused_with_the_fields_when_a_value_was_changed_since(
    scene: Scene, clerk: Persona, manager: Persona
):
    merge = merged(scene, clerk, manager)
    stays, _goes = scene.fresh()
    correct_customer(
        customer=stays,
        values={"mobile": make.mobile()},
        actor=None,
        at=DAY_AFTER,
        expected_version=stays.version,
    )
    with pytest.raises(MergeRefused):
        propose_undo(merge=merge, reason="两个人", actor=manager.staff, at=DAY_AFTER)
    assert len(obstacles_of(merge)) == 1


def test_undoing_is_refused_when_a_policy_came_since(
    scene: Scene, clerk: Persona, manager: Persona, here: Branch
):
    merge = merged(scene, clerk, manager)
    policy = make.make_policy(holder=scene.stays, branch=here)
    PolicyParty.objects.filter(policy=policy).update(recorded_at=DAY_AFTER)
    assert [policy.number in text for text in obstacles_of(merge)] == [True]


def test_a_changed_record_sends_the_proposal_back(scene: Scene, clerk: Persona, manager: Persona):
    merge = proposed(scene, clerk)
    correct_customer(
        customer=scene.goes, values={"mobile": make.mobile()}, actor=None, at=AT,
        expected_version=scene.goes.version,
    )  # fmt: skip
    with pytest.raises(MergeRefused):
        accept_merge(merge=merge, actor=manager.staff, at=LATER)
    return_merge(merge=merge, note="请重新核对", actor=manager.staff, at=LATER)
    scene.pair.refresh_from_db()
    assert scene.pair.state == PairState.OPEN
    assert not Correction.objects.filter(origin=f"merge:{merge.pk}", state=CorrectionState.SUBMITTED).exists()


def test_rows_that_still_bring_the_merged_number_are_recognised(
    scene: Scene, clerk: Persona, manager: Persona
):
    merged(scene, clerk, manager)
    row = {"number": scene.goes.number, "home_branch": scene.goes.home_branch.number, "mobile": make.mobile()}
    result = write_rows(kind="customers", rows=[row], actor=None, at=DAY_AFTER, extracted_at=DAY_AFTER)
    assert (result.new, result.changed, result.unchanged) == (0, 0, 1)
    assert result.rows[0].notes[0]["code"] == "merged"
    party = {
        "policy": scene.policies[1].number, "role": "holder", "position": "1", "customer": scene.goes.number,
    }  # fmt: skip
    again_told = write_rows(kind="parties", rows=[party], actor=None, at=DAY_AFTER, extracted_at=DAY_AFTER)
    assert again_told.rejected == []
    assert set(PolicyParty.objects.values_list("customer_id", flat=True)) == {scene.stays.pk}


def test_a_change_asked_for_of_the_one_merged_away_is_decided_first(
    scene: Scene, clerk: Persona, manager: Persona
):
    merge = proposed(scene, clerk)
    request = start_change(customer=scene.goes, actor=clerk.fresh(), at=AT)
    typed = Proposal("customer", scene.goes.pk, "mobile", make.mobile(), "document")
    save_change(request=request, proposals=[typed], actor=clerk.fresh(), at=AT)
    with pytest.raises(MergeRefused) as refused:
        accept_merge(merge=merge, actor=manager.fresh(), at=LATER)
    assert request.number in str(refused.value)
    withdraw_change(request=request, actor=clerk.fresh(), at=LATER)
    start_change(customer=scene.goes, actor=clerk.fresh(), at=LATER)
    assert accept_merge(merge=merge, actor=manager.fresh(), at=LATER).state == MergeState.DONE


def test_no_reference_to_a_customer_is_forgotten_by_a_merge():
    references = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if not hasattr(model, "pgh_tracked_model")
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is Customer
    }
    assert references == {place.name for place in MOVED} | set(LEFT)
