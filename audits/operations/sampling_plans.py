"""Sampling plans: written, sent, decided by a second person and sealed; what was approved never changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from audits.models import ChecklistVersion, PlanVersion, SamplingPlan
from audits.operations.seals import seal
from audits.plan_definition import definition
from audits.plan_reading import approvers, out_of_reach
from audits.sampling.choices import PlanState, SamplePurpose, SealKind
from audits.sampling.sealing import canonical
from audits.sampling.terms import PlanTerms
from workplace.models import Staff
from workplace.operations.notices import notify
from workplace.operations.staff import recorded

CHANGE = "audits.change_samplingplan"
APPROVE = "audits.approve_samplingplan"
REVIEW = "audits.review_sample"
IN_WORK = (PlanState.DRAFT, PlanState.SENT)


class PlanRefused(Exception):
    """The step cannot be taken; its text says why, `errors` by field where it lies."""

    def __init__(self, text: str = "", *, errors: dict[str, str] | None = None) -> None:
        super().__init__(text or " ".join((errors or {}).values()))
        self.errors = errors or {}


def new_plan(
    *,
    code: str,
    name: str,
    purpose: str,
    terms: PlanTerms,
    checklist: ChecklistVersion | None,
    reviewers: Iterable[Staff],
    reason: str,
    actor: Staff,
    at: datetime,
) -> PlanVersion:
    """A plan with its first draft; nothing is drawn before a second person approved it."""
    _may_write(actor)
    if SamplingPlan.objects.filter(code=code).exists():
        raise PlanRefused(errors={"code": _("Another plan has this code.")})
    with transaction.atomic(), recorded(actor, "plan written"):
        plan = SamplingPlan.objects.create(code=code, name=name, purpose=purpose, made_by=actor, made_at=at)
        version = PlanVersion(plan=plan, number=1, written_by=actor)
        return _write(version, terms, checklist, list(reviewers), reason, actor, at)


def write_draft(
    *,
    version: PlanVersion,
    terms: PlanTerms,
    checklist: ChecklistVersion | None,
    reviewers: Iterable[Staff],
    reason: str,
    actor: Staff,
    at: datetime,
) -> PlanVersion:
    """Over the draft, by who wrote it."""
    _may_write(actor)
    with transaction.atomic(), recorded(actor, "plan written"):
        found = _locked(version)
        _is_writer(found, actor)
        _must_be(found, PlanState.DRAFT)
        return _write(found, terms, checklist, list(reviewers), reason, actor, at)


def next_version(*, plan: SamplingPlan, actor: Staff, at: datetime) -> PlanVersion:
    """A draft that says what the last version said; the version in force stays until this one is approved."""
    _may_write(actor)
    with transaction.atomic(), recorded(actor, "plan written anew"):
        held = SamplingPlan.objects.select_for_update().get(pk=plan.pk)
        _is_alive(held)
        if held.versions.filter(state__in=IN_WORK).exists():
            raise PlanRefused(_("Another version is in work already."))
        in_force = held.versions.filter(state=PlanState.APPROVED).first()
        last = held.versions.order_by("-number").first()
        source = in_force or last
        if source is None or last is None:
            raise PlanRefused(_("There is no version to begin with."))
        reviewers = list(source.reviewers.all())
        made = PlanVersion.objects.get(pk=source.pk)
        made.pk, made.number, made.state = None, last.number + 1, PlanState.DRAFT
        made.sent_at = made.decided_by = made.decided_at = None
        made.decision_note = made.reason = ""
        made.written_by, made.written_at = actor, at
        made._state.adding = True
        made.save()
        made.reviewers.set(reviewers)
        return made


def drop_draft(*, version: PlanVersion, actor: Staff, at: datetime) -> SamplingPlan | None:
    """Only its writer; a plan that never had another version goes with it, and None comes back."""
    _may_write(actor)
    with transaction.atomic(), recorded(actor, "plan draft dropped"):
        found = _locked(version)
        _is_writer(found, actor)
        _must_be(found, PlanState.DRAFT)
        plan = found.plan
        found.delete()
        if plan.versions.exists():
            return plan
        plan.delete()
        return None


def send_plan(*, version: PlanVersion, actor: Staff, at: datetime) -> PlanVersion:
    """To whoever may approve; from now on it says what it says."""
    _may_write(actor)
    with transaction.atomic(), recorded(actor, "plan sent"):
        found = _locked(version)
        _is_writer(found, actor)
        if found.state == PlanState.SENT:
            return found
        _must_be(found, PlanState.DRAFT)
        _is_alive(found.plan)
        if not found.reason.strip():
            raise PlanRefused(errors={"reason": _("Say why; whoever approves reads it.")})
        found.state, found.sent_at = PlanState.SENT, at
        found.save(update_fields=["state", "sent_at"])
        _tell(
            [one.pk for one in approvers() if one.pk != actor.pk],
            "plan_sent",
            found,
            actor,
            at,
        )
    return found


def take_back(*, version: PlanVersion, actor: Staff, at: datetime) -> PlanVersion:
    """A sent version is a draft again, for who wrote it."""
    _may_write(actor)
    with transaction.atomic(), recorded(actor, "plan taken back"):
        found = _locked(version)
        _is_writer(found, actor)
        if found.state == PlanState.DRAFT:
            return found
        _must_be(found, PlanState.SENT)
        found.state, found.sent_at = PlanState.DRAFT, None
        found.save(update_fields=["state", "sent_at"])
    return found


def approve_plan(*, version: PlanVersion, note: str, actor: Staff, at: datetime) -> PlanVersion:
    """By another person; seals what the plan says. The version before it is replaced in the same step."""
    with transaction.atomic(), recorded(actor, "plan approved"):
        found = _locked(version)
        _may_decide(found, actor)
        _is_alive(found.plan)
        if found.checklist and found.checklist.approved_at is None:
            raise PlanRefused(_("Its checklist is not approved."))
        for old in found.plan.versions.filter(state=PlanState.APPROVED):
            old.state = PlanState.REPLACED
            old.save(update_fields=["state"])
        _decide(found, PlanState.APPROVED, note, actor, at)
        seal(
            kind=SealKind.PLAN,
            subject=f"plan:{found.plan.code}",
            content=canonical(definition(found)),
            actor=actor,
            at=at,
        )
        _tell([found.written_by_id], "plan_decided", found, actor, at)
    return found


def refuse_plan(*, version: PlanVersion, note: str, actor: Staff, at: datetime) -> PlanVersion:
    """By another person, who says why; the version in force stays in force."""
    if not note.strip():
        raise PlanRefused(errors={"note": _("Give the reason for refusing.")})
    with transaction.atomic(), recorded(actor, "plan refused"):
        found = _locked(version)
        _may_decide(found, actor)
        _decide(found, PlanState.REFUSED, note, actor, at)
        _tell([found.written_by_id], "plan_decided", found, actor, at)
    return found


def retire_plan(*, plan: SamplingPlan, actor: Staff, at: datetime) -> SamplingPlan:
    """No new draws by schedule or by hand; those under way go on, and all stay to be seen."""
    _may_write(actor)
    with transaction.atomic(), recorded(actor, "plan retired"):
        found = SamplingPlan.objects.select_for_update().get(pk=plan.pk)
        if found.retired_at is not None:
            return found
        if found.versions.filter(state__in=IN_WORK).exists():
            raise PlanRefused(_("A version of it is in work; drop it or take it back first."))
        found.retired_at = at
        found.save(update_fields=["retired_at"])
    return found


def _write(
    version: PlanVersion,
    terms: PlanTerms,
    checklist: ChecklistVersion | None,
    reviewers: list[Staff],
    reason: str,
    actor: Staff,
    at: datetime,
) -> PlanVersion:
    faults = terms.faults(version.plan.purpose)
    faults |= out_of_reach(terms, actor)
    if checklist is not None and checklist.checklist.purpose not in ("", version.plan.purpose):
        faults["checklist"] = _("This checklist is for another purpose.")
    elif checklist is not None and checklist.approved_at is None:
        faults["checklist"] = _("Only an approved checklist can be used.")
    elif checklist is None and version.plan.purpose == SamplePurpose.CALL_BACK:
        faults["checklist"] = _("Recordings are judged by their questions alone: choose a checklist.")
    if any(not one.is_active or not one.has_perm(REVIEW) for one in reviewers):
        faults["reviewers"] = _("Only people who may review samples.")
    if faults:
        raise PlanRefused(errors=faults)
    for name, value in terms.values().items():
        setattr(version, name, value)
    version.checklist, version.reason, version.written_at = checklist, reason.strip(), at
    version.save()
    version.reviewers.set(reviewers)
    return version


def _may_write(actor: Staff) -> None:
    if not actor.is_active or not actor.has_perm(CHANGE):
        raise PlanRefused(_("Your role does not write sampling plans."))


def _may_decide(version: PlanVersion, actor: Staff) -> None:
    if not actor.is_active or not actor.has_perm(APPROVE):
        raise PlanRefused(_("Your role does not decide about plans."))
    _must_be(version, PlanState.SENT)
    if version.written_by_id == actor.pk:
        raise PlanRefused(_("Another person decides about what you wrote."))


def _is_writer(version: PlanVersion, actor: Staff) -> None:
    if version.written_by_id != actor.pk:
        raise PlanRefused(
            _("%(by)s wrote this draft; only they change or send it.") % {"by": version.written_by}
        )


def _is_alive(plan: SamplingPlan) -> None:
    if plan.retired_at is not None:
        raise PlanRefused(_("This plan is retired."))


def _must_be(version: PlanVersion, state: PlanState) -> None:
    if version.state == state:
        return
    by = version.decided_by or version.written_by
    raise PlanRefused(
        _("Already done by %(by)s: %(state)s.") % {"by": by.name, "state": version.get_state_display()}
    )


def _locked(version: PlanVersion) -> PlanVersion:
    """The plan first, so that two versions of it are decided one after the other."""
    SamplingPlan.objects.select_for_update().get(pk=version.plan_id)
    rows = PlanVersion.objects.select_for_update(of=("self",))
    found = rows.select_related("plan", "written_by", "decided_by", "checklist__checklist").filter(
        pk=version.pk
    )
    held: PlanVersion | None = found.first()
    if held is None:
        raise PlanRefused(_("This draft was dropped."))
    return held


def _decide(version: PlanVersion, state: PlanState, note: str, actor: Staff, at: datetime) -> None:
    version.state, version.decided_by, version.decided_at = state, actor, at
    version.decision_note = note.strip()
    try:
        with transaction.atomic():
            version.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    except IntegrityError as error:
        raise PlanRefused(_("Another person decides about what you wrote.")) from error


def _tell(recipients: list[int], kind: str, version: PlanVersion, actor: Staff, at: datetime) -> None:
    notify(
        recipients=recipients,
        kind=kind,
        key=f"{kind}:{version.pk}:{at.isoformat()}",
        detail={"plan": version.plan.name, "by": actor.name, "state": version.state},
        link=reverse("sampling_plan", args=[version.plan_id]),
        at=at,
    )
