"""Keeps uploaded files with owner, hash and expiry, and removes them when that has passed."""

from __future__ import annotations

import hashlib
from datetime import datetime

import puremagic
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Q

from workplace.choices import BatchState
from workplace.models import ImportBatch, ImportRow, Staff, UploadedFile

WAITING = (BatchState.READING, BatchState.PREVIEW)
FALLBACK_TYPE = "application/octet-stream"


def store_file(
    *,
    content: bytes | File[bytes],
    name: str,
    purpose: str,
    owner: Staff,
    at: datetime,
    expires_at: datetime | None = None,
    media_type: str | None = None,
) -> UploadedFile:
    """Stored under its hash; the name is only told to who may open it. Type sniffed unless given.

    A file is copied part by part and never held as a whole.
    """
    source: File[bytes] = ContentFile(content) if isinstance(content, bytes) else content
    digest, size, head = hashlib.sha256(), 0, b""
    for part in source.chunks():
        digest.update(part)
        head = head or part[:4096]
        size += len(part)
    source.seek(0)
    stored = UploadedFile(
        purpose=purpose,
        owner=owner,
        name=name.replace("\x00", "").replace("\\", "/").rsplit("/", 1)[-1][-200:] or "file",
        sha256=digest.hexdigest(),
        size=size,
        media_type=media_type or sniffed_type(head),
        uploaded_at=at,
        expires_at=expires_at,
    )
    stored.content.save(stored.name, source, save=False)
    stored.save()
    return stored


def sniffed_type(data: bytes) -> str:
    """By the first bytes, never by the name."""
    try:
        return str(puremagic.from_string(data[:4096], mime=True)) or FALLBACK_TYPE
    except (puremagic.PureError, ValueError):
        return FALLBACK_TYPE


def remove_file(*, file: UploadedFile, actor: Staff | None, at: datetime) -> None:
    """The row stays and says when its content went; the bytes go once that is committed."""
    with transaction.atomic():
        if UploadedFile.objects.filter(pk=file.pk, removed_at__isnull=True).update(removed_at=at):
            name = file.content.name or ""
            transaction.on_commit(lambda: file.content.storage.delete(name))


def remove_expired_files(*, actor: Staff | None, at: datetime) -> int:
    """Also removes the rows that imports read from them; returns how many files went."""
    expired = UploadedFile.objects.filter(expires_at__lte=at, removed_at__isnull=True)
    count = 0
    for file in expired.order_by("pk"):
        with transaction.atomic():
            batches = ImportBatch.objects.filter(Q(file=file) | Q(error_file=file))
            ImportRow.objects.filter(batch__in=batches).delete()
            batches.filter(state__in=WAITING).update(state=BatchState.DISCARDED)
            remove_file(file=file, actor=actor, at=at)
        count += 1
    return count
