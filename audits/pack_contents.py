"""What an evidence pack says of a draw, file by file: keys, codes and verdicts, no value of a customer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from audits.models import (
    Accountability,
    ChecklistAnswer,
    Finding,
    PlanVersion,
    RunConclusion,
    SampleItem,
    SampleReview,
    SamplingRun,
    Seal,
)
from audits.plan_definition import checklist_definition, definition
from audits.result_page import sampled_findings
from audits.run_figures import counted_of
from audits.runs import subject_of_run
from audits.sampling.choices import RunState, SampleReviewState
from audits.sampling.results import Counted, results_of
from audits.seals import said_at
from audits.transitions import origin_of
from workplace.models import Correction, Staff

Said = dict[str, Any]


def contents_of(run: SamplingRun) -> dict[str, Said]:
    """By name of the file; `seals.json` ends with the seal that the pack's own will follow."""
    return {
        "plan.json": plan_said(run),
        "approvals.json": approvals_said(run),
        "seals.json": {"seals": seals_said(run)},
        "commitment.json": commitment_said(run),
        "draws.json": {"draws": [draw_said(one) for one in run.plan.runs.order_by("pk")]},
        "items.json": {"items": items_said(run)},
        "checklists.json": checklists_said(run),
        "results.json": results_said(run),
        "corrections.json": corrections_said(run),
    }


def _when(at: datetime | None) -> str:
    return said_at(at) if at else ""


def _who(staff: Staff | None) -> str:
    return staff.username if staff else ""


def plan_said(run: SamplingRun) -> Said:
    """Every version, as it was sealed when it was approved."""
    versions = run.plan.versions.select_related("plan", "written_by", "decided_by", "checklist__checklist")
    return {
        "code": run.plan.code,
        "used": run.version.number,
        "versions": [
            {"state": version.state, "definition": definition(version)}
            for version in versions.order_by("number")
        ],
    }


def approvals_said(run: SamplingRun) -> Said:
    """Who wrote, approved, opened, seeded, withdrew and concluded, by username, with when."""
    versions = PlanVersion.objects.filter(plan=run.plan).select_related("written_by", "decided_by")
    runs = SamplingRun.objects.filter(plan=run.plan).select_related("opened_by", "seeded_by", "withdrawn_by")
    concluded = RunConclusion.objects.filter(run__plan=run.plan).select_related("concluded_by")
    people: dict[str, Staff] = {}

    def step(what: str, of: int, by: Staff | None, at: datetime | None) -> Said:
        if by is not None:
            people[by.username] = by
        return {"what": what, "of": of, "by": _who(by), "at": _when(at)}

    steps = [
        step(what, version.number, by, at)
        for version in versions.order_by("number")
        for what, by, at in (
            ("version written", version.written_by, version.written_at),
            ("version sent", version.written_by, version.sent_at),
            (f"version {version.state}", version.decided_by, version.decided_at),
        )
        if at is not None
    ]
    steps += [
        step(what, one.pk, by, at)
        for one in runs.order_by("pk")
        for what, by, at in (
            ("draw opened", one.opened_by, one.opened_at),
            ("draw seeded", one.seeded_by, one.seeded_at),
            ("draw withdrawn", one.withdrawn_by, one.withdrawn_at),
        )
        if at is not None
    ]
    steps += [step("draw concluded", one.run_id, one.concluded_by, one.concluded_at) for one in concluded]
    named = {name: {"name": staff.name, "role": staff.role} for name, staff in sorted(people.items())}
    return {"steps": steps, "people": named}


def seals_said(run: SamplingRun) -> list[Said]:
    """The whole chain from the plan's first seal to the head, so that every link can be followed."""
    runs = [subject_of_run(one) for one in SamplingRun.objects.filter(plan=run.plan_id)]
    own = Q(subject=f"plan:{run.plan.code}") | Q(subject__in=runs)
    first = Seal.objects.filter(own).order_by("place").first()
    chain = Seal.objects.filter(place__gte=first.place) if first else Seal.objects.none()
    return [seal_said(seal) for seal in chain.order_by("place").iterator(chunk_size=2_000)]


