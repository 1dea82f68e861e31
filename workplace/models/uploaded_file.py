from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workplace.choices import FilePurpose
from workplace.models.queryset import OwnedFileQuerySet


def storage_path(instance: UploadedFile, filename: str) -> str:
    """Named by purpose and hash alone: a file name may hold personal data."""
    return f"{instance.purpose}/{instance.sha256[:2]}/{instance.sha256}"


class UploadedFile(models.Model):
    """A file with its owner, its hash, its sniffed type and the day it goes."""

    purpose = models.CharField(_("Purpose"), max_length=12, choices=FilePurpose)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=pgettext_lazy("of a file", "Owner"),
    )
    name = models.CharField(_("File name"), max_length=200)
    content = models.FileField(_("File"), upload_to=storage_path, max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64, db_index=False)
    size = models.PositiveBigIntegerField(_("Bytes"))
    media_type = models.CharField(_("Type"), max_length=100)
    uploaded_at = models.DateTimeField(_("Uploaded at"))
    expires_at = models.DateTimeField(_("Expires at"), null=True, blank=True)
    removed_at = models.DateTimeField(_("Removed at"), null=True, blank=True)

    objects = OwnedFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("Uploaded file")
        verbose_name_plural = _("Uploaded files")
        ordering = ["-id"]
        indexes = [models.Index(fields=["sha256"], name="uploaded_file_sha256")]

    def __str__(self) -> str:
        return self.name
