from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workplace.choices import Purpose
from workplace.history import tracked
from workplace.models.queryset import ExportedListQuerySet
from workplace.models.uploaded_file import UploadedFile


@tracked
class ExportedList(models.Model):
    """A list that left the house: its number, purpose, last day and destruction (requirement 116)."""

    number = models.CharField(_("List number"), max_length=30, unique=True)
    kind = models.CharField(pgettext_lazy("of an exported list", "Kind"), max_length=30)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="exported_lists",
        verbose_name=_("Exported by"),
    )
    purpose = models.CharField(_("Purpose"), max_length=20, choices=Purpose)
    rows = models.PositiveIntegerField(_("Rows"))
    file = models.ForeignKey(
        UploadedFile, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("File")
    )
    exported_at = models.DateTimeField(_("Exported at"))
    expires_on = models.DateField(_("Expires on"))
    destroyed_at = models.DateTimeField(_("Destroyed at"), null=True, blank=True)
    destroyed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Destruction confirmed by"),
    )
    destruction_note = models.CharField(_("How it was destroyed"), max_length=200, blank=True)

    objects = ExportedListQuerySet.as_manager()

    class Meta:
        verbose_name = _("Exported list")
        verbose_name_plural = _("Exported lists")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number
