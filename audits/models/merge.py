"""The merge of one customer into another: proposed, accepted by a second person, and undone exactly."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.choices import MergeState
from audits.models.queryset import MergeQuerySet
from customers.models import Customer, DuplicatePair
from workplace.history import tracked

STANDING = ["proposed", "done", "undoing"]


@tracked
class Merge(models.Model):
    """`choices` names the fields whose value the survivor takes over; `before` keeps what undoing needs."""

    pair = models.ForeignKey(
        DuplicatePair, on_delete=models.PROTECT, related_name="merges", verbose_name=_("Probable duplicate")
    )
    survivor = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", verbose_name=_("Customer that stays")
    )
    loser = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", verbose_name=_("Customer merged away")
    )
    choices = models.JSONField(_("Values taken over"), default=list)
    state = models.CharField(_("State"), max_length=10, choices=MergeState, default=MergeState.PROPOSED)
    survivor_version = models.PositiveIntegerField(_("Row version"))
    loser_version = models.PositiveIntegerField(_("Row version of the one merged away"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Proposed by"),
    )
    proposed_at = models.DateTimeField(_("Proposed at"))
    note = models.TextField(_("Note"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Decided by"),
    )
    decided_at = models.DateTimeField(_("Decided at"), null=True, blank=True)
    decision_note = models.TextField(_("Note of the decision"), blank=True)
    undo_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Undoing proposed by"),
    )
    undo_at = models.DateTimeField(_("Undoing proposed at"), null=True, blank=True)
    undo_reason = models.TextField(_("Reason for undoing"), blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Undone by"),
    )
    undone_at = models.DateTimeField(_("Undone at"), null=True, blank=True)
    before = models.JSONField(_("What undoing needs"), default=dict, editable=False)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Merge of customers")
        verbose_name_plural = _("Merges of customers")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(survivor=F("loser")), name="merge_of_two_customers"),
            models.UniqueConstraint(
                fields=["loser"], condition=Q(state__in=STANDING), name="merge_once_per_customer"
            ),
            models.UniqueConstraint(
                fields=["survivor"], condition=Q(state="proposed"), name="merge_waits_once_per_survivor"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "withdrawn", "returned"])
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="merge_accepted_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="undone") | (Q(undone_by__isnull=False) & ~Q(undone_by=F("undo_by"))),
                name="merge_undone_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="merge_in_state"),
            models.Index(fields=["survivor"], name="merge_of_survivor"),
        ]
        triggers = [pgtrigger.Protect(name="merge_stays", operation=pgtrigger.Delete)]
        permissions = [("approve_merge", _("May accept, return and undo merges"))]

    def __str__(self) -> str:
        return f"{self.loser_id} → {self.survivor_id}"


class MovedRow(models.Model):
    """One row that a merge re-pointed from the one merged away to the survivor, and its row version then."""

    merge = models.ForeignKey(Merge, on_delete=models.PROTECT, related_name="moved", verbose_name=_("Merge"))
    model = models.CharField(_("Record kind"), max_length=60)
    row_id = models.BigIntegerField(_("Record"))
    version = models.PositiveIntegerField(_("Row version"), null=True)

    class Meta:
        verbose_name = _("Row moved by a merge")
        verbose_name_plural = _("Rows moved by merges")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["merge", "model", "row_id"], name="moved_row_once"),
        ]
        triggers = [pgtrigger.Protect(name="moved_row_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.model} {self.row_id}"
