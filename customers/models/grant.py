from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import GrantSource
from customers.models.customer import Customer
from customers.models.queryset import CustomerGrantQuerySet
from workplace.history import tracked


@tracked
class CustomerGrant(models.Model):
    """An exception on one customer for one person, from one source, until a time."""

    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="customer_grants",
        verbose_name=_("Staff member"),
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="grants", verbose_name=_("Customer")
    )
    source = models.CharField(_("Given for"), max_length=15, choices=GrantSource)
    source_id = models.BigIntegerField(_("Source number"), default=0)
    granted_at = models.DateTimeField(_("Granted at"))
    expires_at = models.DateTimeField(_("Expires at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("Ended at"), null=True, blank=True)

    objects = CustomerGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("Grant on a customer")
        verbose_name_plural = _("Grants on customers")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "customer", "source", "source_id"],
                condition=models.Q(ended_at__isnull=True),
                name="customer_grant_once_per_source",
            )
        ]
        indexes = [
            models.Index(
                fields=["source_id", "source"],
                condition=models.Q(ended_at__isnull=True),
                name="customer_grant_live_of_source",
            )
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.customer_id}"
