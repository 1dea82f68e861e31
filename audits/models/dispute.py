from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from audits.choices import DisputeState
from audits.models.finding import Finding
from audits.models.queryset import OfFindingQuerySet
from workplace.history import tracked


@tracked
class RuleDispute(models.Model):
    """ "This rule is wrong here": a clerk's word to compliance about one finding."""

    finding = models.ForeignKey(
        Finding, on_delete=models.PROTECT, related_name="disputes", verbose_name=_("Finding")
    )
    reason = models.TextField(_("Reason"))
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Raised by")
    )
    raised_at = models.DateTimeField(_("Raised at"))
    state = models.CharField(_("State"), max_length=10, choices=DisputeState, default=DisputeState.OPEN)
    answer = models.TextField(_("Answer"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Answered by"),
    )
    answered_at = models.DateTimeField(_("Answered at"), null=True, blank=True)

    objects = OfFindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("Dispute about a rule")
        verbose_name_plural = _("Disputes about rules")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["finding"], condition=models.Q(state="open"), name="dispute_once_while_open"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
