"""What a reviewer types before the system says anything, compared once and for good."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from audits.eligibility import may_review, records_of
from audits.models import KeyedField, SampleReview
from audits.sample_reviews import ABOUT, IN_HAND, described, next_place, spot_for
from audits.sample_subjects import Spot, customer_of
from audits.sampling.choices import FieldVerdict, RunState, SampleReviewState
from audits.sampling.reviewing import BLIND, IMAGE, TOLD, compared, error_of
from authenticity.hashing import value_hash
from authenticity.masking import mask
from customers.choices import GrantSource
from customers.operations.grants import grant_customer
from workplace.choices import Access, CorrectionState, Purpose
from workplace.intake.shapes import Misshapen
from workplace.models import AccessLog, Correction, Staff
from workplace.operations.access_log import QUIET
from workplace.operations.staff import recorded

LONGEST = 300
UNTYPED = (FieldVerdict.ILLEGIBLE, FieldVerdict.ABSENT)


class ReviewRefused(Exception):
    """The step cannot be taken; its text says why and what to do."""


def in_hand(*, review: SampleReview, actor: Staff, at: datetime) -> SampleReview:
    """Locked, and opened by the first step; call it in a transaction. Asks anew whether one may."""
    rows = SampleReview.objects.select_for_update(of=("self",)).select_related(*ABOUT)
    found: SampleReview = rows.get(pk=review.pk)
    if found.reviewer_id != actor.pk or found.state not in IN_HAND:
        raise ReviewRefused(_("It is not in your hands any more."))
    if found.item.run.state != RunState.DRAWN or found.item.outcome == "substituted":
        raise ReviewRefused(_("The sample is not being reviewed any more."))
    if reason := may_review(actor, found.item, today=localdate(at)):
        raise ReviewRefused(reason)
    if found.state == SampleReviewState.GIVEN:
        found.state, found.opened_at = SampleReviewState.OPEN, at
        found.version += 1
        found.save(update_fields=["state", "opened_at", "version"])
        if found.item.run.plan.purpose not in BLIND:
            give_sight(found, at)
    return found


def give_sight(review: SampleReview, at: datetime) -> None:
    """Of the customer while the review is open; never before all that is typed blind was typed."""
    customer = customer_of(review.item)
    if customer is not None:
        grant_customer(
            staff=review.reviewer,
            customer=customer,
            source=GrantSource.SAMPLE,
            source_id=review.item_id,
            actor=None,
            at=at,
            expires_at=None,
        )


def key_field(
    *,
    review: SampleReview,
    role: str,
    field: str,
    actor: Staff,
    at: datetime,
    typed: str = "",
    verdict: str = "",
) -> KeyedField:
    """One field at a time, in order: typed, or said to be illegible or absent; an image may be good too.

    Raises ReviewRefused.
    """
    with transaction.atomic(), recorded(actor, "sample review"):
        found = in_hand(review=review, actor=actor, at=at)
        _check_turn(found, role, field)
        _check_blind(found, actor)
        text = typed.strip()[:LONGEST]
        is_image = field.startswith(IMAGE)
        _check_said(text, verdict, role=role, is_image=is_image)
        keyed = KeyedField(review=found, role=role, field=field, typed=text, compared_at=at)
        if is_image:
            keyed.verdict = FieldVerdict(verdict)
            keyed.error = error_of(verdict=verdict, field=field, held="", changed=False)
        else:
            _compare(keyed, verdict, spot_for(found.item, role, field))
        keyed.save()
        if found.item.run.plan.purpose in BLIND and next_place(found) is None:
            give_sight(found, at)
    return keyed


def _check_turn(review: SampleReview, role: str, field: str) -> None:
    if review.fields.filter(role=role, field=field).exists():
        raise ReviewRefused(_("It was compared already and stays as it was typed."))
    if next_place(review) != (role, field):
        raise ReviewRefused(_("Type the fields one after the other, in their order."))


def _check_blind(review: SampleReview, actor: Staff) -> None:
    """Who has had the values shown elsewhere since the item was given does not type blind any more.

    Other work shows them as it is opened, which is written down once in a while only: from so long before
    it counts too. A sample shows nothing before it was typed.
    """
    records = records_of(review.item)
    shown = Q(access__in=(Access.REVEAL, Access.PRINT)) | Q(access=Access.OPEN) & ~Q(purpose=Purpose.AUDIT)
    looked = AccessLog.objects.filter(shown, staff_id=actor.pk, at__gte=review.given_at - QUIET)
    seen = looked.filter(record_kind__in={kind for kind, _pk in records})
    if review.item.run.plan.purpose in BLIND and any(
        found in records for found in seen.values_list("record_kind", "record_id")
    ):
        raise ReviewRefused(
            _("You have had values of this customer shown, so this is not blind any more. Hand it back.")
        )


def _check_said(text: str, verdict: str, *, role: str, is_image: bool) -> None:
    if is_image:
        if text or verdict not in (FieldVerdict.SAME, *UNTYPED):
            raise ReviewRefused(_("Say whether the image is there and can be read."))
        return
    if bool(text) == bool(verdict) or (verdict and verdict not in UNTYPED):
        raise ReviewRefused(_("Type what the image shows, or say that it cannot be read or is not there."))
    if role == TOLD and verdict == FieldVerdict.ILLEGIBLE:
        raise ReviewRefused(_("Type what the customer says, or say that nothing was said."))


def _compare(keyed: KeyedField, verdict: str, spot: Spot) -> None:
    """The system's value is read here for the first time, and kept as fingerprint and mask only."""
    held, changed = spot.held, False
    if verdict:
        keyed.verdict = FieldVerdict(verdict)
    else:
        keyed.typed_normal = _normal(spot, keyed.typed)[:LONGEST]
        keyed.verdict = compared(typed=keyed.typed_normal, held=held)
        changed = keyed.verdict == FieldVerdict.DIFFERS and _was_changed(spot, keyed.typed_normal)
    keyed.error = error_of(verdict=keyed.verdict, field=spot.field, held=held, changed=changed)
    keyed.system_hash = value_hash(spot.field, held, settings.HASH_KEY)
    keyed.system_masked = _masked(keyed, held)


def _normal(spot: Spot, typed: str) -> str:
    refusal = _("This is no value of the field. Type what the image shows, or say that it cannot be read.")
    try:
        normal = spot.normal_of(typed)
    except Misshapen as error:
        raise ReviewRefused(refusal) from error
    if not normal:
        raise ReviewRefused(refusal)
    return normal


def _was_changed(spot: Spot, typed: str) -> bool:
    """An accepted correction leads away from what the form says."""
    rows = Correction.objects.filter(record_kind=spot.kind, record_id=spot.record.pk, field=spot.field)
    return rows.filter(state=CorrectionState.ACCEPTED, old_normal=typed).exists()


def _masked(keyed: KeyedField, held: str) -> str:
    says = described(keyed.review.item, keyed.role, keyed.field)
    if says.mask:
        return mask(says.mask, held)[:200]
    return str(dict(says.choices).get(held, held))[:200]
