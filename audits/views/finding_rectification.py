"""What several pages of rectifications share: fetched within scope, refused in words."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from audits.models import ChangeRequest, Rectification
from audits.operations.corrections import NotReady, StillHolds
from audits.operations.exemptions import ExemptionRefused
from audits.transitions import StepRefused
from workplace.access import staff_of
from workplace.choices import Purpose
from workplace.intake.errors import words_of
from workplace.intake.shapes import Misshapen
from workplace.looks import count_look
from workplace.models import Staff
from workplace.operations.access_log import record_opening
from workplace.operations.corrections import CorrectionRefused

REFUSALS = (StepRefused, CorrectionRefused, ExemptionRefused, Misshapen)


def seen_rectification(staff: Staff, pk: int) -> Rectification:
    """404 outside the person's scope. The subject is asked for by itself: a customer's many indexes make
    planning it as one more join take longer than a question of its own."""
    rows = Rectification.objects.visible_to(staff).select_related("branch", "owner", "assigned_by")
    return get_object_or_404(rows.prefetch_related("customer", "policy"), pk=pk)


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


def look_at(request: HttpRequest, rectification: Rectification | ChangeRequest, *, works: bool) -> None:
    """Opening what one has to work on is the declared purpose; written down once in ten minutes.

    Who only reads sees what is never masked, which matters to whoever is to type it blind.
    """
    kind, pk = "rectification", rectification.pk
    if rectification.customer_id:
        kind, pk = "customer", rectification.customer_id
    elif rectification.policy_id:
        kind, pk = "policy", rectification.policy_id
    if not works:
        count_look(request, [(kind, pk)])
        return
    record_opening(
        staff=staff_of(request),
        purpose=Purpose.RECTIFICATION,
        record=(kind, pk),
        detail=rectification.number,
        at=timezone.now(),
    )
