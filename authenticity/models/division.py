from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from authenticity.choices import DivisionLevel


class Division(models.Model):
    """An administrative division, today's or a former one (GB/T 2260)."""

    code = models.CharField(_("Code"), max_length=6, unique=True)
    name = models.CharField(pgettext_lazy("of a thing", "Name"), max_length=60)
    level = models.CharField(_("Level"), max_length=10, choices=DivisionLevel)
    parent_code = models.CharField(_("Belongs to"), max_length=6, blank=True)
    valid_from = models.DateField(_("In force from"), null=True, blank=True)
    valid_to = models.DateField(_("In force until"), null=True, blank=True)
    successor_code = models.CharField(_("Successor"), max_length=6, blank=True)

    class Meta:
        verbose_name = _("Administrative division")
        verbose_name_plural = _("Administrative divisions")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
