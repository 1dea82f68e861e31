from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from audits.choices import SweepScope
from workplace.models import Job


class Sweep(models.Model):
    """One run of the rules: what it looked at, in which versions, and what came of it (requirement 49)."""

    job = models.OneToOneField(
        Job, on_delete=models.PROTECT, null=True, related_name="sweep", verbose_name=_("Job")
    )
    scope = models.CharField(_("Scope"), max_length=12, choices=SweepScope)
    codes = models.JSONField(_("Rules"), default=list, blank=True)
    rule_versions = models.JSONField(_("Rule versions"), default=dict, blank=True)
    started_at = models.DateTimeField(_("Started at"))
    changes_before = models.DateTimeField(_("Covers changes until"))
    marks = models.JSONField(_("How far it saw"), default=dict, blank=True, editable=False)
    finished_at = models.DateTimeField(_("Finished at"), null=True, blank=True)
    records = models.PositiveBigIntegerField(_("Records looked at"), default=0)
    opened = models.PositiveIntegerField(_("Findings opened"), default=0)
    closed = models.PositiveIntegerField(_("Findings closed"), default=0)
    reopened = models.PositiveIntegerField(_("Findings reopened"), default=0)
    changed = models.PositiveIntegerField(_("Findings changed"), default=0)

    class Meta:
        verbose_name = _("Sweep")
        verbose_name_plural = _("Sweeps")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.scope} {self.pk}"
