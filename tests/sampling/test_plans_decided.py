"""A plan is written by one person and decided by another; what was approved is sealed and stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from audits.models import ChecklistVersion, PlanVersion, SamplingPlan, Seal
from audits.operations.sampling_plans import (
    PlanRefused,
    approve_plan,
    drop_draft,
    new_plan,
    next_version,
    refuse_plan,
    retire_plan,
    send_plan,
    take_back,
    write_draft,
)
from audits.plan_definition import definition
from audits.sampling.choices import PlanState, SamplePurpose
from audits.sampling.sealing import canonical, digest_of
from audits.sampling.terms import PlanTerms
from tests.factories import AT, head_office, make_branch, make_staff, unique
from tests.sampling.scenes import make_checklist
from workplace.choices import Role
from workplace.models import Notice, Staff

pytestmark = pytest.mark.django_db
TERMS = PlanTerms(tolerable_rate=Decimal("0.02"))


@pytest.fixture
def writer() -> Staff:
    return make_staff(Role.COMPLIANCE, branch=head_office(), name="赵写")


@pytest.fixture
def other() -> Staff:
    return make_staff(Role.COMPLIANCE, branch=head_office(), name="钱批")


def draft(writer: Staff, terms: PlanTerms = TERMS, **values: Any) -> PlanVersion:
    given: dict[str, Any] = {
        "code": unique("plan-"),
        "name": "新单核对",
        "purpose": SamplePurpose.CONSISTENCY,
        "terms": terms,
        "checklist": None,
        "reviewers": [],
        "reason": "每月核对新单",
        "actor": writer,
        "at": AT,
    }
    return new_plan(**{**given, **values})


def sent(writer: Staff, **values: Any) -> PlanVersion:
    return send_plan(version=draft(writer, **values), actor=writer, at=AT)


def approved(writer: Staff, other: Staff, **values: Any) -> PlanVersion:
    return approve_plan(version=sent(writer, **values), note="", actor=other, at=AT)


def test_another_person_puts_a_plan_in_force_and_the_writer_hears_of_it(writer: Staff, other: Staff) -> None:
    waiting = sent(writer)

    decided = approve_plan(version=waiting, note="同意", actor=other, at=AT)

    assert (decided.state, decided.decided_by, decided.decision_note) == (PlanState.APPROVED, other, "同意")
    assert Notice.objects.filter(recipient=other, kind="plan_sent").count() == 1
    assert Notice.objects.filter(recipient=writer, kind="plan_decided").count() == 1


def test_the_approval_is_sealed_with_everything_that_the_plan_says(writer: Staff, other: Staff) -> None:
    version = approved(writer, other, reviewers=[other])

    seal = Seal.objects.get(subject=f"plan:{version.plan.code}")

    assert seal.content == digest_of(canonical(definition(PlanVersion.objects.get(pk=version.pk))))
    assert seal.sealed_by == other


def test_what_is_judged_by_questions_alone_needs_them(writer: Staff) -> None:
    with pytest.raises(PlanRefused) as refusal:
        draft(writer, purpose="call_back", checklist=None)

    assert list(refusal.value.errors) == ["checklist"]
    assert draft(writer, purpose="call_back", checklist=make_checklist(purpose="call_back")).pk


def test_who_wrote_it_does_not_approve_it(writer: Staff) -> None:
    waiting = sent(writer)

    with pytest.raises(PlanRefused):
        approve_plan(version=waiting, note="", actor=writer, at=AT)

    assert PlanVersion.objects.get(pk=waiting.pk).state == PlanState.SENT
    assert not Seal.objects.exists()


def test_the_database_too_wants_a_second_person(writer: Staff) -> None:
    waiting = sent(writer)

    with pytest.raises(IntegrityError, match="plan_decided_by_another"), transaction.atomic():
        by_hand(
            "UPDATE audits_planversion SET state = 'approved', decided_by_id = %s, decided_at = now()"
            " WHERE id = %s",
            writer.pk,
            waiting.pk,
        )


@pytest.mark.parametrize("role", [Role.CLERK, Role.MANAGER, Role.AUDITOR, Role.PARTNER])
def test_other_roles_neither_write_nor_decide(writer: Staff, role: Role) -> None:
    waiting, outsider = sent(writer), make_staff(role)

    for step in (
        lambda: draft(outsider),
        lambda: approve_plan(version=waiting, note="", actor=outsider, at=AT),
        lambda: refuse_plan(version=waiting, note="不", actor=outsider, at=AT),
        lambda: retire_plan(plan=waiting.plan, actor=outsider, at=AT),
    ):
        with pytest.raises(PlanRefused):
            step()


def test_a_refusal_says_why_and_leaves_the_version_in_force(writer: Staff, other: Staff) -> None:
    first = approved(writer, other)
    second = send_again(writer, next_version(plan=first.plan, actor=writer, at=AT))

    with pytest.raises(PlanRefused):
        refuse_plan(version=second, note=" ", actor=other, at=AT)
    refuse_plan(version=second, note="样本太小", actor=other, at=AT)

    assert states(first.plan) == {1: PlanState.APPROVED, 2: PlanState.REFUSED}


def test_the_next_version_replaces_the_one_in_force_only_when_it_is_approved(
    writer: Staff, other: Staff
) -> None:
    first = approved(writer, other, reviewers=[other])

    second = next_version(plan=first.plan, actor=writer, at=AT)
    assert (second.tolerable_rate, list(second.reviewers.all())) == (first.tolerable_rate, [other])
    assert states(first.plan) == {1: PlanState.APPROVED, 2: PlanState.DRAFT}

    approve_plan(version=send_again(writer, second), note="", actor=other, at=AT)
    assert states(first.plan) == {1: PlanState.REPLACED, 2: PlanState.APPROVED}


def test_one_version_is_in_work_and_one_in_force(writer: Staff, other: Staff) -> None:
    first = approved(writer, other)
    second = next_version(plan=first.plan, actor=writer, at=AT)

    with pytest.raises(PlanRefused):
        next_version(plan=first.plan, actor=other, at=AT)
    with pytest.raises(IntegrityError, match="plan_one_version_in_work"), transaction.atomic():
        by_hand(copied("number = 9"), first.pk)
    send_plan(version=with_reason(writer, second), actor=writer, at=AT)
    with pytest.raises(IntegrityError, match="plan_one_version_in_force"), transaction.atomic():
        by_hand(
            "UPDATE audits_planversion SET state = 'approved', decided_by_id = %s, decided_at = now()"
            " WHERE id = %s",
            other.pk,
            second.pk,
        )


def test_what_was_sent_says_what_it_said(writer: Staff, other: Staff) -> None:
    waiting = sent(writer)

    with pytest.raises(PlanRefused):
        rewritten(writer, waiting)
    with pytest.raises(DatabaseError, match="says what it said"), transaction.atomic():
        by_hand("UPDATE audits_planversion SET tolerable_rate = 0.5 WHERE id = %s", waiting.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        by_hand("DELETE FROM audits_planversion WHERE id = %s", approved(writer, other).pk)


def test_a_version_begins_as_a_draft(writer: Staff, other: Staff) -> None:
    version = approved(writer, other)

    with pytest.raises(DatabaseError), transaction.atomic():
        by_hand(copied("state = 'sent', number = 9"), version.pk)


def test_only_its_writer_changes_sends_takes_back_or_drops_a_draft(writer: Staff, other: Staff) -> None:
    mine = draft(writer)

    for step in (
        lambda: rewritten(other, mine),
        lambda: send_plan(version=mine, actor=other, at=AT),
        lambda: drop_draft(version=mine, actor=other, at=AT),
    ):
        with pytest.raises(PlanRefused, match="赵写"):
            step()

    send_plan(version=mine, actor=writer, at=AT)
    assert take_back(version=mine, actor=writer, at=AT).state == PlanState.DRAFT
    assert rewritten(writer, mine).tolerable_rate == Decimal("0.03")
    assert drop_draft(version=mine, actor=writer, at=AT) is None
    assert not SamplingPlan.objects.filter(pk=mine.plan_id).exists()


def test_a_plan_without_a_reason_is_not_sent(writer: Staff) -> None:
    with pytest.raises(PlanRefused) as refused:
        send_plan(version=draft(writer, reason=""), actor=writer, at=AT)

    assert list(refused.value.errors) == ["reason"]


def test_a_second_click_changes_nothing(writer: Staff, other: Staff) -> None:
    waiting = sent(writer)
    assert send_plan(version=waiting, actor=writer, at=AT).state == PlanState.SENT
    approve_plan(version=waiting, note="", actor=other, at=AT)

    with pytest.raises(PlanRefused, match="钱批"):
        approve_plan(version=waiting, note="", actor=make_staff(Role.COMPLIANCE, branch=head_office()), at=AT)
    assert Seal.objects.filter(kind="plan").count() == 1


def test_a_retired_plan_gets_no_new_version(writer: Staff, other: Staff) -> None:
    version = approved(writer, other)

    retired = retire_plan(plan=version.plan, actor=other, at=AT)

    assert retired.retired_at == AT
    assert retire_plan(plan=version.plan, actor=writer, at=AT + timedelta(days=1)).retired_at == AT
    with pytest.raises(PlanRefused):
        next_version(plan=version.plan, actor=writer, at=AT)


def test_a_plan_with_a_version_in_work_is_not_retired(writer: Staff) -> None:
    with pytest.raises(PlanRefused):
        retire_plan(plan=draft(writer).plan, actor=writer, at=AT)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (replace(TERMS, expected_rate=Decimal("0.02")), "expected_rate"),
        (replace(TERMS, confidence=Decimal(1)), "confidence"),
        (replace(TERMS, size_by="number"), "size_number"),
        (replace(TERMS, size_by="rate", size_rate=Decimal("1.5")), "size_rate"),
        (replace(TERMS, period="weekly", working_day=6), "working_day"),
        (replace(TERMS, frame={"issued_within_days": 0}), "issued_within_days"),
        (replace(TERMS, strata=["sex"]), "strata"),
    ],
)
def test_what_cannot_be_meant_is_refused_where_it_stands(writer: Staff, terms: PlanTerms, field: str) -> None:
    with pytest.raises(PlanRefused) as refused:
        draft(writer, terms)

    assert list(refused.value.errors) == [field]
    assert not SamplingPlan.objects.exists()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("expected_rate = 0.02", "plan_tolerates_more_than_it_expects"),
        ("confidence = 0.4", "plan_confidence"),
        ("size_by = 'number'", "plan_size_number"),
        ("size_by = 'rate', size_rate = 0", "plan_size_rate"),
        ("working_day = 0", "plan_working_day"),
    ],
)
def test_the_database_refuses_what_no_plan_can_mean(writer: Staff, change: str, constraint: str) -> None:
    version = draft(writer)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        by_hand(f"UPDATE audits_planversion SET {change} WHERE id = %s", version.pk)


def test_of_new_customers_every_one_is_looked_at(writer: Staff) -> None:
    with pytest.raises(PlanRefused) as refused:
        draft(writer, purpose=SamplePurpose.NEWCOMERS)

    assert list(refused.value.errors) == ["size_by"]


def test_whoever_sees_a_part_of_the_book_plans_for_that_part(writer: Staff) -> None:
    here, elsewhere = make_branch(), make_branch()
    local = make_staff(Role.COMPLIANCE, branch=here)

    for branches in ([], [elsewhere.number], [here.number, elsewhere.number]):
        with pytest.raises(PlanRefused) as refused:
            draft(local, replace(TERMS, frame={"branches": branches}))
        assert list(refused.value.errors) == ["branches"]

    assert draft(local, replace(TERMS, frame={"branches": [here.number]})).state == PlanState.DRAFT


def test_people_who_may_not_review_are_no_reviewers(writer: Staff) -> None:
    with pytest.raises(PlanRefused) as refused:
        draft(writer, reviewers=[make_staff(Role.AUDITOR)])

    assert list(refused.value.errors) == ["reviewers"]


def test_a_checklist_of_another_purpose_is_refused(writer: Staff) -> None:
    images = ChecklistVersion.objects.get(checklist__code="images")

    with pytest.raises(PlanRefused) as refused:
        draft(writer, checklist=images)

    assert list(refused.value.errors) == ["checklist"]


def rewritten(actor: Staff, version: PlanVersion) -> PlanVersion:
    return write_draft(
        version=version,
        terms=replace(TERMS, tolerable_rate=Decimal("0.03")),
        checklist=None,
        reviewers=[],
        reason="改",
        actor=actor,
        at=AT,
    )


def with_reason(actor: Staff, version: PlanVersion) -> PlanVersion:
    return rewritten(actor, version)


def send_again(actor: Staff, version: PlanVersion) -> PlanVersion:
    return send_plan(version=with_reason(actor, version), actor=actor, at=AT)


def states(plan: SamplingPlan) -> dict[int, str]:
    return dict(plan.versions.values_list("number", "state"))


def by_hand(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def copied(change: str) -> str:
    """An insert of a row like another but for some columns."""
    said = dict(part.split(" = ") for part in change.split(", "))
    said = {"state": "'draft'", "id": "nextval('audits_planversion_id_seq')", **said}
    names = [field.column for field in PlanVersion._meta.concrete_fields]
    taken = [said.get(name, name) for name in names]
    into = f"INSERT INTO audits_planversion ({', '.join(names)})"
    return f"{into} SELECT {', '.join(taken)} FROM audits_planversion WHERE id = %s"
