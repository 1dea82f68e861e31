from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits.choices import EvidenceKind
from audits.models.change_request import ChangeRequest
from audits.models.queryset import EvidenceQuerySet
from audits.models.rectification import Rectification
from workplace.history import tracked
from workplace.models import UploadedFile


@tracked
class Evidence(models.Model):
    """An image or PDF that proves a correction; served only to who may open the rectification."""

    rectification = models.ForeignKey(
        Rectification,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("Rectification"),
    )
    change_request = models.ForeignKey(
        ChangeRequest,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        verbose_name=_("Change request"),
    )
    kind = models.CharField(
        _("Kind of evidence"), max_length=10, choices=EvidenceKind, default=EvidenceKind.DOCUMENT
    )
    file = models.ForeignKey(UploadedFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("File"))
    note = models.CharField(_("Note"), max_length=200, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("Evidence")
        verbose_name_plural = _("Evidence")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rectification__isnull=False, change_request__isnull=True)
                | Q(rectification__isnull=True, change_request__isnull=False),
                name="evidence_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
