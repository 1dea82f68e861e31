from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from workplace.choices import LedgerEvent, SourceChannel, Whose
from workplace.models.correction import FieldOfRecord
from workplace.models.import_batch import ImportBatch
from workplace.models.queryset import OfRecordQuerySet
from workplace.models.uploaded_file import UploadedFile


class LedgerEntry(FieldOfRecord):
    """One value that was verified, changed or contradicted: when, how and by whom; append-only.

    For a value without any entry the import batch answers that its record carries. The value itself stands
    in the record alone: here is its keyed hash, and the masked text for people.
    """

    event = models.CharField(_("Event"), max_length=12, choices=LedgerEvent)
    value_hash = models.CharField(_("Fingerprint of the value"), max_length=64, blank=True)
    value_masked = models.CharField(_("Value, masked"), max_length=200, blank=True)
    whose = models.CharField(_("Whose it is"), max_length=8, choices=Whose, blank=True)
    source_channel = models.CharField(_("Source"), max_length=20, choices=SourceChannel, blank=True)
    method = models.CharField(_("Method"), max_length=20, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("By"),
    )
    at = models.DateTimeField(_("At"))
    evidence = models.ForeignKey(
        UploadedFile, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Evidence")
    )
    reference = models.CharField(_("Reference"), max_length=200, blank=True)
    contradicts = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Contradicts")
    )
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Import")
    )

    objects = OfRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("Ledger entry")
        verbose_name_plural = _("Authenticity ledger")
        ordering = ["-id"]
        indexes = [models.Index(fields=["record_kind", "record_id", "field", "-id"], name="ledger_of_field")]
        triggers = [
            pgtrigger.Protect(name="ledger_stays", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.record_kind} {self.record_id} {self.field} {self.event}"
