from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from policies.choices import Line
from workplace.history import tracked
from workplace.models import Record


@tracked
class Product(Record):
    """What is sold; decides scope: individual business longer than one year (82号 art. 3)."""

    code = models.CharField(_("Product code"), max_length=30, unique=True)
    name = models.CharField(_("Product name"), max_length=100)
    line = models.CharField(
        pgettext_lazy("of business", "Line"), max_length=10, choices=Line, default=Line.INDIVIDUAL
    )
    term_years = models.PositiveSmallIntegerField(_("Term in years"), null=True, blank=True)
    whole_life = models.BooleanField(_("Whole life"), default=False)
    guaranteed_renewal = models.BooleanField(_("Guaranteed renewal"), default=False)
    cooling_off_days = models.PositiveSmallIntegerField(_("Cooling-off days"), default=15)

    class Meta:
        verbose_name = _("Product")
        verbose_name_plural = _("Products")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def in_scope(self) -> bool:
        long = self.whole_life or self.guaranteed_renewal or (self.term_years or 0) > 1
        return self.line == Line.INDIVIDUAL and long
