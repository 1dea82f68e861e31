"""A customer asks for a change outside any rectification: drafted, re-checked, decided by another person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pghistory
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _

from audits.changing import AT_HAND, DECIDE, MAKE, OF_BENEFICIARY, State, origin_of_change, parties_of
from audits.choices import EpisodeEnd, FindingState
from audits.evaluation import Hit, evaluate
from audits.models import ChangeRequest, Finding
from audits.models.subject import SUBJECT_COLUMNS
from audits.operations.corrections import NotReady, StillHolds, write_staged
from audits.operations.limits import limit_gaps
from audits.operations.sweep import resweep_subjects
from audits.operations.will import keep_will, source_gaps, will_gaps
from audits.staging import staged
from audits.transitions import StepRefused
from audits.will import CustomersWill
from audits.wording import hit_text
from authenticity.choices import Severity, Stage
from customers.contacts import WEEK
from customers.models import Customer
from policies.models import Policy, PolicyParty
from workplace.correctable import correctable
from workplace.models import Correction, Staff
from workplace.operations.corrections import (
    PENDING,
    CorrectionRefused,
    Proposal,
    accept_corrections,
    propose,
    return_corrections,
    submit_corrections,
    withdraw_corrections,
)
from workplace.operations.notices import notify
from workplace.patience import patiently

SERIOUS = (Severity.BLOCK, Severity.ERROR)
DIGITS = 6


def start_change(
    *, customer: Customer, actor: Staff, at: datetime, policy: Policy | None = None
) -> ChangeRequest:
    """The person's draft for this customer, which is one at a time. Raises StepRefused."""
    if not actor.has_perm(MAKE):
        raise StepRefused(_("You may not hand in changes."))
    if not Customer.objects.visible_to(actor).filter(pk=customer.pk).exists():
        raise StepRefused(_("This customer is out of your reach."))
    if policy is not None and not PolicyParty.objects.filter(policy=policy, customer=customer).exists():
        raise StepRefused(_("The customer is no party of this policy."))
    drafts = ChangeRequest.objects.filter(customer=customer, made_by=actor, state=State.DRAFT)
    try:
        with transaction.atomic(), pghistory.context(actor=actor.pk, cause="change request"):
            known: ChangeRequest | None = drafts.select_for_update(of=("self",)).first()
            if known is not None:
                return _about(known, policy)
            return ChangeRequest.objects.create(
                number=_number(at), customer=customer, policy=policy, made_by=actor, made_at=at
            )
    except IntegrityError:
        raced: ChangeRequest = drafts.get()
        return raced


def _about(known: ChangeRequest, policy: Policy | None) -> ChangeRequest:
    """A draft turns to another policy while nothing of the first one is typed in it."""
    if policy is None or known.policy_id == policy.pk:
        return known
    if Correction.objects.filter(
        origin=origin_of_change(known), record_kind="party", state__in=PENDING
    ).exists():
        raise StepRefused(
            _("Your draft %(number)s is about another policy; hand it in or withdraw it first.")
            % {"number": known.number}
        )
    known.policy = policy
    known.save(update_fields=["policy"])
    return known


def _number(at: datetime) -> str:
    """BG-20261122-000001: counted within the day in Shanghai, one after the other."""
    day = localtime(at).strftime("%Y%m%d")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('change request number'))")
    begun = ChangeRequest.objects.filter(number__startswith=f"BG-{day}-")
    last = begun.order_by("-number").values_list("number", flat=True).first()
    return f"BG-{day}-{int(last.rpartition('-')[2]) + 1 if last else 1:0{DIGITS}d}"


def save_change(
    *,
    request: ChangeRequest,
    proposals: Sequence[Proposal],
    note: str | None = None,
    will: CustomersWill | None = None,
    actor: Staff,
    at: datetime,
) -> list[Correction]:
    """Keeps what its maker has typed so far. Raises StepRefused and CorrectionRefused."""
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="change request"):
        found = _of_maker(request, actor, AT_HAND)
        check_places(found, proposals)
        kept = propose(proposals=proposals, origin=origin_of_change(found), actor=actor, at=at)
        if note is not None and note.strip() != found.note:
            found.note = note.strip()
            found.save(update_fields=["note"])
        if will is not None:
            keep_will(found, will)
    return kept


