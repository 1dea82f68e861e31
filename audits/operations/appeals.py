"""The audited agency or branch says that a finding is not so; both sides write; the province decides.

What is upheld closes the finding for that very value, and it counts in no score of any day.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

import pghistory
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from agents.managing import managers_of
from audits.appealing import deciding_branch, may_decide, side_of
from audits.choices import (
    AppealState,
    EpisodeEnd,
    ExemptionRelation,
    ExemptionState,
    FindingState,
    Side,
    StepAction,
    TimelineKind,
)
from audits.choices import RectificationState as State
from audits.clock import day_of
from audits.models import Appeal, AppealMessage, Exemption, Finding, FindingEpisode, Rectification
from audits.operations.evidence import media_type_of
from audits.operations.exemptions import retire_exemptions
from audits.operations.findings import close_finding
from audits.operations.grouping import refresh_rectifications
from audits.operations.rectifications import write_line
from audits.operations.sweep import resweep_subjects
from audits.states import APPEAL
from audits.transitions import may_own, walk
from audits.wording import finding_text
from workplace.choices import FilePurpose, Role
from workplace.models import Staff, UploadedFile
from workplace.operations.files import store_file
from workplace.operations.notices import notify
from workplace.patience import patiently

FOREVER = date(9999, 12, 31)
LONGEST = 2000
Given = tuple[str, bytes]


class AppealRefused(Exception):
    """The appeal cannot be made, answered or decided; its text says why."""


def appeal_finding(
    *, finding: Finding, ground: str, actor: Staff, at: datetime, file: Given | None = None
) -> Appeal:
    """Its rectification waits, with the clock stopped, until the province decides.

    Raises AppealRefused, StepRefused and EvidenceRefused.
    """
    ground = _words(ground)
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="appeal"):
        rectification = _rectification_of(finding)
        finding = Finding.objects.select_related("answering_branch").get(pk=finding.pk)
        side = side_of(finding=finding, staff=actor)
        if finding.state != FindingState.OPEN:
            raise AppealRefused(_("This finding is closed; there is nothing to appeal against."))
        seen = Finding.objects.visible_to(actor).filter(pk=finding.pk)
        if not side or not actor.has_perm(APPEAL) or not seen.exists():
            raise AppealRefused(_("Only whoever answers for the finding may appeal."))
        appeal = _begun(finding, side, ground, actor, at)
        _write(appeal, side, ground, file, actor, at)
        if rectification.state == State.APPEALED:
            _tell(appeal, "appealed_too", ground, actor, at)
        else:
            walk(
                rectification=rectification,
                action=StepAction.APPEAL,
                actor=actor,
                at=at,
                reason=ground,
                detail={"finding": finding_text(finding), "appeal": appeal.pk},
            )
        _notify(appeal, _deciders(appeal, at), "appeal_made", "made", actor, at)
    return appeal


def write_message(
    *, appeal: Appeal, text: str, actor: Staff, at: datetime, file: Given | None = None
) -> AppealMessage:
    """One word of a side while nobody has decided; it stays as it is written."""
    text = _words(text)
    with transaction.atomic():
        found = _held(appeal)
        side = side_of(finding=found.finding, staff=actor)
        if found.state != AppealState.OPEN:
            raise AppealRefused(_("This appeal is decided; nothing is added any more."))
        if not side or not Appeal.objects.visible_to(actor).filter(pk=found.pk).exists():
            raise AppealRefused(_("Only the two sides and the province write here."))
        message = _write(found, side, text, file, actor, at)
        spoken = set(found.messages.values_list("author_id", flat=True)) | {found.appealed_by_id}
        if side != Side.PROVINCE and not found.messages.filter(side=Side.PROVINCE).exists():
            spoken |= _deciders(found, at)
        _notify(found, spoken, "appeal_message", f"message:{message.pk}", actor, at)
    return message


def decide_appeal(*, appeal: Appeal, uphold: bool, decision: str, actor: Staff, at: datetime) -> Appeal:
    """By the province; never who appealed, nor anybody of the audited unit.

    Raises AppealRefused and StepRefused.
    """
    decision = _words(decision)
    return patiently(lambda: _decide(appeal, uphold, decision, actor, at))


def _decide(appeal: Appeal, uphold: bool, decision: str, actor: Staff, at: datetime) -> Appeal:
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="appeal"):
        rectification = _rectification_of(appeal.finding)
        found, former = _held(appeal), rectification.owner_id
        _check_open(found)
        if not may_decide(appeal=found, staff=actor, today=day_of(at)):
            raise AppealRefused(_("The province above decides; nobody who appealed or is audited does."))
        found.state = AppealState.UPHELD if uphold else AppealState.DISMISSED
        found.decided_by, found.decided_at, found.decision = actor, at, decision
        found.save(update_fields=["state", "decided_by", "decided_at", "decision"])
        _tell(found, f"appeal_{found.state}", decision, actor, at)
        if uphold:
            _exempt(found, actor, at)
        _go_on(rectification, found, actor, decision, at, upheld=uphold)
        told = set(found.messages.values_list("author_id", flat=True)) | {found.appealed_by_id}
        told |= {former} if former else set()
        _notify(found, told, "appeal_decided", str(found.state), actor, at, state=str(found.state))
    return found


def withdraw_appeal(*, appeal: Appeal, actor: Staff, at: datetime) -> Appeal:
    """By who appealed, while nobody has decided."""
    return patiently(lambda: _withdraw(appeal, actor, at))


def _withdraw(appeal: Appeal, actor: Staff, at: datetime) -> Appeal:
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="appeal"):
        rectification = _rectification_of(appeal.finding)
        found = _held(appeal)
        _check_open(found)
        if found.appealed_by_id != actor.pk:
            raise AppealRefused(_("Only who appealed may take it back."))
        found.state, found.decided_at = AppealState.WITHDRAWN, at
        found.save(update_fields=["state", "decided_at"])
        _tell(found, "appeal_withdrawn", "", actor, at)
        _go_on(rectification, found, None, "", at, upheld=False)
    return found


def _go_on(
    rectification: Rectification,
    appeal: Appeal,
    actor: Staff | None,
    reason: str,
    at: datetime,
    *,
    upheld: bool,
) -> None:
    """When nothing of it is appealed any more: what is left goes back to who had it."""
    former = rectification.owner
    others = Appeal.objects.filter(finding__rectification=rectification, state=AppealState.OPEN)
    free = rectification.state == State.APPEALED and not others.exists()
    if free:
        walk(
            rectification=rectification,
            action=StepAction.DECIDE,
            actor=actor,
            at=at,
            reason=reason,
            detail={"verdict": str(appeal.state), "finding": finding_text(appeal.finding)},
        )
    if upheld:
        _close(appeal.finding, actor, at)
    if not free:
        return
    refresh_rectifications(ids=[rectification.pk], at=at)
    rectification.refresh_from_db()
    fits = former is not None and may_own(rectification=rectification, staff=former)
    if rectification.state == State.OPEN and fits:
        walk(rectification=rectification, action=StepAction.ASSIGN, actor=None, owner=former, at=at)


def _exempt(appeal: Appeal, actor: Staff, at: datetime) -> None:
    """Sweeps keep quiet about the value that was appealed against, whatever comes."""
    finding = appeal.finding
    episode = FindingEpisode.objects.filter(finding=finding, recorded_from__lte=appeal.appealed_at)
    value = episode.order_by("-id").values_list("value_hash", flat=True).first()
    retire_exemptions(finding=finding, today=day_of(at))
    waiting = Exemption.objects.filter(finding=finding, state=ExemptionState.PROPOSED)
    waiting.update(state=ExemptionState.REFUSED, decided_by=actor, decided_at=at)
    Exemption.objects.create(
        finding=finding,
        value_hash=finding.value_hash if value is None else value,
        relation=ExemptionRelation.APPEALED,
        reason=appeal.ground,
        expires_on=FOREVER,
        state=ExemptionState.APPROVED,
        proposed_by=appeal.appealed_by,
        proposed_at=appeal.appealed_at,
        decided_by=actor,
        decided_at=at,
        decision_note=appeal.decision[:1000],
    )


def _close(finding: Finding, actor: Staff | None, at: datetime) -> None:
    """A sweep closes what a rule found; what a person found is closed by hand."""
    resweep_subjects(
        customer_ids=[pk for pk in [finding.customer_id] if pk],
        policy_ids=[pk for pk in [finding.policy_id] if pk],
        seller_ids=[pk for pk in [finding.seller_id] if pk],
        agency_ids=[pk for pk in [finding.intermediary_id] if pk],
        at=at,
        actor=actor,
    )
    finding.refresh_from_db()
    held = Exemption.objects.filter(
        finding=finding, state=ExemptionState.APPROVED, value_hash=finding.value_hash
    )
    if finding.state == FindingState.OPEN and held.exists():
        close_finding(finding=finding, cause=EpisodeEnd.APPEALED, at=at)


def _rectification_of(finding: Finding) -> Rectification:
    """Held first, as every step does."""
    if finding.rectification_id is None:
        raise AppealRefused(_("Nothing has to be put right because of this finding."))
    found: Rectification = (
        Rectification.objects.select_for_update(of=("self",))
        .select_related("owner")
        .get(pk=finding.rectification_id)
    )
    return found


def _held(appeal: Appeal) -> Appeal:
    found: Appeal = (
        Appeal.objects.select_for_update(of=("self",))
        .select_related("finding__answering_branch", "finding__rectification", "appealed_by", "decided_by")
        .get(pk=appeal.pk)
    )
    return found


def _check_open(appeal: Appeal) -> None:
    if appeal.state == AppealState.WITHDRAWN:
        raise AppealRefused(_("This appeal was taken back."))
    if appeal.state != AppealState.OPEN:
        by = appeal.decided_by.name if appeal.decided_by else ""
        raise AppealRefused(_("Already decided by %(by)s.") % {"by": by})


def _words(text: str) -> str:
    if not text.strip():
        raise AppealRefused(_("Say it in words."))
    return text.strip()[:LONGEST]


def _begun(finding: Finding, side: str, ground: str, actor: Staff, at: datetime) -> Appeal:
    try:
        with transaction.atomic():
            return Appeal.objects.create(
                finding=finding,
                side=side,
                branch=finding.answering_branch if side != Side.AGENCY else None,
                agency=finding.answering_agency if side == Side.AGENCY else None,
                ground=ground,
                appealed_by=actor,
                appealed_at=at,
            )
    except IntegrityError as error:
        raise AppealRefused(_("An appeal against it waits for the province already.")) from error


def _write(
    appeal: Appeal, side: str, text: str, file: Given | None, actor: Staff, at: datetime
) -> AppealMessage:
    stored: UploadedFile | None = None
    if file is not None:
        name, content = file
        stored = store_file(
            content=content,
            name=name[:200] or "file",
            purpose=FilePurpose.EVIDENCE,
            owner=actor,
            at=at,
            media_type=media_type_of(content),
        )
    return AppealMessage.objects.create(appeal=appeal, side=side, author=actor, text=text, file=stored, at=at)


def _deciders(appeal: Appeal, at: datetime) -> set[int]:
    """The managers of the deciding branch, else compliance."""
    above = deciding_branch(appeal.finding.answering_branch).pk
    found = {one.pk for one in managers_of([above], today=day_of(at))[above]}
    if found:
        return found
    people = get_user_model()._default_manager.filter(groups__name=Role.COMPLIANCE, is_active=True)
    return set(people.values_list("pk", flat=True))


def _notify(
    appeal: Appeal,
    people: Collection[int | None],
    kind: str,
    what: str,
    actor: Staff,
    at: datetime,
    **detail: str,
) -> None:
    rectification = appeal.finding.rectification
    notify(
        recipients=[pk for pk in people if pk is not None and pk != actor.pk],
        kind=kind,
        key=f"appeal:{appeal.pk}:{what}",
        detail={"number": rectification.number if rectification else "", "by": actor.name, **detail},
        link=reverse("appeal", args=[appeal.pk]),
        at=at,
    )


def _tell(appeal: Appeal, action: str, words: str, actor: Staff, at: datetime) -> None:
    rectification = appeal.finding.rectification
    if rectification is not None:
        write_line(
            rectification=rectification,
            kind=TimelineKind.NOTE,
            action=action,
            actor=actor,
            at=at,
            reason=words,
            finding=finding_text(appeal.finding),
            appeal=appeal.pk,
        )
