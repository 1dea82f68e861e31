from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits.choices import BulkKind, BulkOutcome
from audits.models.queryset import OfBulkQuerySet
from audits.models.rectification import Rectification
from workplace.history import tracked
from workplace.models import Job


@tracked
class BulkAction(models.Model):
    """One action on all that a list matched, as a job; what it did can be undone line by line."""

    kind = models.CharField(pgettext_lazy("of a bulk action", "Action"), max_length=12, choices=BulkKind)
    filters = models.JSONField(_("Filters"), default=dict)
    matched = models.PositiveIntegerField(_("Matched"))
    parameters = models.JSONField(_("Detail"), default=dict)
    note = models.CharField(_("Note"), max_length=1000, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("By")
    )
    at = models.DateTimeField(_("At"))
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Job"))
    undoes = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="undone_by",
        verbose_name=_("Undoes"),
    )
    done = models.PositiveIntegerField(_("Done"), default=0)
    refused = models.PositiveIntegerField(_("Refused"), default=0)
    finished_at = models.DateTimeField(_("Finished at"), null=True, blank=True)

    objects = OfBulkQuerySet.as_manager()

    class Meta:
        verbose_name = _("Bulk action")
        verbose_name_plural = _("Bulk actions")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class BulkLine(models.Model):
    """One rectification of a bulk action: what became of it, and what to go back to."""

    action = models.ForeignKey(
        BulkAction, on_delete=models.CASCADE, related_name="lines", verbose_name=_("Bulk action")
    )
    rectification = models.ForeignKey(
        Rectification, on_delete=models.CASCADE, related_name="+", verbose_name=_("Rectification")
    )
    outcome = models.CharField(_("Outcome"), max_length=8, choices=BulkOutcome, default=BulkOutcome.WAITING)
    reason = models.CharField(_("Reason"), max_length=300, blank=True)
    before_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Owner before"),
    )
    before_state = models.CharField(_("State before"), max_length=12, blank=True)
    version_after = models.PositiveIntegerField(_("Row version after"), default=0)

    class Meta:
        verbose_name = _("Line of a bulk action")
        verbose_name_plural = _("Lines of bulk actions")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["action", "rectification"], name="bulk_action_line_once")
        ]
        indexes = [
            models.Index(
                fields=["action", "id"], condition=Q(outcome="waiting"), name="bulk_action_line_waiting"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
