"""Call-backs of new policies: opened by the machine, made by people, each contact in the log."""

from __future__ import annotations

from datetime import datetime, timedelta

import pghistory
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from audits.answering import of_policy
from audits.call_backs import (
    FAILED,
    MISSED,
    NOT_WITH_HOLDER,
    SAID_AT_ONCE,
    WAITING,
    calls_in_vain,
    holder_of,
    logged_as,
    sold_by,
    visit_is_asked,
)
from audits.choices import CallBackOutcome, CallBackState
from audits.contact_log import ADD
from audits.models import CallBack, Finding
from audits.operations.contacts import contact_customer
from audits.operations.sample_findings import Failure, report
from audits.queries import rectification_settings
from audits.sample_subjects import Spot
from authenticity.choices import Kind
from customers.choices import ContactChannel
from customers.models import ContactAttempt, Customer
from policies.choices import PolicyStatus
from policies.rules.scope import ENDED, in_scope
from workplace.correctable import correctable
from workplace.intake.shapes import Misshapen
from workplace.models import Staff
from workplace.operations.staff import recorded

# What comes late, or a night that was missed, is made up for within these days; older business stays out.
LATE = timedelta(days=15)
_OPEN = """
    INSERT INTO audits_callback (policy_id, ends_on, state, outcome, opened_at)
    SELECT policy.id, coalesce(policy.issued_on, policy.effective_on) + product.cooling_off_days,
           'due', '', %(at)s
      FROM policies_policy policy JOIN policies_product product ON product.id = policy.product_id
     WHERE policy.in_scope AND policy.status <> ALL (%(out)s)
       AND coalesce(policy.issued_on, policy.effective_on) <= %(today)s
       AND coalesce(policy.issued_on, policy.effective_on) + product.cooling_off_days >= %(since)s
        ON CONFLICT (policy_id) DO UPDATE
       SET ends_on = excluded.ends_on, outcome = '', done_at = NULL,
           state = CASE audits_callback.state WHEN 'done' THEN 'due' ELSE audits_callback.state END
     WHERE audits_callback.outcome = 'ended'
        OR (audits_callback.state <> 'done' AND audits_callback.ends_on <> excluded.ends_on)
"""


class CallBackRefused(Exception):
    """It is not for this person, is over, or was said incompletely; its text says why."""


def keep_call_backs(*, at: datetime) -> int:
    """Opens one for each new policy, ends those of policies that have ended, asks for visits; says how many
    were opened, opened again or got another last day. Safe to repeat, and twice at once."""
    today = localdate(at)
    out = [str(status) for status in (PolicyStatus.PENDING, *ENDED)]
    with transaction.atomic(), pghistory.context(cause="call-back"):
        with connection.cursor() as cursor:
            cursor.execute(_OPEN, {"at": at, "today": today, "since": today - LATE, "out": out})
            opened: int = cursor.rowcount
        waiting = CallBack.objects.exclude(state=CallBackState.DONE)
        waiting.filter(~in_scope("policy__")).update(
            state=CallBackState.DONE, outcome=CallBackOutcome.ENDED, done_at=at
        )
        last = today + timedelta(days=rectification_settings().visit_days)
        called = (CallBackState.DUE, CallBackState.UNREACHED)
        waiting.filter(state__in=called, ends_on__lte=last).update(state=CallBackState.VISIT)
    return opened


def report_missed(*, at: datetime) -> int:
    """A finding for each one whose period has ended without the holder; says how many are new.

    Not for what came here only after its last day: nobody knows what was done elsewhere before.
    """
    known = Finding.objects.filter(rule=MISSED, policy=OuterRef("policy"))
    rows = CallBack.objects.filter(
        ~Exists(known), WAITING | Q(outcome=CallBackOutcome.UNREACHED), ends_on__lt=localdate(at)
    )
    missed = list(rows.filter(opened_at__date__lte=F("ends_on")).select_related("policy"))
    for found in missed:
        with transaction.atomic(), pghistory.context(cause="call-back"):
            _report(found, MISSED, Kind.MISSING, at)
    return len(missed)


