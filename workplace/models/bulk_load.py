from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from workplace.choices import LoadPhase, RowVerdict


class BulkLoad(models.Model):
    """A file too large for a preview of every row, on its way into the book; its job tells how far it is.

    `few` maps places of columns to their different texts, where these are few. `path` names a file of the
    operator; an upload is found through its import.
    """

    kind = models.CharField(_("Record kind"), max_length=20)
    batch = models.OneToOneField(
        "workplace.ImportBatch",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="bulk",
        verbose_name=_("Import"),
    )
    job = models.ForeignKey(
        "workplace.Job",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Job"),
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Uploaded by"),
    )
    path = models.CharField(_("File"), max_length=1000, blank=True)
    extracted_at = models.DateTimeField(_("Extracted at"))
    created_at = models.DateTimeField(_("Uploaded at"))
    phase = models.CharField(_("Phase"), max_length=10, choices=LoadPhase, default=LoadPhase.READING)
    trial = models.BooleanField(_("Trial only"), default=False)
    columns = models.JSONField(_("Columns"), default=list, blank=True)
    few = models.JSONField(_("Different texts"), default=dict, blank=True)
    refusal = models.JSONField(_("Why refused"), default=dict, blank=True)
    rows = models.PositiveBigIntegerField(_("Rows"), default=0)
    new = models.PositiveBigIntegerField(_("New"), default=0)
    changed = models.PositiveBigIntegerField(_("Changed"), default=0)
    unchanged = models.PositiveBigIntegerField(_("Unchanged"), default=0)
    rejected = models.PositiveBigIntegerField(_("Rejected"), default=0)
    conflicts = models.PositiveBigIntegerField(_("Conflicts"), default=0)
    held = models.PositiveBigIntegerField(_("Held by a correction"), default=0)
    seconds = models.JSONField(_("Seconds a phase"), default=dict, blank=True)
    samples = models.JSONField(_("Lines to show"), default=list, blank=True)
    seen = models.BinaryField(_("Records that stayed as they were"), null=True, blank=True)

    class Meta:
        verbose_name = _("Large file")
        verbose_name_plural = _("Large files")
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "extracted_at"], name="bulk_load_age")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class BulkRow(models.Model):
    """A row of a large file that is not plain: judged and written one by one, as in a small file."""

    load = models.ForeignKey(
        BulkLoad, on_delete=models.CASCADE, related_name="odd_rows", verbose_name=_("Large file")
    )
    line = models.PositiveIntegerField(_("Line"))
    double_of = models.PositiveIntegerField(_("Line of the same key"), null=True)
    verdict = models.CharField(_("Verdict"), max_length=10, choices=RowVerdict, blank=True)
    errors = models.JSONField(_("Errors"), default=list, blank=True)

    class Meta:
        verbose_name = _("Row of a large file")
        verbose_name_plural = _("Rows of large files")
        ordering = ["line"]
        constraints = [models.UniqueConstraint(fields=["load", "line"], name="bulk_line_once")]

    def __str__(self) -> str:
        return f"{self.load_id}:{self.line}"