def submit_change(
    *,
    request: ChangeRequest,
    proposals: Sequence[Proposal] = (),
    note: str | None = None,
    will: CustomersWill | None = None,
    despite: bool = False,
    actor: Staff,
    at: datetime,
) -> ChangeRequest:
    """Re-checks the values staged and hands them to another person; what was typed is kept when refused.

    `despite` says that the values are so although they open new findings; the note then says why.
    Raises StillHolds, NotReady, CorrectionRefused, Misshapen and StepRefused.
    """
    save_change(request=request, proposals=proposals, note=note, will=will, actor=actor, at=at)
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="change request"):
        found = _of_maker(request, actor, AT_HAND)
        rows = submit_corrections(origin=origin_of_change(found), actor=actor, at=at)
        _check_ready(found, rows, at)
        opened = would_open(request=found, corrections=rows, actor=actor, at=at)
        if opened and not despite:
            raise StillHolds([hit_text(hit) for hit in opened])
        if opened and not found.note:
            raise NotReady([("", _("Say in the note why the values are right all the same."))])
        found.submitted_at = at
        _move(found, State.SUBMITTED, "submitted_at")
    return found


def accept_change(
    *, request: ChangeRequest, actor: Staff, at: datetime, note: str = "", seen_version: int | None = None
) -> ChangeRequest:
    """Values, history, holds, outbox and findings in one transaction, or nothing of it.

    Raises StepRefused, and RecordChanged when the record moved on meanwhile.
    """
    return patiently(lambda: _accept(request, actor, at, note, seen_version))


def _accept(request: ChangeRequest, actor: Staff, at: datetime, note: str, seen: int | None) -> ChangeRequest:
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="change request"):
        found = _to_decide(request, actor, seen)
        proof = found.evidence.select_related("file").order_by("-id").first()
        rows = accept_corrections(
            origin=origin_of_change(found), actor=actor, at=at, evidence=proof.file if proof else None
        )
        if not rows:
            raise StepRefused(_("Nothing waits in it any more."))
        customers, policies = _subjects(found, rows)
        resweep_subjects(
            customer_ids=customers, policy_ids=policies, at=at, actor=actor, cause=EpisodeEnd.CORRECTED
        )
        _decide(found, State.ACCEPTED, note, actor, at)
    return found


def return_change(
    *, request: ChangeRequest, reason: str, actor: Staff, at: datetime, seen_version: int | None = None
) -> ChangeRequest:
    """The record stays as it was; the values go back to their maker as drafts. Raises StepRefused."""
    if not reason.strip():
        raise StepRefused(_("Say in words what is to be done."))
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="change request"):
        found = _to_decide(request, actor, seen_version)
        return_corrections(origin=origin_of_change(found), actor=actor, at=at)
        _decide(found, State.RETURNED, reason, actor, at)
        if not found.made_by.is_active:
            _let_go(found, actor, at)
    return found


def withdraw_change(*, request: ChangeRequest, actor: Staff, at: datetime) -> ChangeRequest:
    """By its maker, before it is accepted. Raises StepRefused."""
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="change request"):
        found = _of_maker(request, actor, (*AT_HAND, State.SUBMITTED))
        _let_go(found, actor, at)
    return found


def let_go_of_changes(staff: Staff, actor: Staff, at: datetime) -> None:
    """What somebody who leaves had at hand holds no field up any longer; what was handed in is decided."""
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="staff left"):
        rows = ChangeRequest.objects.select_for_update(of=("self",)).filter(made_by=staff, state__in=AT_HAND)
        for found in rows.order_by("pk"):
            _let_go(found, actor, at)


def _let_go(request: ChangeRequest, actor: Staff, at: datetime) -> None:
    withdraw_corrections(origin=origin_of_change(request), actor=actor, at=at)
    _move(request, State.WITHDRAWN)


def would_open(
    *, request: ChangeRequest, corrections: Sequence[Correction], actor: Staff, at: datetime
) -> list[Hit]:
    """Serious findings that the values would open, beside those that stand open already."""
    customers, policies = _subjects(request, corrections)
    with staged():
        write_staged(corrections, actor, at)
        hits = evaluate(stage=Stage.BOOK, customer_ids=customers, policy_ids=policies)
    changed = {row.field for row in corrections}
    return [hit for hit in hits if _reads(hit, changed) and not _known(hit)]


def _reads(hit: Hit, changed: set[str]) -> bool:
    return hit.severity in SERIOUS and bool(hit.rule.concerns(hit.plain_field) & changed)


