"""What several pages of rectifications share: fetched within scope, refused in words."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from audits.models import ChangeRequest, Rectification
from audits.operations.corrections import NotReady, StillHolds
from audits.operations.exemptions import ExemptionRefused
from audits.transitions import StepRefused
from audits.worklists import with_subjects
from workplace.choices import Access, Purpose
from workplace.intake.errors import words_of
from workplace.intake.shapes import Misshapen
from workplace.models import AccessLog, Staff
from workplace.operations.access_log import record_look
from workplace.operations.corrections import CorrectionRefused

REFUSALS = (StepRefused, CorrectionRefused, ExemptionRefused, Misshapen)
QUIET = timedelta(minutes=10)


def seen_rectification(staff: Staff, pk: int) -> Rectification:
    """404 outside the person's scope."""
    rows = with_subjects(Rectification.objects.visible_to(staff)).select_related("assigned_by")
    return get_object_or_404(rows, pk=pk)


def say_refusal(request: HttpRequest, refusal: Exception) -> None:
    """One message a finding that still holds, one for anything else."""
    for text in refusal_texts(refusal):
        messages.error(request, text)


def refusal_texts(refusal: Exception) -> list[str]:
    if isinstance(refusal, StillHolds):
        return [_("Still wrong: %(text)s") % {"text": text} for text in refusal.texts]
    return refusal.texts if isinstance(refusal, NotReady) else [refusal_text(refusal)]


def refusal_text(refusal: Exception) -> str:
    if isinstance(refusal, Misshapen):
        return words_of({"code": refusal.code, "params": refusal.params})
    return str(refusal)


def look_at(rectification: Rectification | ChangeRequest, staff: Staff, at: datetime) -> None:
    """Opening what one has to work on is the declared purpose; written down once in ten minutes."""
    kind, pk = "rectification", rectification.pk
    if rectification.customer_id:
        kind, pk = "customer", rectification.customer_id
    elif rectification.policy_id:
        kind, pk = "policy", rectification.policy_id
    known = AccessLog.objects.filter(
        record_kind=kind, record_id=pk, staff_id=staff.pk, access=Access.OPEN, at__gte=at - QUIET
    )
    if not known.exists():
        record_look(
            staff=staff,
            access=Access.OPEN,
            purpose=Purpose.RECTIFICATION,
            record_kind=kind,
            record_id=pk,
            detail=rectification.number,
            at=at,
        )
