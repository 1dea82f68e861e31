from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workplace.choices import Access, Purpose
from workplace.models.queryset import AccessLogQuerySet


class AccessLog(models.Model):
    """Who looked at whose personal data, when and for which declared purpose; append-only, by month."""

    at = models.DateTimeField(_("At"))
    staff_id = models.BigIntegerField(_("Staff member"))
    staff_name = models.CharField(pgettext_lazy("of a person", "Name"), max_length=60)
    access = models.CharField(_("Access"), max_length=10, choices=Access)
    purpose = models.CharField(_("Purpose"), max_length=20, choices=Purpose, blank=True)
    record_kind = models.CharField(_("Record kind"), max_length=20)
    record_id = models.BigIntegerField(_("Record"))
    field = models.CharField(_("Field"), max_length=40, blank=True)
    detail = models.CharField(_("Detail"), max_length=200, blank=True)

    objects = AccessLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("Access")
        verbose_name_plural = _("Access log")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["record_kind", "record_id", "-id"], name="access_of_record"),
            models.Index(fields=["staff_id", "-id"], name="access_of_staff"),
        ]

    def __str__(self) -> str:
        return f"{self.access} {self.record_kind} {self.record_id}"
