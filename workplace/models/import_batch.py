from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from workplace.choices import BatchState, RowVerdict
from workplace.models.queryset import OwnBatchQuerySet


class ImportBatch(models.Model):
    """One file of one record kind: uploaded, read, previewed, then written or discarded."""

    kind = models.CharField(_("Record kind"), max_length=20)
    file = models.ForeignKey(
        "workplace.UploadedFile", on_delete=models.PROTECT, related_name="+", verbose_name=_("File")
    )
    error_file = models.ForeignKey(
        "workplace.UploadedFile",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Error workbook"),
    )
    job = models.ForeignKey(
        "workplace.Job",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Job"),
    )
    state = models.CharField(_("State"), max_length=10, choices=BatchState, default=BatchState.READING)
    extracted_at = models.DateTimeField(_("Extracted at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Uploaded by")
    )
    created_at = models.DateTimeField(_("Uploaded at"))
    applied_at = models.DateTimeField(_("Written at"), null=True, blank=True)
    refusal = models.JSONField(_("Why refused"), default=dict, blank=True)
    columns = models.JSONField(_("Columns"), default=list, blank=True)
    rows = models.PositiveIntegerField(_("Rows"), default=0)
    new = models.PositiveIntegerField(_("New"), default=0)
    changed = models.PositiveIntegerField(_("Changed"), default=0)
    unchanged = models.PositiveIntegerField(_("Unchanged"), default=0)
    rejected = models.PositiveIntegerField(_("Rejected"), default=0)
    conflicts = models.PositiveIntegerField(_("Conflicts"), default=0)
    held = models.PositiveIntegerField(_("Held by a correction"), default=0)

    objects = OwnBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("Import")
        verbose_name_plural = _("Imports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ImportRow(models.Model):
    """One row of a file as read, and what the preview says of it; gone when its upload expires."""

    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, related_name="preview_rows", verbose_name=_("Import")
    )
    line = models.PositiveIntegerField(_("Line"))
    key = models.CharField(_("Key"), max_length=120, blank=True)
    values = models.JSONField(_("Values"), default=dict)
    verdict = models.CharField(_("Verdict"), max_length=10, choices=RowVerdict, blank=True)
    changes = models.JSONField(_("Changed fields"), default=list, blank=True)
    errors = models.JSONField(_("Errors"), default=list, blank=True)
    notes = models.JSONField(_("Notes"), default=list, blank=True)
    hits = models.JSONField(_("Rule hits"), default=list, blank=True)
    applied = models.BooleanField(_("Written"), default=False)

    class Meta:
        verbose_name = _("Import row")
        verbose_name_plural = _("Import rows")
        ordering = ["line"]
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="import_line_once")]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.line}"
