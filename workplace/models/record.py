from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from authenticity.choices import BusinessStage


class Record(models.Model):
    """What every record of the book carries: its row version, its file's age, the stage it came in at."""

    version = models.PositiveIntegerField(_("Row version"), default=1, editable=False)
    extracted_at = models.DateTimeField(_("Extracted at"), null=True, blank=True, editable=False)
    business_stage = models.CharField(
        _("Business stage"), max_length=12, choices=BusinessStage, default=BusinessStage.SALE
    )
    batch = models.ForeignKey(
        "workplace.ImportBatch",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("Import"),
    )
    recorded_at = models.DateTimeField(_("Recorded at"), editable=False)

    class Meta:
        abstract = True
