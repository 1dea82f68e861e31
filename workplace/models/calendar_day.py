from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CalendarDay(models.Model):
    """A day that is worked or off against what the calendar library says or does not know yet."""

    day = models.DateField(pgettext_lazy("of the calendar", "Day"), unique=True)
    working = models.BooleanField(_("Working day"))
    remark = models.CharField(_("Remark"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("Calendar day")
        verbose_name_plural = _("Working calendar")
        ordering = ["day"]

    def __str__(self) -> str:
        return self.day.isoformat()
