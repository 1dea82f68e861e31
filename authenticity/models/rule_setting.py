from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from authenticity.choices import Severity


class RuleSetting(models.Model):
    """What compliance decides about one rule; a rule without a row runs with its defaults, version 1."""

    code = models.CharField(_("Rule"), max_length=12, unique=True)
    enabled = models.BooleanField(_("On"), default=True)
    severity = models.CharField(_("Severity"), max_length=5, choices=Severity, blank=True)
    parameters = models.JSONField(_("Thresholds"), default=dict, blank=True)
    version = models.PositiveIntegerField(_("Version"), default=1)
    updated_at = models.DateTimeField(_("Changed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("Rule setting")
        verbose_name_plural = _("Rule settings")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code
