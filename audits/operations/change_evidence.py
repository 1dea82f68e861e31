"""What proves a change that a customer asked for."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath

import pghistory
from django.db import transaction
from django.utils.translation import gettext as _

from audits.changing import AT_HAND, MAKE
from audits.choices import EvidenceKind
from audits.models import ChangeRequest, Evidence
from audits.operations.evidence import forget_image, judge_same_images, media_type_of
from audits.transitions import StepRefused
from customers.choices import ImageSource
from customers.operations.images import keep_image
from workplace.choices import FilePurpose
from workplace.models import Staff
from workplace.operations.files import remove_file, store_file


def add_change_evidence(
    *,
    request: ChangeRequest,
    name: str,
    content: bytes,
    kind: str = EvidenceKind.DOCUMENT,
    note: str = "",
    actor: Staff,
    at: datetime,
) -> Evidence:
    """Stores the file for good; raises EvidenceRefused and StepRefused."""
    media_type = media_type_of(content)
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="change request"):
        found = _at_hand(request, actor)
        stored = store_file(
            content=content,
            name=PurePath(name).name[:200] or "evidence",
            purpose=FilePurpose.EVIDENCE,
            owner=actor,
            at=at,
            media_type=media_type,
        )
        evidence = Evidence.objects.create(
            change_request=found, kind=kind or EvidenceKind.DOCUMENT, file=stored, note=note.strip()[:200]
        )
        keep_image(customer=found.customer, file=stored, source=ImageSource.EVIDENCE, at=at)
        judge_same_images(stored.sha256, actor=actor, at=at)
    return evidence


def withdraw_change_evidence(*, evidence: Evidence, actor: Staff, at: datetime) -> None:
    """By who uploaded it, before it was handed in; history keeps that it was. Raises StepRefused."""
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="evidence withdrawn"):
        found = Evidence.objects.select_for_update(of=("self",)).select_related("file", "change_request")
        evidence = found.get(pk=evidence.pk)
        if evidence.change_request is None:
            raise StepRefused(_("It was handed in, or somebody else uploaded it; it stays."))
        request = _at_hand(evidence.change_request, actor)
        if evidence.file.owner_id != actor.pk or request.submitted_at is not None:
            raise StepRefused(_("It was handed in, or somebody else uploaded it; it stays."))
        file = evidence.file
        evidence.delete()
        forget_image(request.customer, file, actor=actor, at=at)
        remove_file(file=file, actor=actor, at=at)


def _at_hand(request: ChangeRequest, actor: Staff) -> ChangeRequest:
    seen = ChangeRequest.objects.visible_to(actor).filter(made_by=actor, state__in=AT_HAND, pk=request.pk)
    rows = ChangeRequest.objects.select_for_update(of=("self",)).select_related("customer")
    found: ChangeRequest | None = rows.filter(pk__in=seen.order_by().values("pk")).first()
    if found is None or not actor.has_perm(MAKE):
        raise StepRefused(_("Only who made it may do this, before it is handed in."))
    return found
