from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from authenticity.choices import Severity


class RuleSetting(models.Model):
    """One version of what compliance decides about a rule; a rule without a row runs with its defaults.

    In force on a day is, of the versions whose window holds it, the one that began last. Versions stay.
    """

    code = models.CharField(_("Rule"), max_length=12)
    enabled = models.BooleanField(_("On"), default=True)
    severity = models.CharField(_("Severity"), max_length=5, choices=Severity, blank=True)
    parameters = models.JSONField(_("Thresholds"), default=dict, blank=True)
    articles = models.JSONField(_("Articles"), null=True, blank=True)
    """Codes of articles; NULL leaves those that the rule itself cites."""
    version = models.PositiveIntegerField(_("Version"), default=1)
    effective_from = models.DateField(_("Effective from"), null=True, blank=True)
    effective_to = models.DateField(_("Effective until"), null=True, blank=True)
    updated_at = models.DateTimeField(_("Changed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("Rule setting")
        verbose_name_plural = _("Rule settings")
        ordering = ["code", "version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="rule_setting_version_once"),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True)
                | Q(effective_from__isnull=True)
                | Q(effective_to__gte=F("effective_from")),
                name="rule_setting_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"