def call_back(
    *,
    call_back: CallBack,
    channel: str,
    result: str,
    actor: Staff,
    at: datetime,
    birth_date: str = "",
    point: str = "",
    note: str = "",
    asked: str = "",
    tried_at: datetime | None = None,
) -> CallBack:
    """One call or visit, in the holder's contact log for good; what it said of the holder ends it.

    `birth_date` is what the holder says: kept nowhere, only compared. Whoever is not the holder becomes a
    finding with its rectification. Raises CallBackRefused and ContactRefused.
    """
    with transaction.atomic(), recorded(actor, "call-back"):
        found, holder = _in_hand(call_back, actor)
        if result in (CallBackOutcome.CONFIRMED, CallBackOutcome.DENIED):
            _check_identity(holder, birth_date)
        attempt = contact_customer(
            customer=holder,
            channel=channel,
            point=point,
            result=logged_as(result),
            note=note,
            asked=asked,
            tried_at=tried_at,
            origin=found.origin,
            actor=actor,
            at=at,
        )
        _settle(found, holder, attempt, result, at)
    return found


def _in_hand(call_back: CallBack, actor: Staff) -> tuple[CallBack, Customer]:
    """Locked, so that of two people at once the second reads who was first."""
    seen = CallBack.objects.visible_to(actor).filter(pk=call_back.pk)
    locked = CallBack.objects.select_for_update(of=("self",)).filter(pk__in=seen.order_by().values("pk"))
    found = locked.select_related("policy__seller", "done_by").first()
    if found is None or not actor.is_active or not actor.has_perm(ADD):
        raise CallBackRefused(_("Your role may not take this step."))
    if found.state == CallBackState.DONE:
        by = found.done_by.name if found.done_by else _("the system")
        raise CallBackRefused(_("Already done by %(by)s.") % {"by": by})
    if actor.staff_no and actor.staff_no in sold_by(found.policy):
        raise CallBackRefused(_("Who sold it cannot make the call-back."))
    holder = holder_of(found.policy)
    if holder is None:
        raise CallBackRefused(_("No customer stands behind it."))
    return found, holder


def _check_identity(holder: Customer, said: str) -> None:
    """Only the customer can say that it is right: the full birth date tells who speaks (requirement 162)."""
    if not said.strip():
        raise CallBackRefused(_("First ask for the full birth date and type what the customer says."))
    kind = correctable("customer")
    held = kind.normal(holder, "birth_date")
    if not held:
        raise CallBackRefused(_("No birth date is on file to compare with; it has to be put right first."))
    try:
        typed = kind.normal_of(holder, "birth_date", said.strip()[:20])
    except Misshapen:
        raise CallBackRefused(_("Type year, month and day of the birth date, such as 1985-06-15.")) from None
    if typed != held:
        raise CallBackRefused(_("The birth date was not confirmed, so this was not the customer."))


def _settle(found: CallBack, holder: Customer, attempt: ContactAttempt, result: str, at: datetime) -> None:
    """What is said of the holder ends it, and so does a visit in vain that was asked for."""
    visited = attempt.channel == ContactChannel.VISIT and found.state == CallBackState.VISIT
    if result not in SAID_AT_ONCE and not visited:
        _go_on(found, holder, at)
        return
    found.state = CallBackState.DONE
    found.outcome = CallBackOutcome(result if result in SAID_AT_ONCE else CallBackOutcome.UNREACHED)
    found.done_by, found.done_at = attempt.by, attempt.tried_at
    found.save(update_fields=["state", "outcome", "done_by", "done_at"])
    if found.outcome in FAILED:
        _report(found, NOT_WITH_HOLDER, Kind.FALSE, at)


def _go_on(found: CallBack, holder: Customer, at: datetime) -> None:
    asked = visit_is_asked(
        calls=calls_in_vain(found, holder),
        ends_on=found.ends_on,
        today=localdate(at),
        settings=rectification_settings(),
    )
    if found.state != CallBackState.VISIT:
        found.state = CallBackState.VISIT if asked else CallBackState.UNREACHED
        found.save(update_fields=["state"])


def _report(found: CallBack, code: str, kind: Kind, at: datetime) -> None:
    """As a reviewer's finding: only what proves a second call-back, or an exemption, closes it."""
    policy = found.policy
    failure = Failure(Spot(policy, "", "", "policy", policy), code, kind, "call-back")
    report(failures=[failure], answer=of_policy(policy), at=at)
