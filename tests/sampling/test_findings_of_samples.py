"""What a reviewer found wrong stands until it is put right, exempted or appealed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from audits.choices import FindingSource, FindingState, RectificationState
from audits.models import ChecklistAnswer, Finding, KeyedField, SampleReview
from audits.operations.sample_findings import open_findings
from audits.sampling.choices import ErrorKind, FieldVerdict, ReviewAnswer, SamplePurpose
from authenticity.choices import Kind, Severity
from policies.models import Policy
from tests.factories import AT, make_customer, make_party, make_policy, make_staff
from tests.sampling.scenes import done_by, holder_of, make_checklist, make_plan, make_run
from tests.sweep.sweeping import sweep
from workplace.choices import Role
from workplace.models import Staff

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


@pytest.fixture
def reviewer() -> Staff:
    return make_staff(Role.COMPLIANCE, name="周验")


@pytest.fixture
def policy() -> Policy:
    policy = make_policy()
    make_party(policy=policy, customer=make_customer(home_branch=policy.branch, mobile="13920461857"))
    return policy


def reviewed(policy: Policy, reviewer: Staff, *, purpose: str = SamplePurpose.CONSISTENCY) -> SampleReview:
    run = make_run([policy], purpose=purpose)
    return done_by(reviewer, run.items.get(), ErrorKind.FALSE)


def typed(review: SampleReview, field: str, normal: str, error: str = ErrorKind.FALSE) -> KeyedField:
    return KeyedField.objects.create(
        review=review,
        role="holder",
        field=field,
        typed=normal,
        typed_normal=normal,
        verdict=FieldVerdict.DIFFERS if error != ErrorKind.RIGHT else FieldVerdict.SAME,
        error=error,
        compared_at=AT,
    )


def test_another_mobile_on_the_form_blocks_and_comes_into_a_rectification(policy, reviewer):
    review = reviewed(policy, reviewer)
    keyed = typed(review, "mobile", "13820461857")

    [found] = open_findings(review=review, actor=reviewer, at=LATER)

    keyed.refresh_from_db()
    assert (found.rule, found.field, found.severity, found.kind) == ("PO-001", "mobile", "BLOCK", "false")
    assert (found.source, found.customer, keyed.finding) == (FindingSource.SAMPLE, holder_of(policy), found)
    assert found.answering_policy == policy
    assert found.rectification is not None
    assert found.rectification.state == RectificationState.OPEN
    assert "13920461857" not in found.value_masked
    assert found.due_on == found.rectification.due_on


@pytest.mark.parametrize(
    ("field", "error", "severity"),
    [
        ("mobile", Kind.MISSING, Severity.BLOCK),
        ("address", Kind.FALSE, Severity.BLOCK),
        ("mobile", Kind.CHANGED, Severity.ERROR),
        ("birth_date", Kind.FALSE, Severity.ERROR),
    ],
)
def test_contact_data_that_are_another_s_are_severe(policy, reviewer, field, error, severity):
    review = reviewed(policy, reviewer)
    typed(review, field, "别的", error)
    [found] = open_findings(review=review, actor=reviewer, at=LATER)
    assert (found.severity, found.kind) == (severity, error)


def test_what_is_right_makes_no_finding(policy, reviewer):
    run = make_run([policy])
    review = done_by(reviewer, run.items.get(), ErrorKind.RIGHT)
    typed(review, "mobile", "13920461857", ErrorKind.RIGHT)
    assert open_findings(review=review, actor=reviewer, at=LATER) == []
    assert not Finding.objects.exists()


def test_the_same_defect_seen_twice_is_one_finding(policy, reviewer):
    for _round in range(2):
        review = reviewed(policy, reviewer)
        typed(review, "mobile", "13820461857")
        open_findings(review=review, actor=reviewer, at=LATER)
    assert Finding.objects.count() == 1
    assert Finding.objects.get().episodes.count() == 1


def test_a_sweep_lets_it_stand(policy, reviewer):
    review = reviewed(policy, reviewer)
    typed(review, "mobile", "13820461857")
    [found] = open_findings(review=review, actor=reviewer, at=LATER)
    sweep()
    found.refresh_from_db()
    assert found.state == FindingState.OPEN
    assert found.rectification.state == RectificationState.OPEN


@pytest.mark.parametrize(
    ("purpose", "code"),
    [
        (SamplePurpose.SELLER, "RN-002"),
        (SamplePurpose.IMAGES, "IMG-001"),
        (SamplePurpose.CALL_BACK, "PO-003"),
        (SamplePurpose.TRUTH, "SV-001"),
    ],
)
def test_a_no_to_a_question_is_a_finding_of_the_purpose(policy, reviewer, purpose, code):
    checklist = make_checklist(purpose=purpose)
    version = make_plan(purpose=purpose, checklist=checklist)
    run = make_run([policy], version=version)
    review = done_by(reviewer, run.items.get(), ErrorKind.FALSE)
    ChecklistAnswer.objects.create(review=review, question=checklist.items.get(), answer=ReviewAnswer.NO)
    [found] = open_findings(review=review, actor=reviewer, at=LATER)
    assert (found.rule, found.source) == (code, FindingSource.SAMPLE)
    assert found.rectification is not None
