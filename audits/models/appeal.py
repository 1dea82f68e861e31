from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agents.models import Agency, Branch
from audits.choices import AppealState, Side
from audits.models.finding import Finding
from audits.models.queryset import OfAppealQuerySet, OfFindingQuerySet
from workplace.history import tracked
from workplace.models import UploadedFile


@tracked
class Appeal(models.Model):
    """The audited agency or branch says that a finding is not so; the province decides (127, 165).

    An upheld one takes the finding out of the scores of every day.
    """

    finding = models.ForeignKey(
        Finding, on_delete=models.PROTECT, related_name="appeals", verbose_name=_("Finding")
    )
    side = models.CharField(_("Appealed by"), max_length=8, choices=Side)
    branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Branch")
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Agency")
    )
    ground = models.TextField(_("Ground"))
    state = models.CharField(_("State"), max_length=10, choices=AppealState, default=AppealState.OPEN)
    appealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("By")
    )
    appealed_at = models.DateTimeField(_("Appealed at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Decided by"),
    )
    decided_at = models.DateTimeField(_("Decided at"), null=True, blank=True)
    decision = models.TextField(_("Decision"), blank=True)

    objects = OfFindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("Appeal")
        verbose_name_plural = _("Appeals")
        ordering = ["-id"]
        permissions = [
            ("appeal_finding", _("May appeal against a finding")),
            ("decide_appeal", _("May decide appeals")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["finding"], condition=Q(state="open"), name="appeal_once_while_open"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "withdrawn"])
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("appealed_by"))),
                name="appeal_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.state}"


class AppealMessage(models.Model):
    """One word of either side in the thread; only ever added."""

    appeal = models.ForeignKey(
        Appeal, on_delete=models.CASCADE, related_name="messages", verbose_name=_("Appeal")
    )
    side = models.CharField(_("Side"), max_length=8, choices=Side)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("By")
    )
    text = models.TextField(_("Text"))
    file = models.ForeignKey(
        UploadedFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("File"),
    )
    at = models.DateTimeField(_("At"))

    objects = OfAppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("Message of an appeal")
        verbose_name_plural = _("Messages of appeals")
        ordering = ["id"]
        triggers = [
            pgtrigger.Protect(name="appeal_message_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return str(self.pk)
