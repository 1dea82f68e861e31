"""Images and PDF files that prove a correction; their type is read from their bytes, not their name."""

from __future__ import annotations

import io
import warnings
from datetime import datetime
from pathlib import PurePath

import pghistory
import puremagic
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from audits.choices import EvidenceKind, StepAction, TimelineKind
from audits.models import Evidence, Rectification
from audits.operations.mending import HANDED_IN, check_at_work
from audits.operations.rectifications import start_rectification, write_line
from audits.operations.sweep import resweep_subjects
from audits.transitions import StepRefused
from customers.choices import ImageSource
from customers.models import Customer, CustomerImage
from customers.operations.images import keep_image
from workplace.choices import FilePurpose
from workplace.models import Staff, UploadedFile
from workplace.operations.files import remove_file, store_file

IMAGE_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
PDF = "application/pdf"
PIXEL_LIMIT = 60_000_000


class EvidenceRefused(Exception):
    """The file is no evidence; its text says why and what to do."""


def add_evidence(
    *,
    rectification: Rectification,
    name: str,
    content: bytes,
    kind: str = EvidenceKind.DOCUMENT,
    note: str = "",
    actor: Staff,
    at: datetime,
) -> Evidence:
    """Stores the file for good and writes a line; raises EvidenceRefused and StepRefused."""
    check_at_work(rectification, actor, at)
    media_type = media_type_of(content)
    with transaction.atomic():
        start_rectification(rectification=rectification, actor=actor, at=at)
        stored = store_file(
            content=content,
            name=PurePath(name).name[:200] or "evidence",
            purpose=FilePurpose.EVIDENCE,
            owner=actor,
            at=at,
            media_type=media_type,
        )
        kept = {"kind": kind or EvidenceKind.DOCUMENT, "file": stored, "note": note.strip()[:200]}
        evidence = Evidence.objects.create(rectification=rectification, **kept)
        if rectification.customer is not None:
            keep_image(customer=rectification.customer, file=stored, source=ImageSource.EVIDENCE, at=at)
            judge_same_images(stored.sha256, actor=actor, at=at)
        write_line(
            rectification=rectification,
            kind=TimelineKind.EVIDENCE,
            action="evidence",
            actor=actor,
            at=at,
            reason=evidence.note,
            evidence=evidence.pk,
            evidence_kind=evidence.kind,
            sha256=stored.sha256[:12],
        )
    return evidence


def may_withdraw(*, evidence: Evidence, actor: Staff) -> bool:
    """By who uploaded it, and only before anybody else was to rely on it."""
    rectification = evidence.rectification
    if rectification is None or evidence.file.owner_id != actor.pk:
        return False
    if rectification.state in HANDED_IN:
        return False
    handed_in = rectification.timeline.filter(action=StepAction.SUBMIT, at__gte=evidence.file.uploaded_at)
    return not handed_in.exists()


def withdraw_evidence(*, evidence: Evidence, actor: Staff, at: datetime, reason: str = "") -> None:
    """A wrong upload goes with its content; history and timeline keep that it was. Raises StepRefused."""
    with transaction.atomic(), pghistory.context(actor=actor.pk, cause="evidence withdrawn"):
        found = Evidence.objects.select_for_update(of=("self",)).select_related("file", "rectification")
        evidence = found.get(pk=evidence.pk)
        rectification = evidence.rectification
        if rectification is None or not may_withdraw(evidence=evidence, actor=actor):
            raise StepRefused(_("It was handed in, or somebody else uploaded it; it stays."))
        file, pk = evidence.file, evidence.pk
        evidence.delete()
        if rectification.customer is not None:
            forget_image(rectification.customer, file, actor=actor, at=at)
        remove_file(file=file, actor=actor, at=at)
        write_line(
            rectification=rectification,
            kind=TimelineKind.EVIDENCE,
            action="evidence_withdrawn",
            actor=actor,
            at=at,
            reason=reason.strip(),
            evidence=pk,
            sha256=file.sha256[:12],
        )


def forget_image(customer: Customer, file: UploadedFile, *, actor: Staff, at: datetime) -> None:
    """It proves the customer no longer, unless the same image was kept from elsewhere."""
    if CustomerImage.objects.filter(customer=customer, file=file).delete()[0]:
        shown = set(CustomerImage.objects.filter(sha256=file.sha256).values_list("customer_id", flat=True))
        resweep_subjects(customer_ids={customer.pk, *shown}, at=at, actor=actor)


def others_with_image(evidence: Evidence) -> int:
    """How many other customers the same image stands for already."""
    rows = CustomerImage.objects.filter(sha256=evidence.file.sha256)
    customer = evidence.rectification.customer_id if evidence.rectification else None
    return rows.exclude(customer=customer).values("customer").distinct().count()


def judge_same_images(sha256: str, *, actor: Staff, at: datetime) -> None:
    """The others whom the image already stands for are not touched by it, and concerned all the same."""
    shown = set(CustomerImage.objects.filter(sha256=sha256).values_list("customer_id", flat=True))
    if len(shown) > 1:
        resweep_subjects(customer_ids=shown, at=at, actor=actor)


def media_type_of(content: bytes) -> str:
    """PNG, JPEG, WebP or PDF by its bytes; raises EvidenceRefused for everything else."""
    if not content:
        raise EvidenceRefused(_("The file is empty."))
    if len(content) > settings.EVIDENCE_BYTES_LIMIT:
        limit = settings.EVIDENCE_BYTES_LIMIT // (1024 * 1024)
        raise EvidenceRefused(_("The file is larger than %(limit)s MB; scan it smaller.") % {"limit": limit})
    if _sniffed(content) == PDF:
        if b"%%EOF" not in content[-2048:]:
            raise EvidenceRefused(_("The PDF file is cut off; save or scan it again."))
        return PDF
    return _image_type(content)


def _sniffed(content: bytes) -> str:
    try:
        return puremagic.from_string(content[:4096], mime=True)
    except (puremagic.PureError, ValueError):
        return ""


def _image_type(content: bytes) -> str:
    refusal = _("Only PNG, JPEG and WebP images and PDF files are evidence; this file is something else.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(IMAGE_TYPES)) as image:
                if image.width * image.height > PIXEL_LIMIT:
                    raise EvidenceRefused(_("The image has too many pixels; scan it smaller."))
                found = IMAGE_TYPES[image.format or ""]
                image.load()
    except (UnidentifiedImageError, KeyError) as error:
        raise EvidenceRefused(refusal) from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise EvidenceRefused(_("The image is damaged; save or scan it again.")) from error
    return found
