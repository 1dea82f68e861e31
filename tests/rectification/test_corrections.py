"""A correction is a proposal until another person accepts it; then everything of it happens at once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from audits.choices import EpisodeEnd, FindingState
from audits.choices import RectificationState as State
from audits.models import Finding, FindingEpisode, Rectification
from audits.operations.corrections import (
    StillHolds,
    accept_rectification,
    accept_rectifications,
    return_rectification,
    save_draft,
    submit_rectification,
)
from audits.operations.rectifications import assign_rectification
from audits.operations.sweep import resweep_subjects
from audits.transitions import StepRefused
from customers.models import Customer
from customers.operations.corrections import correct_customer
from tests.factories import (
    AT,
    make_customer,
    make_evidence,
    make_party,
    make_policy,
    make_seller,
    resident_id,
    willed,
)
from workplace.choices import CorrectionState, HoldState
from workplace.correctable import StaleRecord
from workplace.intake.shapes import Misshapen
from workplace.models import Correction, Hold, LedgerEntry, OutboxEntry
from workplace.operations.corrections import CorrectionRefused, Proposal, RecordChanged

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)
GOOD = "13826740915"


@pytest.fixture
def customer(here):
    return make_customer(home_branch=here, mobile="1381234567")


@pytest.fixture
def policy(customer, here):
    return make_policy(holder=customer, seller=make_seller(branch=here))


@pytest.fixture
def rectification(customer, policy, clerk, manager):
    """Swept, grouped and given to the clerk: the mobile has ten digits."""
    resweep_subjects(customer_ids=[customer.pk], policy_ids=[policy.pk], at=AT, actor=None)
    found = Rectification.objects.get(customer=customer)
    return assign_rectification(rectification=found, owner=clerk.fresh(), actor=manager.fresh(), at=AT)


def mobile(customer, raw=GOOD):
    return Proposal("customer", customer.pk, "mobile", raw, "phone", note="本人，11-20 回拨")


def submitted(rectification, customer, clerk, *proposals):
    return submit_rectification(
        rectification=rectification,
        corrections=proposals or [mobile(customer)],
        note="电话核实",
        will=willed(),
        actor=clerk.fresh(),
        at=LATER,
    )


def the_book(customer):
    """Everything that must not move before acceptance."""
    row = Customer.objects.filter(pk=customer.pk).values().get()
    findings = list(Finding.objects.filter(customer=customer).values("rule", "field", "state").order_by("pk"))
    return (
        row,
        findings,
        Hold.objects.count(),
        OutboxEntry.objects.count(),
        Customer(pk=customer.pk).past.count(),
    )


def test_the_defect_is_there_to_be_corrected(rectification, customer):
    assert [(one.rule, one.field) for one in rectification.findings.all()] == [("PH-001", "mobile")]
    assert rectification.state == State.ASSIGNED


def test_a_submitted_correction_changes_nothing_in_the_book(rectification, customer, clerk):
    before = the_book(customer)
    submitted(rectification, customer, clerk)
    assert the_book(customer) == before
    assert rectification.state == State.IN_REVIEW
    waiting = Correction.objects.get()
    assert (waiting.state, waiting.new_normal, waiting.source_channel) == (
        CorrectionState.SUBMITTED,
        GOOD,
        "phone",
    )


def test_a_returned_correction_changes_nothing_and_stays_as_a_draft(rectification, customer, clerk, manager):
    before = the_book(customer)
    submitted(rectification, customer, clerk)
    return_rectification(
        rectification=rectification,
        actor=manager.fresh(),
        at=LATER,
        reason="请补证据",
        why="evidence_missing",
    )
    assert the_book(customer) == before
    assert rectification.state == State.RETURNED
    states = list(Correction.objects.order_by("pk").values_list("state", "new_normal"))
    assert states == [(CorrectionState.RETURNED, GOOD), (CorrectionState.DRAFT, GOOD)]


def test_acceptance_writes_value_history_hold_outbox_and_closes(rectification, customer, clerk, manager):
    submitted(rectification, customer, clerk)
    accept_rectification(rectification=rectification, actor=manager.fresh(), at=LATER)

    corrected = Customer.objects.get(pk=customer.pk)
    assert (corrected.mobile, corrected.mobile_raw, corrected.mobile_marks) == (GOOD, GOOD, [])
    assert corrected.version == customer.version + 1
    past = corrected.past.get()
    assert past.mobile == "1381234567"
    assert past.pgh_context.metadata["actor"] == manager.staff.pk
    hold = Hold.objects.get()
    assert (hold.field, hold.before_normal, hold.held_normal, hold.state, hold.corrected_at) == (
        "mobile",
        "1381234567",
        GOOD,
        HoldState.HOLDING,
        LATER,
    )
    sent = OutboxEntry.objects.get()
    assert (sent.record_kind, sent.record_key, sent.field, sent.old_value, sent.new_value) == (
        "customer",
        customer.number,
        "mobile",
        "1381234567",
        GOOD,
    )
    finding = Finding.objects.get(customer=customer)
    assert finding.state == FindingState.CLOSED
    assert FindingEpisode.objects.get(finding=finding).ended_by == EpisodeEnd.CORRECTED
    found = Rectification.objects.get(pk=rectification.pk)
    assert (found.state, found.closed_by, found.submitted_by, found.closing_cause) == (
        State.CLOSED,
        manager.staff,
        clerk.staff,
        "accepted",
    )


def test_when_anything_fails_nothing_of_an_acceptance_stays(
    rectification, customer, clerk, manager, monkeypatch
):
    submitted(rectification, customer, clerk)
    before = the_book(customer)
    lines = rectification.timeline.count()

    def fail(**kwargs):
        raise RuntimeError("the outbox is full")

    monkeypatch.setattr("audits.operations.corrections.resweep_subjects", fail)
    with pytest.raises(RuntimeError):
        accept_rectification(rectification=rectification, actor=manager.fresh(), at=LATER)
    assert the_book(customer) == before
    assert Correction.objects.get().state == CorrectionState.SUBMITTED
    assert Rectification.objects.get(pk=rectification.pk).state == State.IN_REVIEW
    assert rectification.timeline.count() == lines


def test_a_record_changed_meanwhile_is_refused_by_name(rectification, customer, clerk, manager):
    submitted(rectification, customer, clerk)
    correct_customer(
        customer=customer,
        values={"mobile": "13900001112"},
        actor=manager.staff,
        at=LATER,
        expected_version=customer.version,
    )
    with pytest.raises(RecordChanged) as refused:
        accept_rectification(rectification=rectification, actor=manager.fresh(), at=LATER)
    assert refused.value.field == "mobile"
    assert "张主管" in str(refused.value)
    assert Customer.objects.get(pk=customer.pk).mobile == "13900001112"
    assert Rectification.objects.get(pk=rectification.pk).state == State.IN_REVIEW


def test_a_change_of_another_field_does_not_make_it_stale(rectification, customer, clerk, manager):
    submitted(rectification, customer, clerk)
    correct_customer(
        customer=customer,
        values={"landline": "010-65251234"},
        actor=manager.staff,
        at=LATER,
        expected_version=customer.version,
    )
    accept_rectification(rectification=rectification, actor=manager.fresh(), at=LATER)
    corrected = Customer.objects.get(pk=customer.pk)
    assert (corrected.mobile, corrected.landline) == (GOOD, "010-65251234")


def test_a_writer_with_an_old_version_is_refused(customer):
    with pytest.raises(StaleRecord):
        correct_customer(customer=customer, values={"mobile": GOOD}, actor=None, at=AT, expected_version=99)


def test_what_would_still_be_wrong_is_not_submitted_but_kept(rectification, customer, clerk):
    with pytest.raises(StillHolds) as refused:
        submitted(rectification, customer, clerk, mobile(customer, "138123"))
    assert len(refused.value.texts) == 1
    assert Rectification.objects.get(pk=rectification.pk).state == State.IN_PROGRESS
    assert Correction.objects.get().state == CorrectionState.DRAFT
    assert Correction.objects.get().new_raw == "138123"


def test_a_new_defect_in_place_of_the_old_one_is_not_submitted(rectification, customer, policy, clerk, here):
    seller = make_seller(branch=here, phone="13700002222")
    with pytest.raises(StillHolds):
        submitted(rectification, customer, clerk, mobile(customer, seller.phones.get().phone))


def test_a_finding_that_came_meanwhile_stops_the_acceptance(rectification, customer, clerk, manager):
    submitted(rectification, customer, clerk)
    correct_customer(
        customer=customer,
        values={"address": "北京市"},
        actor=None,
        at=LATER,
        expected_version=customer.version,
    )
    resweep_subjects(customer_ids=[customer.pk], at=LATER, actor=None)
    with pytest.raises(StillHolds):
        accept_rectification(rectification=rectification, actor=manager.fresh(), at=LATER)
    assert Customer.objects.get(pk=customer.pk).mobile == "1381234567"
    assert OutboxEntry.objects.count() == 0


def test_a_later_correction_replaces_the_hold_and_remembers_what_the_core_has(
    rectification, customer, clerk, manager
):
    make_evidence(rectification=rectification, owner=clerk.staff)
    submitted(rectification, customer, clerk)
    accept_rectification(rectification=rectification, actor=manager.fresh(), at=LATER)
    changed = Customer.objects.get(pk=customer.pk)
    correct_customer(
        customer=changed, values={"mobile": "137"}, actor=None, at=LATER, expected_version=changed.version
    )
    resweep_subjects(customer_ids=[customer.pk], at=LATER, actor=None)
    again = Rectification.objects.get(pk=rectification.pk)
    assert (again.state, again.reopened) == (State.OPEN, 1)
    assign_rectification(rectification=again, owner=clerk.fresh(), actor=manager.fresh(), at=LATER)
    submitted(again, customer, clerk, mobile(customer, "13958201746"))
    accept_rectification(rectification=again, actor=manager.fresh(), at=LATER)
    holds = list(Hold.objects.order_by("pk").values_list("state", "before_normal", "held_normal"))
    assert holds == [
        (HoldState.REPLACED, "1381234567", GOOD),
        (HoldState.HOLDING, "1381234567", "13958201746"),
    ]
    proved = LedgerEntry.objects.order_by("pk").values_list("evidence", flat=True)
    assert [proof is not None for proof in proved] == [True, True, False, False]


def test_a_misshapen_value_is_kept_as_a_draft_and_refused_when_submitted(rectification, customer, clerk):
    wrong = Proposal("customer", customer.pk, "birth_date", "1985-02-30", "document")
    save_draft(rectification=rectification, proposals=[wrong], actor=clerk.fresh(), at=AT)
    assert Correction.objects.get().new_raw == "1985-02-30"
    with pytest.raises(Misshapen) as refused:
        submitted(rectification, customer, clerk, wrong)
    assert (refused.value.field, refused.value.code) == ("birth_date", "date_impossible")


def test_a_draft_starts_the_work_survives_and_is_taken_back(rectification, customer, clerk):
    save_draft(
        rectification=rectification, proposals=[mobile(customer)], note="待回电", actor=clerk.fresh(), at=AT
    )
    found = Rectification.objects.get(pk=rectification.pk)
    assert (found.state, found.draft_note) == (State.IN_PROGRESS, "待回电")
    save_draft(rectification=found, proposals=[mobile(customer, None)], actor=clerk.fresh(), at=AT)
    assert Correction.objects.get().state == CorrectionState.WITHDRAWN


def test_nothing_is_submitted_without_a_correction(rectification, customer, clerk):
    with pytest.raises(StepRefused):
        submit_rectification(rectification=rectification, actor=clerk.fresh(), at=AT)


def test_a_new_id_number_needs_the_image_of_the_document(rectification, customer, clerk):
    number = Proposal("customer", customer.pk, "id_no", resident_id(order=5), "document")
    with pytest.raises(CorrectionRefused) as refused:
        submitted(rectification, customer, clerk, mobile(customer), number)
    assert refused.value.field == "id_no"
    make_evidence(rectification=rectification, owner=clerk.staff)
    submitted(rectification, customer, clerk)
    assert rectification.state == State.IN_REVIEW


def test_only_its_own_records_are_corrected(rectification, clerk, here):
    other = make_customer(home_branch=here)
    with pytest.raises(CorrectionRefused):
        save_draft(rectification=rectification, proposals=[mobile(other)], actor=clerk.fresh(), at=AT)


def test_one_field_waits_once(rectification, customer, clerk):
    submitted(rectification, customer, clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.create(
            record_kind="customer",
            record_id=customer.pk,
            field="mobile",
            record_version=1,
            proposed_by=clerk.staff,
            proposed_at=AT,
        )


def test_four_eyes_hold_in_bulk_and_the_others_go_on(customer, policy, rectification, clerk, manager, here):
    submitted(rectification, customer, clerk)
    own_customer = make_customer(home_branch=here, mobile="1390000111")
    make_policy(holder=own_customer, seller=make_seller(branch=here))
    resweep_subjects(customer_ids=[own_customer.pk], at=AT, actor=None)
    own = Rectification.objects.get(customer=own_customer)
    assign_rectification(rectification=own, owner=manager.fresh(), actor=manager.fresh(), at=AT)
    submitted(own, own_customer, manager, mobile(own_customer, "13971620834"))

    result = accept_rectifications(rectifications=[own, rectification], actor=manager.fresh(), at=LATER)
    assert [one.pk for one in result.done] == [rectification.pk]
    assert [one.rectification.pk for one in result.refused] == [own.pk]
    assert Rectification.objects.get(pk=own.pk).state == State.IN_REVIEW


def test_the_database_itself_refuses_an_acceptance_by_the_proposer(rectification, customer, clerk):
    submitted(rectification, customer, clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.update(state=CorrectionState.ACCEPTED, decided_by=clerk.staff, decided_at=AT)


def test_a_seller_as_recorded_is_corrected_on_the_policy(here, clerk, manager):
    seller = make_seller(branch=here)
    policy = make_policy(holder=make_customer(home_branch=here), seller=seller)
    policy.seller, policy.seller_no, policy.seller_name = None, "", ""
    policy.save()
    resweep_subjects(policy_ids=[policy.pk], at=AT, actor=None)
    found = Rectification.objects.get(policy=policy)
    assign_rectification(rectification=found, owner=clerk.fresh(), actor=manager.fresh(), at=AT)
    submit_rectification(
        rectification=found,
        corrections=[
            Proposal("policy", policy.pk, "seller_no", seller.staff_no, "document"),
            Proposal("policy", policy.pk, "seller_name", seller.name, "document"),
        ],
        actor=clerk.fresh(),
        at=LATER,
    )
    accept_rectification(rectification=found, actor=manager.fresh(), at=LATER)
    policy.refresh_from_db()
    assert (policy.seller_no, policy.seller) == (seller.staff_no, seller)


def test_a_relation_is_corrected_on_the_party(here, clerk, manager):
    customer = make_customer(home_branch=here)
    policy = make_policy(holder=customer, seller=make_seller(branch=here))
    insured = make_party(policy=policy, customer=customer, role="insured", relation="")
    resweep_subjects(policy_ids=[policy.pk], at=AT, actor=None)
    found = Rectification.objects.get(policy=policy)
    assign_rectification(rectification=found, owner=clerk.fresh(), actor=manager.fresh(), at=AT)
    submit_rectification(
        rectification=found,
        corrections=[Proposal("party", insured.pk, "relation", "self", "document")],
        will=willed(),
        actor=clerk.fresh(),
        at=LATER,
    )
    accept_rectification(rectification=found, actor=manager.fresh(), at=LATER)
    insured.refresh_from_db()
    assert (insured.relation, insured.version) == ("self", 2)
    assert OutboxEntry.objects.get().record_key == f"{policy.number}/insured//1"


def test_submitting_while_the_own_draft_is_just_being_kept_is_no_quarrel(rectification, customer, clerk):
    """The page keeps a draft in the background; the submission set off before it had begun the work."""
    as_the_page_had_it = Rectification.objects.get(pk=rectification.pk)
    said = [mobile(customer)]
    save_draft(rectification=rectification, proposals=said, actor=clerk.fresh(), at=LATER)

    submit_rectification(
        rectification=as_the_page_had_it, corrections=said, will=willed(), actor=clerk.fresh(), at=LATER
    )

    assert Rectification.objects.get(pk=rectification.pk).state == State.IN_REVIEW
