from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from audits.models.queryset import OfRectificationQuerySet
from audits.models.rectification import Rectification
from workplace.history import tracked
from workplace.models import UploadedFile


@tracked
class Evidence(models.Model):
    """An image or PDF that proves a correction; served only to who may open the rectification."""

    rectification = models.ForeignKey(
        Rectification, on_delete=models.PROTECT, related_name="evidence", verbose_name=_("Rectification")
    )
    file = models.ForeignKey(UploadedFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("File"))
    note = models.CharField(_("Note"), max_length=200, blank=True)

    objects = OfRectificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Evidence")
        verbose_name_plural = _("Evidence")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.pk)