def _known(hit: Hit) -> bool:
    column = f"{SUBJECT_COLUMNS[hit.subject_kind]}_id"
    rows = Finding.objects.filter(rule=hit.rule.code, field=hit.field, part=hit.part, state=FindingState.OPEN)
    return rows.filter(**{column: hit.subject_id}).exists()


def _subjects(request: ChangeRequest, rows: Sequence[Correction]) -> tuple[list[int], list[int]]:
    parties = PolicyParty.objects.filter(pk__in=[row.record_id for row in rows if row.record_kind == "party"])
    policies = set(parties.values_list("policy_id", flat=True))
    customers = {request.customer_id, *parties.values_list("customer_id", flat=True)}
    return sorted(pk for pk in customers if pk), sorted(policies)


def check_places(request: ChangeRequest, proposals: Sequence[Proposal]) -> None:
    parties: set[int] | None = None
    for one in proposals:
        if one.record_kind == "customer" and one.record_id == request.customer_id:
            continue
        if parties is None:
            parties = set(parties_of(request).values_list("pk", flat=True))
        if one.record_kind != "party" or one.record_id not in parties or one.field not in OF_BENEFICIARY:
            raise CorrectionRefused(_("This field cannot be corrected here."), field=one.field)


def _check_ready(request: ChangeRequest, rows: Sequence[Correction], at: datetime) -> None:
    if not rows:
        raise StepRefused(_("No new value has been typed yet."))
    customers, _policies = _subjects(request, rows)
    gaps = limit_gaps(rows)
    gaps += source_gaps(rows, customers=customers, since=request.made_at - WEEK)
    if not request.evidence.exists():
        text = _("A new “%(field)s” needs an image of the document as evidence.")
        fields = [correctable(row.record_kind).fields[row.field] for row in rows]
        gaps += [(one.name, text % {"field": one.label}) for one in fields if one.needs_evidence]
    gaps += [("", text) for text in will_gaps(request, customers=customers, today=localdate(at))]
    if gaps:
        raise NotReady(gaps)


def _held(request: ChangeRequest, actor: Staff) -> ChangeRequest:
    """Locked, and only for who sees the customer still."""
    seen = ChangeRequest.objects.visible_to(actor).filter(pk=request.pk)
    rows = ChangeRequest.objects.select_for_update(of=("self",)).select_related("customer", "made_by")
    found: ChangeRequest | None = rows.filter(pk__in=seen.order_by().values("pk")).first()
    if found is None:
        raise StepRefused(_("This customer is out of your reach."))
    return found


def _of_maker(request: ChangeRequest, actor: Staff, states: Sequence[str]) -> ChangeRequest:
    found = _held(request, actor)
    if found.made_by_id != actor.pk or not actor.has_perm(MAKE):
        raise StepRefused(_("Only who made it may do this."))
    if found.state not in states:
        raise _moved_on(found)
    return found


def _to_decide(request: ChangeRequest, actor: Staff, seen: int | None) -> ChangeRequest:
    found = _held(request, actor)
    if not actor.has_perm(DECIDE):
        raise StepRefused(_("You may not decide on changes."))
    if found.state != State.SUBMITTED or (seen is not None and seen != found.version):
        raise _moved_on(found)
    if found.made_by_id == actor.pk:
        raise StepRefused(_("Who handed it in cannot decide on it; another person must."))
    return found


def _moved_on(request: ChangeRequest) -> StepRefused:
    names = {"state": request.get_state_display()}
    if request.decided_by and request.decided_at and request.state in (State.ACCEPTED, State.RETURNED):
        names |= {
            "by": request.decided_by.name,
            "at": localtime(request.decided_at).strftime("%Y-%m-%d %H:%M"),
        }
        return StepRefused(_("Already decided by %(by)s at %(at)s: %(state)s.") % names)
    return StepRefused(_("It has moved on meanwhile: %(state)s. Look again.") % names)


def _move(request: ChangeRequest, state: str, *columns: str) -> None:
    request.state = state
    request.version += 1
    request.save(update_fields=["state", "version", *columns])


def _decide(request: ChangeRequest, state: str, note: str, actor: Staff, at: datetime) -> None:
    request.decided_by, request.decided_at, request.decision_note = actor, at, note.strip()[:1000]
    _move(request, state, "decided_by", "decided_at", "decision_note")
    notify(
        recipients=[request.made_by_id],
        kind="change_decided",
        key=f"change:{request.pk}:{request.version}",
        detail={"number": request.number, "by": actor.name, "accepted": state == State.ACCEPTED},
        link=reverse("change_request", args=[request.pk]),
        at=at,
    )