def seal_said(seal: Seal) -> Said:
    return {
        "place": seal.place,
        "kind": str(seal.kind),
        "subject": seal.subject,
        "content": seal.content,
        "previous": seal.previous,
        "digest": seal.digest,
        "sealed_at": said_at(seal.sealed_at),
    }


def commitment_said(run: SamplingRun) -> Said:
    """What was sealed before the frame, what was given after it, and the seed that follows."""
    return {
        "draw": run.pk,
        **{name: value for name, value in draw_said(run).items() if name in COMMITTED},
    }


COMMITTED = (
    "algorithm",
    "machine_part",
    "machine_seal",
    "approver_part",
    "frame_digest",
    "frame_size",
    "strata",
    "seed",
    "seeded_by",
    "opened_at",
    "framed_at",
    "seeded_at",
    "drawn_at",
)


def draw_said(run: SamplingRun) -> Said:
    """One draw of the plan; the machine's part is shown once nobody can give the other part any more."""
    shown = bool(run.seed) or run.state == RunState.WITHDRAWN
    strata = run.strata.order_by("key").values("key", "label", "size", "quota")
    return {
        "id": run.pk,
        "subject": subject_of_run(run),
        "version": run.version.number,
        "period": run.period,
        "occasion": run.occasion,
        "state": run.state,
        "replaces": run.replaces_id,
        "algorithm": run.algorithm,
        "machine_part": run.machine_part if shown else "",
        "machine_seal": run.machine_seal,
        "opened_at": _when(run.opened_at),
        "frame_digest": run.frame_digest,
        "frame_size": run.frame_size,
        "framed_at": _when(run.framed_at),
        "approver_part": run.approver_part,
        "seeded_by": _who(run.seeded_by),
        "seeded_at": _when(run.seeded_at),
        "seed": run.seed,
        "drawn_at": _when(run.drawn_at),
        "withdrawn_by": _who(run.withdrawn_by),
        "withdrawn_at": _when(run.withdrawn_at),
        "withdrawal_reason": run.withdrawal_reason,
        "strata": list(strata),
        "items": items_said(run),
    }


def items_said(run: SamplingRun) -> list[Said]:
    """By stratum and place. A reason of a substitution is one of the rule's, said by staff."""
    items = SampleItem.objects.filter(run=run).select_related("stratum", "stands_for")
    return [
        {
            "stratum": item.stratum.key,
            "place": item.place,
            "key": item.key,
            "origin": item.origin,
            "stands_for": item.stands_for.key if item.stands_for else "",
            "reason": item.substitution_reason,
            "added_at": _when(item.added_at),
            "outcome": item.outcome,
            "decided_at": _when(item.decided_at),
        }
        for item in items.order_by("stratum__key", "place")
    ]


def checklists_said(run: SamplingRun) -> Said:
    """The version that reviewers answered, with the articles its questions answer to."""
    version = run.version.checklist
    if version is None:
        return {"checklist": None, "articles": {}}
    items = version.items.select_related("article").order_by("place")
    articles = {item.article.code: str(item.article) for item in items if item.article}
    return {"checklist": checklist_definition(version), "articles": articles}


def results_said(run: SamplingRun) -> Said:
    """Counts, the figures that follow from them, every conclusion, and each review without its words."""
    counts = counted_of(run)
    confidence, tolerable = float(run.version.confidence), float(run.version.tolerable_rate)
    concluded = run.conclusions.select_related("concluded_by", "seal").order_by("pk")
    return {
        "confidence": confidence,
        "tolerable": tolerable,
        "counts": [_counted_said(one) for one in counts],
        "figures": results_of(counts, confidence=confidence, tolerable=tolerable).to_json(),
        "concluded": run.state == RunState.CONCLUDED,
        "conclusions": [
            {
                "verdict": one.verdict,
                "extend_by": one.extend_by,
                "figures": one.figures,
                "by": _who(one.concluded_by),
                "at": _when(one.concluded_at),
                "seal": one.seal.place,
            }
            for one in concluded
        ],
        "reviews": reviews_said(run),
    }


