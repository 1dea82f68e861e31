from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agents.models import Agency, Branch
from customers.models.customer import Customer


class ServingUnit(models.Model):
    """A branch or agency that serves a customer through a policy; written by `policies`, read by scope."""

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="serving_units", verbose_name=_("Customer")
    )
    branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Branch")
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("Agency")
    )

    class Meta:
        verbose_name = _("Serving unit")
        verbose_name_plural = _("Serving units")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(branch__isnull=True, agency__isnull=False)
                | models.Q(branch__isnull=False, agency__isnull=True),
                name="serving_unit_is_a_branch_or_an_agency",
            ),
            models.UniqueConstraint(
                fields=["customer", "branch"],
                condition=models.Q(branch__isnull=False),
                name="serving_branch_once",
            ),
            models.UniqueConstraint(
                fields=["customer", "agency"],
                condition=models.Q(agency__isnull=False),
                name="serving_agency_once",
            ),
        ]
        indexes = [
            models.Index(fields=["branch", "customer"], name="serving_unit_branch"),
            models.Index(fields=["agency", "customer"], name="serving_unit_agency"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}"
