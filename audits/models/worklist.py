from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from audits.choices import LineOutcome
from audits.models.queryset import OfRectificationQuerySet
from audits.models.rectification import Rectification
from workplace.models import ExportedList


class WorklistLine(models.Model):
    """One field of one rectification on a list that somebody took out to fill, and what came back.

    `record_version` is the record's when it went out: whatever changed since is not overwritten.
    """

    exported = models.ForeignKey(
        ExportedList, on_delete=models.CASCADE, related_name="worklist_lines", verbose_name=_("Exported list")
    )
    line = models.PositiveIntegerField(_("Line"))
    rectification = models.ForeignKey(
        Rectification, on_delete=models.CASCADE, related_name="+", verbose_name=_("Rectification")
    )
    rectification_version = models.PositiveIntegerField(_("Row version"))
    record_kind = models.CharField(_("Record kind"), max_length=20)
    record_id = models.BigIntegerField(_("Record"))
    field = models.CharField(_("Field"), max_length=40)
    record_version = models.PositiveIntegerField(_("Row version of the record"))
    old_hash = models.CharField(_("Hash of the value that went out"), max_length=64, blank=True)
    outcome = models.CharField(_("Outcome"), max_length=8, choices=LineOutcome, blank=True)
    applied_at = models.DateTimeField(_("Applied at"), null=True, blank=True)

    objects = OfRectificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Line of a work list")
        verbose_name_plural = _("Lines of work lists")
        ordering = ["exported", "line"]
        constraints = [models.UniqueConstraint(fields=["exported", "line"], name="worklist_line_once")]

    def __str__(self) -> str:
        return f"{self.exported_id}/{self.line}"
