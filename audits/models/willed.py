from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agents.models import SalesAgent
from audits.choices import Applicant, Will


class WilledByCustomer(models.Model):
    """How it is known that the customer wants the change (requirements 100, 114)."""

    will = models.CharField(_("How the customer's will is known"), max_length=10, choices=Will, blank=True)
    applicant = models.CharField(_("Who applied"), max_length=10, choices=Applicant, blank=True)
    applied_on = models.DateField(pgettext_lazy("customer's will", "Applied on"), null=True, blank=True)
    handled_by = models.ForeignKey(
        SalesAgent,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Handed in by seller"),
    )

    class Meta:
        abstract = True
