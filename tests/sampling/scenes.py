"""Sampling audits as their pages meet them: a plan in force, a draw with its items, a review in hand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from audits.models import (
    Checklist,
    ChecklistItem,
    ChecklistVersion,
    PlanVersion,
    SampleItem,
    SampleReview,
    SampleStratum,
    SamplingPlan,
    SamplingRun,
)
from audits.sampling.choices import (
    AnswerKind,
    ItemOrigin,
    PlanState,
    RunOccasion,
    RunState,
    SamplePurpose,
    SampleReviewState,
)
from customers.models import Customer
from policies.choices import PartyRole
from policies.models import ApplicationForm, FormPage, Policy, PolicyParty
from tests.factories import AT, TODAY, make_file, make_form, make_staff, unique
from tests.rectification.scenes import image
from workplace.choices import FilePurpose, Role
from workplace.models import Staff
from workplace.operations.files import store_file


def make_checklist(
    questions: Sequence[tuple[str, str]] = (("signed", "投保人是否亲笔签名"),),
    *,
    purpose: str = "",
    in_words: str = "",
    kind: str = AnswerKind.TEXT,
) -> ChecklistVersion:
    """An approved version with one question for each (code, text); `in_words`: the code of one of
    that other kind, which decides nothing."""
    writer, approver = make_staff(Role.COMPLIANCE), make_staff(Role.COMPLIANCE)
    checklist = Checklist.objects.create(code=unique("list-"), name="抽检清单", purpose=purpose)
    version = ChecklistVersion.objects.create(checklist=checklist, number=1, made_by=writer, made_at=AT)
    for place, (code, text) in enumerate(questions, start=1):
        asked = {"kind": kind, "fails": False} if code == in_words else {}
        ChecklistItem.objects.create(version=version, place=place, code=code, text=text, **asked)
    version.approved_by, version.approved_at = approver, AT
    version.save()
    return version


def make_plan(
    *,
    purpose: str = SamplePurpose.CONSISTENCY,
    reviewers: Iterable[Staff] = (),
    writer: Staff | None = None,
    approver: Staff | None = None,
    **values: Any,
) -> PlanVersion:
    """The version in force of a new plan, walked there as the database asks."""
    writer = writer or make_staff(Role.COMPLIANCE, name="赵写")
    approver = approver or make_staff(Role.COMPLIANCE, name="钱批")
    plan = SamplingPlan.objects.create(
        code=unique("plan-"), name="抽样计划", purpose=purpose, made_by=writer, made_at=AT
    )
    version = PlanVersion.objects.create(
        plan=plan,
        number=1,
        written_by=writer,
        written_at=AT,
        **{"tolerable_rate": Decimal("0.05"), "second_share": Decimal(0), **values},
    )
    version.reviewers.set(reviewers)
    version.state, version.sent_at = PlanState.SENT, AT
    version.save()
    version.state, version.decided_by, version.decided_at = PlanState.APPROVED, approver, AT
    version.save()
    return version


def make_run(
    subjects: Sequence[Any] = (),
    *,
    version: PlanVersion | None = None,
    reviewers: Iterable[Staff] = (),
    purpose: str = SamplePurpose.CONSISTENCY,
    due_on: date = TODAY + timedelta(days=14),
    **values: Any,
) -> SamplingRun:
    """A draw in review with one item for each policy, customer, rectification or change request."""
    version = version or make_plan(purpose=purpose, reviewers=reviewers)
    seeded_by = make_staff(Role.COMPLIANCE, name="孙种")
    frame = make_file(owner=seeded_by, purpose=FilePurpose.SAMPLE, name="frame.tsv")
    run = SamplingRun.objects.create(
        plan=version.plan,
        version=version,
        occasion=RunOccasion.BY_HAND,
        period=values.pop("period", "2026-11"),
        algorithm="zx-1",
        machine_part=hashlib.sha256(unique("m").encode()).hexdigest(),
        machine_seal=hashlib.sha256(unique("s").encode()).hexdigest(),
        opened_at=AT,
        **values,
    )
    run.frame_digest, run.frame_size = hashlib.sha256(b"frame").hexdigest(), max(len(subjects), 1)
    run.frame_file, run.framed_at, run.state = frame, AT, RunState.FRAMED
    run.save()
    run.approver_part, run.seeded_by, run.seeded_at = "三根毛笔", seeded_by, AT
    run.seed, run.state = hashlib.sha256(unique("seed").encode()).hexdigest(), RunState.SEEDED
    run.save()
    run.drawn_at, run.due_on, run.state = AT, due_on, RunState.DRAWN
    run.save()
    size = len(subjects)
    stratum = SampleStratum.objects.create(run=run, key="all", label="全部", size=size, quota=size)
    for place, subject in enumerate(subjects, start=1):
        make_item(run=run, stratum=stratum, place=place, subject=subject)
    return run


def make_item(
    *, run: SamplingRun, stratum: SampleStratum, place: int, subject: Any, **values: Any
) -> SampleItem:
    names = {"Policy": "policy", "Customer": "customer", "ChangeRequest": "change_request"}
    kind = names.get(type(subject).__name__, "rectification")
    return SampleItem.objects.create(
        run=run,
        stratum=stratum,
        place=place,
        key=subject.number,
        added_at=AT,
        **{"origin": ItemOrigin.DRAWN, kind: subject, **values},
    )


def given_to(reviewer: Staff, item: SampleItem, **values: Any) -> SampleReview:
    """A review in the hands of somebody, whether or not the rules would give it."""
    return SampleReview.objects.create(
        item=item, reviewer=reviewer, **{"given_at": AT, "due_on": TODAY + timedelta(days=14), **values}
    )


def done_by(reviewer: Staff, item: SampleItem, outcome: str, **values: Any) -> SampleReview:
    """A finished review with its outcome, whose item is decided with it."""
    review = given_to(reviewer, item, **values)
    review.state, review.opened_at = SampleReviewState.OPEN, AT
    review.save()
    review.state, review.done_at, review.outcome = SampleReviewState.DONE, AT, outcome
    review.save()
    item.outcome, item.decided_at = outcome, AT
    item.save()
    return review


def with_form(policy: Policy, owner: Staff, *, pages: int = 1, **says: str) -> ApplicationForm:
    """The form of a policy with page images; `says` are fields of the holder."""
    form = make_form(
        policy=policy, says={f"{PartyRole.HOLDER}.{field}": text for field, text in says.items()}
    )
    for page in range(1, pages + 1):
        file = store_file(
            content=image(size=(12 + page, 8)),
            name=f"{page}.png",
            purpose=FilePurpose.FORM_IMAGE,
            owner=owner,
            at=AT,
            media_type="image/png",
        )
        FormPage.objects.create(form=form, page=page, image=file)
    return form


def holder_of(policy: Policy) -> Customer:
    party = PolicyParty.objects.select_related("customer").get(policy=policy, role=PartyRole.HOLDER)
    assert party.customer is not None
    return party.customer
