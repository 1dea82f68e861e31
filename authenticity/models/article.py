from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Article(models.Model):
    """One article of a law, notice or internal rule; editable, because some numbers are inferred.

    With a province it applies to branches there; then `carries_out` may name the article that it details,
    and whatever cites that one cites this one too, there.
    """

    code = models.SlugField(_("Code"), max_length=40, unique=True)
    law = models.CharField(_("Law or notice"), max_length=200)
    number = models.CharField(_("Article"), max_length=40, blank=True)
    text = models.TextField(_("Text"), blank=True)
    inferred = models.BooleanField(_("Number inferred"), default=False)
    province = models.CharField(_("Province"), max_length=6, blank=True)
    valid_from = models.DateField(_("In force from"), null=True, blank=True)
    valid_to = models.DateField(_("In force until"), null=True, blank=True)
    carries_out = models.CharField(_("Carries out"), max_length=40, blank=True)
    control = models.TextField(_("Control outside the system"), blank=True)

    class Meta:
        verbose_name = _("Article")
        verbose_name_plural = _("Articles")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.law} {self.number}".strip()
