"""Corrections, what holds them against older files, conflicts, and the way back to the core system.

All are keyed by record kind, record id and field: this app knows no record of the apps above it.
"""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from workplace.choices import ConflictState, CorrectionState, HoldState
from workplace.history import tracked
from workplace.models.queryset import OfRecordQuerySet

DECIDED = ["accepted", "returned", "withdrawn"]


def only_these_change(*columns: str) -> str:
    """The body of a trigger that lets an update change nothing but the named columns."""
    told = "".join(f" - '{column}'" for column in columns)
    return f"""
    IF (to_jsonb(NEW){told}) IS DISTINCT FROM (to_jsonb(OLD){told}) THEN
        RAISE EXCEPTION 'what was decided stays: %', TG_TABLE_NAME;
    END IF;
    RETURN NEW;
"""


class FieldOfRecord(models.Model):
    """Which field of which record."""

    record_kind = models.CharField(_("Record kind"), max_length=20)
    record_id = models.BigIntegerField(_("Record"))
    field = models.CharField(_("Field"), max_length=40)

    class Meta:
        abstract = True


@tracked
class Correction(FieldOfRecord):
    """A proposed value; the record changes only when another person accepts it."""

    origin = models.CharField(_("Origin"), max_length=40, blank=True)
    old_raw = models.TextField(_("Value before, as written"), blank=True)
    old_normal = models.TextField(_("Value before"), blank=True)
    new_raw = models.TextField(_("New value, as written"), blank=True)
    new_normal = models.TextField(_("New value"), blank=True)
    record_version = models.PositiveIntegerField(_("Row version"))
    state = models.CharField(
        _("State"), max_length=10, choices=CorrectionState, default=CorrectionState.DRAFT
    )
    source_channel = models.CharField(_("Source of the new value"), max_length=20, blank=True)
    note = models.TextField(_("Note"), blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Proposed by")
    )
    proposed_at = models.DateTimeField(_("Proposed at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Decided by"),
    )
    decided_at = models.DateTimeField(_("Decided at"), null=True, blank=True)

    objects = OfRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("Correction")
        verbose_name_plural = _("Corrections")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["record_kind", "record_id", "field"],
                condition=models.Q(state__in=["draft", "submitted"]),
                name="correction_once_while_pending",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="accepted")
                | (models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("proposed_by"))),
                name="correction_accepted_by_another",
            ),
        ]
        indexes = [models.Index(fields=["origin"], name="correction_origin")]
        triggers = [
            pgtrigger.Protect(
                name="correction_decided_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=DECIDED),
            ),
            pgtrigger.Protect(name="correction_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.record_kind} {self.record_id} {self.field}"


@tracked
class Hold(FieldOfRecord):
    """Keeps an accepted correction against files that still bring the value from before it."""

    correction = models.ForeignKey(
        Correction, on_delete=models.PROTECT, related_name="holds", verbose_name=_("Correction")
    )
    before_normal = models.TextField(_("Value before"), blank=True)
    held_normal = models.TextField(_("Corrected value"), blank=True)
    corrected_at = models.DateTimeField(_("Corrected at"))
    state = models.CharField(_("State"), max_length=10, choices=HoldState, default=HoldState.HOLDING)
    ended_at = models.DateTimeField(_("Ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("Held correction")
        verbose_name_plural = _("Held corrections")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["record_kind", "record_id", "field"],
                condition=models.Q(state="holding"),
                name="hold_once_per_field",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="hold_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="hold_only_ends",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func=only_these_change("state", "ended_at"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_kind} {self.record_id} {self.field}"


@tracked
class Conflict(FieldOfRecord):
    """A newer file brings a third value for a corrected field; a person decides."""

    hold = models.ForeignKey(
        Hold, on_delete=models.PROTECT, related_name="conflicts", verbose_name=_("Held correction")
    )
    batch = models.ForeignKey(
        "workplace.ImportBatch",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Import"),
    )
    file_raw = models.TextField(_("Value in the file, as written"), blank=True)
    file_normal = models.TextField(_("Value in the file"), blank=True)
    extracted_at = models.DateTimeField(_("Extracted at"))
    state = models.CharField(_("State"), max_length=10, choices=ConflictState, default=ConflictState.OPEN)
    raised_at = models.DateTimeField(_("Raised at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Decided by"),
    )
    decided_at = models.DateTimeField(_("Decided at"), null=True, blank=True)
    reason = models.TextField(_("Reason"), blank=True)

    objects = OfRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("Conflict")
        verbose_name_plural = _("Conflicts")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["record_kind", "record_id", "field", "file_normal"],
                condition=models.Q(state="open"),
                name="conflict_once_while_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.record_kind} {self.record_id} {self.field}"


class OutboxEntry(FieldOfRecord):
    """A corrected value on its way to the core system, until that acknowledges it."""

    correction = models.OneToOneField(
        Correction, on_delete=models.PROTECT, related_name="outbox_entry", verbose_name=_("Correction")
    )
    record_key = models.CharField(_("Record number"), max_length=60)
    old_value = models.TextField(_("Value before"), blank=True)
    new_value = models.TextField(_("New value"), blank=True)
    created_at = models.DateTimeField(_("Created at"))
    sent_at = models.DateTimeField(_("Sent at"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("Acknowledged at"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Acknowledged by"),
    )
    refusal = models.TextField(_("Refused by the core system"), blank=True)

    objects = OfRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("Outbox entry")
        verbose_name_plural = _("Outbox")
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(acknowledged_at__isnull=True), name="outbox_unacknowledged"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="outbox_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="outbox_only_answered",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func=only_these_change("sent_at", "acknowledged_at", "acknowledged_by_id", "refusal"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_kind} {self.record_key} {self.field}"
