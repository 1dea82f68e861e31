"""Sampling plans of the demo insurer: one concluded draw, one in review, one plan that waits for approval."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.timezone import localdate

from audits.concluding import why_not_conclude
from audits.frames import frame_counts
from audits.models import PlanVersion, SampleReview, SamplingRun
from audits.operations.conclusions import conclude
from audits.operations.drawing import draw
from audits.operations.sample_giving import give_items
from audits.operations.sample_reviews import finish_review
from audits.operations.sampling_plans import approve_plan, new_plan, send_plan
from audits.operations.sampling_runs import give_seed, open_run, take_frame
from audits.plan_reading import usable_checklists
from audits.sampling.choices import ReviewAnswer, RunOccasion, SamplePurpose, SamplingPeriod
from audits.sampling.terms import PlanTerms, delivered_terms
from workplace.models import Staff

WRITTEN_DAYS_AGO, DRAWN_DAYS_AGO, IN_REVIEW_DAYS_AGO = 12, 8, 1
FAILED = 1
REASONS = {
    SamplePurpose.CALL_BACK: "上季度投诉反映回访非本人接听，按月抽听录音。",
    SamplePurpose.CONSISTENCY: "按月核对新单投保单与系统，银邮与个险渠道分层。",
    SamplePurpose.TRUTH: "按季核实客户信息是否真实、有无变化。",
    SamplePurpose.IMAGES: "移动保全上线后证件影像缺页较多，按月复核。",
}

NAMES = {
    SamplePurpose.CALL_BACK: "回访录音抽听",
    SamplePurpose.CONSISTENCY: "新单一致性核对",
    SamplePurpose.TRUTH: "客户信息真实性核实",
    SamplePurpose.IMAGES: "证件影像复核",
}


def sample(*, staff: dict[str, Staff], at: datetime) -> None:
    writer, other = staff["compliance"], staff["compliance2"]
    written = at - timedelta(days=WRITTEN_DAYS_AGO)
    calls = delivered_terms(SamplePurpose.CALL_BACK)
    by_hand = replace(
        calls, second_share=Decimal(0), tolerable_rate=Decimal("0.1"), period=SamplingPeriod.BY_HAND
    )
    listened = _in_force(SamplePurpose.CALL_BACK, by_hand, writer, other, written)
    forms = delivered_terms(SamplePurpose.CONSISTENCY)
    compared = _in_force(SamplePurpose.CONSISTENCY, forms, writer, other, written)
    _in_force(SamplePurpose.TRUTH, delivered_terms(SamplePurpose.TRUTH), writer, other, written)
    _sent(SamplePurpose.IMAGES, delivered_terms(SamplePurpose.IMAGES), other, at - timedelta(days=1))

    done = _drawn(listened, writer, other, at - timedelta(days=DRAWN_DAYS_AGO))
    if done is not None:
        _review(done, at - timedelta(days=DRAWN_DAYS_AGO - 2))
        if not why_not_conclude(done, other):
            conclude(run=done, actor=other, at=at - timedelta(days=2), note="录音逐件复听，结论如表。")
    _drawn(compared, writer, other, at - timedelta(days=IN_REVIEW_DAYS_AGO))


def _sent(purpose: SamplePurpose, terms: PlanTerms, writer: Staff, at: datetime) -> PlanVersion:
    version = new_plan(
        code=purpose.value.replace("_", "-"),
        name=NAMES[purpose],
        purpose=purpose,
        terms=terms,
        checklist=usable_checklists(purpose).first(),
        reviewers=[],
        reason=REASONS[purpose],
        actor=writer,
        at=at,
    )
    return send_plan(version=version, actor=writer, at=at + timedelta(minutes=20))


def _in_force(
    purpose: SamplePurpose, terms: PlanTerms, writer: Staff, other: Staff, at: datetime
) -> PlanVersion:
    version = _sent(purpose, terms, writer, at)
    return approve_plan(version=version, note="同意。", actor=other, at=at + timedelta(hours=3))


def _drawn(version: PlanVersion, opener: Staff, approver: Staff, at: datetime) -> SamplingRun | None:
    """No draw where a small book has nothing for the plan."""
    if not frame_counts(version, localdate(at)):
        return None
    run = open_run(plan=version.plan, occasion=RunOccasion.BY_HAND, actor=opener, at=at)
    run = take_frame(run=run, at=at + timedelta(minutes=1))
    run = give_seed(run=run, part="三色堇二十七", actor=approver, at=at + timedelta(hours=1))
    run = draw(run=run, at=at + timedelta(hours=1, minutes=1))
    give_items(run=run, actor=approver, at=at + timedelta(hours=1, minutes=2))
    return run


def _review(run: SamplingRun, at: datetime) -> None:
    """One recording is of somebody else; all others are as they should be."""
    rows = SampleReview.objects.filter(item__run=run).select_related("reviewer", "item__stratum")
    for turn, review in enumerate(rows.order_by("item__stratum__key", "item__place", "round")):
        wrong = turn < FAILED
        questions = run.version.checklist.items.all() if run.version.checklist else ()
        finish_review(
            review=review,
            actor=review.reviewer,
            at=at + timedelta(minutes=6 * turn),
            answers={
                one.pk: (ReviewAnswer.NO if wrong and one.code == "himself" else ReviewAnswer.YES, "")
                for one in questions
            },
            note="接听人为投保人女儿。" if wrong else "",
        )
