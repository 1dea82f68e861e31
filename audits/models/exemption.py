from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.choices import ExemptionRelation, ExemptionState
from audits.models.finding import Finding
from audits.models.queryset import ExemptionQuerySet
from workplace.history import tracked
from workplace.models import UploadedFile


@tracked
class Exemption(models.Model):
    """Why one finding may stand, for the very value it is about, until a day (requirement 164).

    While it is approved and not expired, sweeps keep quiet about that finding alone; another value, or the
    day after `expires_on`, opens it again.
    """

    finding = models.ForeignKey(
        Finding, on_delete=models.PROTECT, related_name="exemptions", verbose_name=_("Finding")
    )
    value_hash = models.CharField(_("Value hash"), max_length=64, blank=True)
    relation = models.CharField(_("Reason"), max_length=12, choices=ExemptionRelation)
    reason = models.TextField(_("Explanation"))
    evidence = models.ForeignKey(
        UploadedFile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Evidence"),
    )
    state = models.CharField(
        _("State"), max_length=10, choices=ExemptionState, default=ExemptionState.PROPOSED
    )
    expires_on = models.DateField(_("Expires on"))
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
    decision_note = models.TextField(_("Note of the decision"), blank=True)

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Exemption")
        verbose_name_plural = _("Exemptions")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["finding"],
                condition=Q(state__in=["proposed", "approved"]),
                name="exemption_once_per_finding",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="exemption_approved_by_another",
            ),
        ]
        permissions = [("approve_exemption", _("May approve exemptions"))]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.state}"