def _counted_said(one: Counted) -> Said:
    """Fields as a list: their order is that of the figures."""
    return {
        "key": one.key,
        "label": one.label,
        "size": one.size,
        "items": asdict(one.items),
        "fields": [{"field": name, "count": asdict(count)} for name, count in one.fields.items()],
    }


def reviews_said(run: SamplingRun) -> list[Said]:
    """What was typed, told and noted stays in the house; here stand verdicts alone."""
    done = SampleReview.objects.filter(item__run=run, state=SampleReviewState.DONE)
    related = done.select_related("item", "reviewer").prefetch_related("fields", "answers__question")
    return [
        {
            "key": review.item.key,
            "round": review.round,
            "by": _who(review.reviewer),
            "at": _when(review.done_at),
            "truth": review.truth,
            "outcome": review.outcome,
            "evidence": review.evidence_count,
            "fields": [
                {"role": one.role, "field": one.field, "verdict": one.verdict, "error": one.error}
                for one in sorted(review.fields.all(), key=lambda one: one.pk)
            ],
            "answers": [
                {"question": one.question.code, "answer": _answered(one)}
                for one in sorted(review.answers.all(), key=lambda one: one.question.place)
            ],
        }
        for review in related.annotate(evidence_count=Count("evidence")).order_by("item__key", "round")
    ]


def _answered(one: ChecklistAnswer) -> str:
    """What somebody wrote stays in the house; that it was written is told."""
    if one.question.in_words:
        return "written" if one.text else ""
    return one.answer


def corrections_said(run: SamplingRun) -> Said:
    """Findings, their rectifications, what was corrected there without its values, and who answers."""
    found = Finding.objects.filter(pk__in=sampled_findings(run)).select_related("rectification")
    findings = list(found.order_by("pk"))
    rectifications = {one.rectification.pk: one.rectification for one in findings if one.rectification}
    origins = {origin_of(one): one.number for one in rectifications.values()}
    corrections = Correction.objects.filter(origin__in=origins).select_related("proposed_by", "decided_by")
    held = Accountability.objects.filter(Q(sample_item__run=run) | Q(finding__in=findings)).select_related(
        "sample_item", "branch", "agency", "seller", "person", "decided_by"
    )
    return {
        "findings": [
            {
                "code": one.rule,
                "field": one.field,
                "severity": one.severity,
                "kind": one.kind,
                "state": one.state,
                "rectification": one.rectification.number if one.rectification else "",
                "closed_at": _when(one.closed_at),
            }
            for one in findings
        ],
        "rectifications": [
            {"number": one.number, "state": one.state, "closed_at": _when(one.closed_at)}
            for one in sorted(rectifications.values(), key=lambda one: one.number)
        ],
        "corrections": [
            {
                "rectification": origins[one.origin],
                "field": one.field,
                "state": one.state,
                "proposed_by": _who(one.proposed_by),
                "decided_by": _who(one.decided_by),
                "decided_at": _when(one.decided_at),
            }
            for one in corrections.order_by("pk")
        ],
        "accountable": _accountable_said(held),
    }


def _accountable_said(held: Iterable[Accountability]) -> list[Said]:
    """Units by number, sellers by theirs, staff by username."""
    return [
        {
            "item": one.sample_item.key if one.sample_item else "",
            "branch": one.branch.number if one.branch else "",
            "agency": one.agency.number if one.agency else "",
            "seller": one.seller.staff_no if one.seller else "",
            "person": _who(one.person),
            "measure": one.measure,
            "by": _who(one.decided_by),
            "at": _when(one.decided_at),
        }
        for one in held
    ]
